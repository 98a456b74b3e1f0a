# SPDX-License-Identifier: Apache-2.0
"""The variables at the top of the dashboards."""

from pathlib import Path

import yaml
from grafana_foundation_sdk.models import dashboard

from source import infinity
from source.parts import SOURCE
from source.queries import BUILD, CALLS, COST, PROVIDER_COST

# Labels of llm_cost_dollars_total that are not labels of the user's own.
_FIXED_LABELS = ("__name__", "instance", "job", "model", "operation")
_THRESHOLDS = Path(__file__).resolve().parents[1] / "prometheus/thresholds.yaml"


def _monthly_budget() -> str:
    """The budget that the alerts begin with, so that dashboards and alerts agree until somebody edits one."""
    groups = yaml.safe_load(_THRESHOLDS.read_text(encoding="utf-8"))["groups"]
    (expression,) = [rule["expr"] for group in groups for rule in group["rules"]
                     if rule["record"] == "llm_threshold:monthly_budget_dollars"]
    return expression.removeprefix("vector(").removesuffix(")")


def _source(name: str, label: str, kind: str, text: str) -> dashboard.VariableModel:
    return dashboard.VariableModel(
        type_val=dashboard.VariableType.DATASOURCE, name=name, label=label, description=text, query=kind, regex="", options=[],
        multi=False, include_all=False, refresh=dashboard.VariableRefresh.ON_DASHBOARD_LOAD)


def _found(name: str, label: str, query: str, text: str, regex: str = "", several: bool = True,
           hidden: bool = False) -> dashboard.VariableModel:
    found = dashboard.VariableModel(
        type_val=dashboard.VariableType.QUERY, name=name, label=label, description=text, datasource=SOURCE,
        query={"query": query, "refId": f"variable-{name}"}, regex=regex, multi=several, include_all=several,
        refresh=dashboard.VariableRefresh.ON_TIME_RANGE_CHANGED, sort=dashboard.VariableSort.ALPHABETICAL_ASC, options=[],
        hide=dashboard.VariableHide.HIDE_VARIABLE if hidden else dashboard.VariableHide.DONT_HIDE)
    if several:
        found.all_value = ".*"
        found.current = dashboard.VariableOption(selected=True, text=["All"], value=["$__all"])
    return found


DATASOURCE = _source("datasource", "Prometheus", "prometheus", "The Prometheus server that scrapes llm-cost-exporter.")
TEMPO = _source("tempo", "Tempo", "tempo", "The Tempo server that has the traces of the calls, for links from exemplars.")
INFINITY = _source(
    "infinity", "Service", infinity.KIND, "The Infinity data source whose base URL is that of the service's pages and questions.")
JOB = _found("job", "Job", f"label_values({BUILD.name}, job)", "The scrape job of llm-cost-exporter.")
INSTANCE = _found("instance", "Instance", f'label_values({BUILD.name}{{job=~"$job"}}, instance)', "Instances of the exporter.")
PROVIDER = _found(
    "provider", "Provider", f'label_values({PROVIDER_COST.name}{{job=~"$job",instance=~"$instance"}}, provider)',
    "Applies only to panels by provider: other families have no label for it.")
MODEL = _found("model", "Model", f'label_values({CALLS.name}{{job=~"$job",instance=~"$instance"}}, model)', "Names of models.")
OPERATION = _found(
    "operation", "Operation", f'label_values({CALLS.name}{{job=~"$job",instance=~"$instance",model=~"$model"}}, operation)',
    "Kinds of calls, such as chat or embeddings.")
LABEL = _found(
    "label", "Label", f"label_names({COST.name})",
    "One of your own labels, such as team or agent. The list is empty until `labels:` in the exporter's settings names some.",
    regex=f"/^(?!({'|'.join(_FIXED_LABELS)})$).+$/", several=False)
LABEL_VALUE = _found(
    "label_value", "Label value", f'query_result(count by ($label) (last_over_time({COST.name}{{job=~"$job"}}[$__range])))',
    "Values of this label. Applies to panels by label.", regex='/="([^"]+)"/')
_BUDGET = dashboard.VariableOption(selected=True, text=_monthly_budget(), value=_monthly_budget())
BUDGET = dashboard.VariableModel(
    type_val=dashboard.VariableType.TEXTBOX, name="budget", label="Budget, $ a month", query=_monthly_budget(),
    description="Your budget for a month, in dollars, as a plain number.", current=_BUDGET, options=[_BUDGET])
BAR = dashboard.VariableModel(
    type_val=dashboard.VariableType.CUSTOM, name="bar", label="Bar width", query="1h,6h,1d",
    description="The time that one bar stands for. Long ranges have wider bars.",
    current=dashboard.VariableOption(selected=True, text="1h", value="1h"),
    options=[dashboard.VariableOption(selected=width == "1h", text=width, value=width) for width in ("1h", "6h", "1d")])
