# SPDX-License-Identifier: Apache-2.0
"""Panels of the dashboards: one function for each form, with the looks that all dashboards share.

Each panel has a title, a description, a unit and a text for the case that it has no data. A model, service or label value keeps
its colour on all panels, because Grafana derives the colour from the name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from zlib import crc32

from grafana_foundation_sdk.models import bargauge, common, dashboard, heatmap, prometheus, stat, table, timeseries

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


def stat_panel(title: str, text: str, empty: str, looks: Looks, *queries: Query, since: str | None = None,
               named: bool = False, each: dict[str, Looks] | None = None, trend: bool = False) -> dashboard.Panel:
    """Big numbers. `since` is a time range of its own; `named` shows the name of each number; `each` has the looks of single ones."""
    options = stat.Options(
        graph_mode=common.BigValueGraphMode.AREA if trend else common.BigValueGraphMode.NONE,
        text_mode=common.BigValueTextMode.VALUE_AND_NAME if named else common.BigValueTextMode.VALUE,
        color_mode=common.BigValueColorMode.VALUE, reduce_options=_latest())
    fields = _fields(looks, empty, dashboard.FieldColorModeId.THRESHOLDS, overrides=[
        _override(name, *_properties(other)) for name, other in (each or {}).items()])
    panel = _panel("stat", title, text, fields, options, _targets(queries, instant=not trend))
    panel.time_from = since
    return panel


def bars_panel(title: str, text: str, empty: str, looks: Looks, *queries: Query, interval: str = "$bar") -> dashboard.Panel:
    """Stacked bars, one for each interval."""
    custom = timeseries.FieldConfig(
        draw_style=common.GraphDrawStyle.BARS, fill_opacity=80, line_width=0, bar_alignment=common.BarAlignment.AFTER,
        stacking=common.StackingConfig(mode=common.StackingMode.NORMAL, group="A"), show_points=common.VisibilityMode.NEVER)
    panel = _over_time(title, text, empty, looks, custom, queries, ["sum"])
    panel.interval, panel.max_data_points = interval, 1000
    for target in panel.targets or []:
        target.interval = interval  # type: ignore[attr-defined]
    return panel


def lines_panel(title: str, text: str, empty: str, looks: Looks, *queries: Query, stacked: bool = False,
                calculations: Sequence[str] = ("mean", "max"), exemplars: bool = False) -> dashboard.Panel:
    """Lines over time."""
    custom = timeseries.FieldConfig(
        draw_style=common.GraphDrawStyle.LINE, fill_opacity=25 if stacked else 5, line_width=1, show_points=common.VisibilityMode.AUTO,
        stacking=common.StackingConfig(mode=common.StackingMode.NORMAL if stacked else common.StackingMode.NONE, group="A"),
        thresholds_style=common.GraphThresholdsStyleConfig(
            mode=common.GraphThresholdsStyleMode.DASHED if looks.steps else common.GraphThresholdsStyleMode.OFF))
    panel = _over_time(title, text, empty, looks, custom, queries, list(calculations))
    for target in panel.targets or []:
        target.exemplar = exemplars or None  # type: ignore[attr-defined]
    return panel


def ranking_panel(title: str, text: str, empty: str, looks: Looks, *queries: Query) -> dashboard.Panel:
    """Horizontal bars, longest first if the query sorts."""
    options = bargauge.Options(
        display_mode=common.BarGaugeDisplayMode.BASIC, orientation=common.VizOrientation.HORIZONTAL,
        reduce_options=_latest(), min_viz_height=16, name_placement=common.BarGaugeNamePlacement.LEFT,
        sizing=common.BarGaugeSizing.AUTO)
    fields = _fields(looks, empty, dashboard.FieldColorModeId.PALETTE_CLASSIC_BY_NAME)
    return _panel("bargauge", title, text, fields, options, _targets(queries, instant=True))


def heat_panel(title: str, text: str, empty: str, looks: Looks, query: Query) -> dashboard.Panel:
    """How many values each bucket of a histogram gains over time."""
    options = heatmap.Options(
        calculate=False, color=heatmap.HeatmapColorOptions(
            mode=heatmap.HeatmapColorMode.SCHEME, scheme="Oranges", fill="dark-orange", exponent=0.5, steps=64,
            scale=heatmap.HeatmapColorScale.EXPONENTIAL, reverse=False),
        filter_values=heatmap.FilterValueRange(le=1e-9), y_axis=heatmap.YAxisConfig(unit=looks.unit),
        cell_gap=1, cell_values=heatmap.CellValues(unit=COUNT), show_value=common.VisibilityMode.NEVER,
        legend=heatmap.HeatmapLegend(show=True), rows_frame=heatmap.RowsHeatmapOptions(layout=common.HeatmapCellLayout.AUTO),
        tooltip=heatmap.HeatmapTooltip(mode=common.TooltipDisplayMode.SINGLE, y_histogram=False),
        exemplars=heatmap.ExemplarConfig(color="rgba(255,0,255,0.7)"))
    fields = _fields(looks, empty, dashboard.FieldColorModeId.THRESHOLDS, custom=heatmap.FieldConfig())
    panel = _panel("heatmap", title, text, fields, options, _targets([query], instant=False))
    for target in panel.targets or []:
        target.format_val = prometheus.PromQueryFormat.HEATMAP  # type: ignore[attr-defined]
    return panel


class Column(NamedTuple):
    """A column of a table with its own query, whose series have the labels that the rows stand for."""

    name: str
    expr: str
    looks: Looks
    gauge: bool = False


def table_panel(title: str, text: str, empty: str, labels: dict[str, str], *columns: Column,
                sort: str = "") -> dashboard.Panel:
    """A table with a row for each set of labels. `labels` gives the heading of each label, in order; others are hidden."""
    targets = _targets([Query(column.expr) for column in columns], instant=True)
    for target in targets:
        target.format_val = prometheus.PromQueryFormat.TABLE
    names = {f"Value #{target.ref_id}" if len(targets) > 1 else "Value": column.name
             for target, column in zip(targets, columns)}
    order = [*labels, *names]
    transformations = [
        dashboard.DataTransformerConfig(id_val="merge", options={}),
        dashboard.DataTransformerConfig(id_val="organize", options={
            "excludeByName": {"Time": True}, "indexByName": {name: index for index, name in enumerate(order)},
            "renameByName": labels | names})]
    overrides = [_override(column.name, *_properties(column.looks), *([_cell_gauge()] if column.gauge else []),
                           *([_cell_colour()] if column.looks.steps and not column.gauge else [])) for column in columns]
    options = table.Options(
        show_header=True, cell_height=common.TableCellHeight.SM,
        sort_by=[common.TableSortByFieldState(display_name=sort or columns[0].name, desc=True)])
    fields = _fields(columns[0].looks, empty, dashboard.FieldColorModeId.THRESHOLDS, overrides=overrides,
                     custom={"align": "auto", "filterable": True, "inspect": False})
    panel = _panel("table", title, text, fields, options, targets)
    panel.transformations = transformations
    return panel


def _over_time(title: str, text: str, empty: str, looks: Looks, custom: timeseries.FieldConfig, queries: Sequence[Query],
               calculations: list[str]) -> dashboard.Panel:
    legend = common.VizLegendOptions(
        display_mode=common.LegendDisplayMode.TABLE, placement=common.LegendPlacement.RIGHT if len(calculations) > 1
        else common.LegendPlacement.BOTTOM, show_legend=True, calcs=calculations)
    tooltip = common.VizTooltipOptions(mode=common.TooltipDisplayMode.MULTI, sort=common.SortOrder.DESCENDING)
    fields = _fields(looks, empty, dashboard.FieldColorModeId.PALETTE_CLASSIC_BY_NAME, custom=custom)
    return _panel("timeseries", title, text, fields, timeseries.Options(legend=legend, tooltip=tooltip),
                  _targets(queries, instant=False))


def _panel(kind: str, title: str, text: str, fields: dashboard.FieldConfigSource, options: Any,
           targets: list[prometheus.Dataquery]) -> dashboard.Panel:
    # The id depends on the title alone, so that links to a panel outlive changes around it.
    return dashboard.Panel(type_val=kind, id_val=1 + crc32(title.encode()) % 9_999_991, title=title, description=text,
                           datasource=SOURCE, field_config=fields, options=options, targets=list(targets))


def _targets(queries: Sequence[Query], instant: bool) -> list[prometheus.Dataquery]:
    return [prometheus.Dataquery(
        expr=query.expr, legend_format=query.legend or "__auto", ref_id=chr(ord("A") + index), instant=instant,
        range_val=not instant, editor_mode=prometheus.QueryEditorMode.CODE, datasource=SOURCE)
        for index, query in enumerate(queries)]


def _latest() -> common.ReduceDataOptions:
    return common.ReduceDataOptions(values=False, calcs=["lastNotNull"], fields="")


def _fields(looks: Looks, empty: str, colour: dashboard.FieldColorModeId, custom: Any = None,
            overrides: list[dashboard.DashboardFieldConfigSourceOverrides] | None = None) -> dashboard.FieldConfigSource:
    defaults = dashboard.FieldConfig(
        unit=looks.unit, decimals=looks.decimals, min_val=looks.lowest, max_val=looks.highest, no_value=empty,
        color=dashboard.FieldColor(mode=colour), thresholds=_thresholds(looks.steps), custom=custom)
    return dashboard.FieldConfigSource(defaults=defaults, overrides=overrides or [])


def _thresholds(steps: Steps) -> dashboard.ThresholdsConfig:
    return dashboard.ThresholdsConfig(mode=dashboard.ThresholdsMode.ABSOLUTE, steps=[
        dashboard.Threshold(value=value, color=colour) for value, colour in steps or [(None, "text")]])


def _override(name: str, *properties: dashboard.DynamicConfigValue) -> dashboard.DashboardFieldConfigSourceOverrides:
    return dashboard.DashboardFieldConfigSourceOverrides(
        matcher=dashboard.MatcherConfig(id_val="byName", options=name), properties=list(properties))


def _properties(looks: Looks) -> list[dashboard.DynamicConfigValue]:
    found: list[tuple[str, Any]] = [("unit", looks.unit), ("thresholds", _thresholds(looks.steps).to_json() | {
        "steps": [step.to_json() for step in _thresholds(looks.steps).steps]})]
    found += [(name, value) for name, value in (
        ("decimals", looks.decimals), ("min", looks.lowest), ("max", looks.highest)) if value is not None]
    return [dashboard.DynamicConfigValue(id_val=name, value=value) for name, value in found]


def _cell_gauge() -> dashboard.DynamicConfigValue:
    return dashboard.DynamicConfigValue(id_val="custom.cellOptions", value={"type": "gauge", "mode": "basic"})


def _cell_colour() -> dashboard.DynamicConfigValue:
    return dashboard.DynamicConfigValue(id_val="custom.cellOptions", value={"type": "color-text"})
