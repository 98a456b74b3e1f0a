# SPDX-License-Identifier: Apache-2.0
"""Parts that all panels are made of: queries, units, thresholds and the fields of Grafana's panels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from zlib import crc32

from grafana_foundation_sdk.models import common, dashboard, prometheus

SOURCE = dashboard.DataSourceRef(type_val="prometheus", uid="${datasource}")

DOLLARS = "currencyUSD"
COUNT = "short"
SECONDS = "s"
SHARE = "percentunit"
DATE = "dateTimeAsIso"

Steps = Sequence[tuple[float | None, str]]


class Query(NamedTuple):
    """One query of a panel. The names of its series are `legend`, or made of their labels."""

    expr: str
    legend: str = ""


@dataclass(frozen=True)
class Looks:
    """The unit of a panel's values and what goes with it."""

    unit: str
    decimals: int | None = None
    lowest: float | None = 0
    highest: float | None = None
    steps: Steps = ()


def id_of(title: str) -> int:
    """The id of a panel. It depends on the title alone, so that links to the panel outlive changes around it."""
    return 1 + crc32(title.encode()) % 9_999_991


def new_panel(kind: str, title: str, text: str, fields: dashboard.FieldConfigSource, options: Any,
              targets: list[prometheus.Dataquery]) -> dashboard.Panel:
    """A panel of one of Grafana's kinds, without a place."""
    return dashboard.Panel(type_val=kind, id_val=id_of(title), title=title, description=text,
                           datasource=SOURCE, field_config=fields, options=options, targets=list(targets))


def targets_of(queries: Sequence[Query], instant: bool) -> list[prometheus.Dataquery]:
    """Queries as Grafana stores them; instant ones ask for the end of the range alone."""
    return [prometheus.Dataquery(
        expr=query.expr, legend_format=query.legend or "__auto", ref_id=chr(ord("A") + index), instant=instant,
        range_val=not instant, editor_mode=prometheus.QueryEditorMode.CODE, datasource=SOURCE)
        for index, query in enumerate(queries)]


def latest() -> common.ReduceDataOptions:
    """One number for each series: its last value."""
    return common.ReduceDataOptions(values=False, calcs=["lastNotNull"], fields="")


def fields_of(looks: Looks, empty: str, colour: dashboard.FieldColorModeId, custom: Any = None,
              overrides: list[dashboard.DashboardFieldConfigSourceOverrides] | None = None) -> dashboard.FieldConfigSource:
    """Unit, range, colours and empty state of all series of a panel, and what differs for some."""
    defaults = dashboard.FieldConfig(
        unit=looks.unit, decimals=looks.decimals, min_val=looks.lowest, max_val=looks.highest, no_value=empty,
        color=dashboard.FieldColor(mode=colour), thresholds=_thresholds(looks.steps), custom=custom)
    return dashboard.FieldConfigSource(defaults=defaults, overrides=overrides or [])


def _thresholds(steps: Steps) -> dashboard.ThresholdsConfig:
    return dashboard.ThresholdsConfig(mode=dashboard.ThresholdsMode.ABSOLUTE, steps=[
        dashboard.Threshold(value=value, color=colour) for value, colour in steps or [(None, "text")]])


def override_of(name: str, *properties: dashboard.DynamicConfigValue) -> dashboard.DashboardFieldConfigSourceOverrides:
    """What differs for the series or column with this name."""
    return dashboard.DashboardFieldConfigSourceOverrides(
        matcher=dashboard.MatcherConfig(id_val="byName", options=name), properties=list(properties))


def properties_of(looks: Looks) -> list[dashboard.DynamicConfigValue]:
    """Looks in the form of an override."""
    found: list[tuple[str, Any]] = [("unit", looks.unit), ("thresholds", _thresholds(looks.steps).to_json() | {
        "steps": [step.to_json() for step in _thresholds(looks.steps).steps]})]
    found += [(name, value) for name, value in (
        ("decimals", looks.decimals), ("min", looks.lowest), ("max", looks.highest)) if value is not None]
    return [dashboard.DynamicConfigValue(id_val=name, value=value) for name, value in found]
