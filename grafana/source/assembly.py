# SPDX-License-Identifier: Apache-2.0
"""What all dashboards have in common: tags, links to each other, variables and annotations."""

from collections.abc import Sequence

from grafana_foundation_sdk.models import dashboard

from source.annotations import ANNOTATIONS
from source.layout import Section, place
from source.variables import DATASOURCE, INSTANCE, JOB

TAG = "llm-cost-exporter"
# The newest schema of classic dashboards that Grafana 10 reads without loss.
_SCHEMA = 39


def assemble(name: str, title: str, text: str, sections: Sequence[Section], variables: Sequence[dashboard.VariableModel],
             since: str = "now-7d", refresh: str = "5m", asks_prometheus: bool = True) -> dashboard.Dashboard:
    """A whole dashboard. `name` is the name of its file and the end of its uid.

    One that does not ask Prometheus has variables of its own alone, and no annotations.
    """
    found = [DATASOURCE, JOB, INSTANCE] if asks_prometheus else []
    marks = list(ANNOTATIONS) if asks_prometheus else []
    return dashboard.Dashboard(
        uid=f"{TAG}-{name}", title=f"LLM cost / {title}", description=text, tags=[TAG], schema_version=_SCHEMA, version=1,
        timezone="browser", editable=True, graph_tooltip=dashboard.DashboardCursorSync.CROSSHAIR, refresh=refresh,
        time=dashboard.DashboardDashboardTime(from_val=since, to="now"),
        timepicker=dashboard.TimePickerConfig(refresh_intervals=["30s", "1m", "5m", "15m", "1h"]),
        templating=dashboard.DashboardDashboardTemplating(list_val=[*found, *variables]),
        annotations=dashboard.AnnotationContainer(list_val=marks), panels=place(sections),
        links=[dashboard.DashboardLink(
            title="LLM cost", type_val=dashboard.DashboardLinkType.DASHBOARDS, icon="external link", tags=[TAG],
            tooltip="Other dashboards of llm-cost-exporter, with this time range and these variables", as_dropdown=True,
            include_vars=True, keep_time=True)])
