# SPDX-License-Identifier: Apache-2.0
"""Panels of the dashboards: one function for each form, with the looks that all dashboards share.

Each panel has a title, a description, a unit and a text for the case that it has no data. A model, service or label value keeps
its colour on all panels, because Grafana derives the colour from the name.
"""

from collections.abc import Sequence

from grafana_foundation_sdk.models import bargauge, common, dashboard, heatmap, prometheus, stat, timeseries
from grafana_foundation_sdk.models import text as text_models

from source.parts import COUNT, Looks, Query, fields_of, id_of, latest, new_panel, override_of, properties_of, targets_of


def stat_panel(title: str, text: str, empty: str, looks: Looks, *queries: Query, since: str | None = None,
               named: bool = False, each: dict[str, Looks] | None = None, trend: bool = False) -> dashboard.Panel:
    """Big numbers.

    `since` is a time range of its own, `named` shows the name of each number, and `each` has the looks of single ones.
    """
    options = stat.Options(
        graph_mode=common.BigValueGraphMode.AREA if trend else common.BigValueGraphMode.NONE,
        text_mode=common.BigValueTextMode.VALUE_AND_NAME if named else common.BigValueTextMode.VALUE,
        color_mode=common.BigValueColorMode.VALUE, reduce_options=latest())
    fields = fields_of(looks, empty, dashboard.FieldColorModeId.THRESHOLDS, overrides=[
        override_of(name, *properties_of(other)) for name, other in (each or {}).items()])
    panel = new_panel("stat", title, text, fields, options, targets_of(queries, instant=not trend))
    panel.time_from = since
    return panel


def bars_panel(title: str, text: str, empty: str, looks: Looks, *queries: Query, interval: str = "$bar") -> dashboard.Panel:
    """Stacked bars, one for each interval."""
    custom = timeseries.FieldConfig(
        draw_style=common.GraphDrawStyle.BARS, fill_opacity=80, line_width=0, bar_alignment=common.BarAlignment.AFTER,
        stacking=common.StackingConfig(mode=common.StackingMode.NORMAL, group="A"), show_points=common.VisibilityMode.NEVER)
    panel = _over_time(title, text, empty, looks, custom, queries, ["sum"])
    panel.max_data_points = 1000
    # The minimum of the query and not that of the panel, in which Grafana 10 and 11 do not fill in variables.
    for target in panel.targets or []:
        target.interval = interval  # type: ignore[attr-defined]
    return panel


def lines_panel(title: str, text: str, empty: str, looks: Looks, *queries: Query, stacked: bool = False,
                calculations: Sequence[str] = ("mean", "max"), exemplars: bool = False) -> dashboard.Panel:
    """Lines over time. Grafana draws a dashed line at each step of the looks, in the colour of that step."""
    custom = timeseries.FieldConfig(
        draw_style=common.GraphDrawStyle.LINE, fill_opacity=25 if stacked else 5, line_width=1,
        show_points=common.VisibilityMode.AUTO,
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
        reduce_options=latest(), min_viz_height=16, name_placement=common.BarGaugeNamePlacement.LEFT,
        sizing=common.BarGaugeSizing.AUTO)
    fields = fields_of(looks, empty, dashboard.FieldColorModeId.PALETTE_CLASSIC_BY_NAME)
    return new_panel("bargauge", title, text, fields, options, targets_of(queries, instant=True))


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
    fields = fields_of(looks, empty, dashboard.FieldColorModeId.THRESHOLDS, custom=heatmap.FieldConfig())
    panel = new_panel("heatmap", title, text, fields, options, targets_of([query], instant=False))
    for target in panel.targets or []:
        target.format_val = prometheus.PromQueryFormat.HEATMAP  # type: ignore[attr-defined]
    return panel


def text_panel(title: str, text: str, markdown: str) -> dashboard.Panel:
    """A text for people."""
    options = text_models.Options(mode=text_models.TextMode.MARKDOWN, content=markdown)
    return dashboard.Panel(type_val="text", id_val=id_of(title), title=title, description=text, options=options)


def _over_time(title: str, text: str, empty: str, looks: Looks, custom: timeseries.FieldConfig, queries: Sequence[Query],
               calculations: list[str]) -> dashboard.Panel:
    legend = common.VizLegendOptions(
        display_mode=common.LegendDisplayMode.TABLE, placement=common.LegendPlacement.RIGHT if len(calculations) > 1
        else common.LegendPlacement.BOTTOM, show_legend=True, calcs=calculations)
    tooltip = common.VizTooltipOptions(mode=common.TooltipDisplayMode.MULTI, sort=common.SortOrder.DESCENDING)
    fields = fields_of(looks, empty, dashboard.FieldColorModeId.PALETTE_CLASSIC_BY_NAME, custom=custom)
    return new_panel("timeseries", title, text, fields, timeseries.Options(legend=legend, tooltip=tooltip),
                  targets_of(queries, instant=False))
