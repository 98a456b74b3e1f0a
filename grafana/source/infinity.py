# SPDX-License-Identifier: Apache-2.0
"""Panels that ask the service itself, over Grafana's Infinity data source.

A question is a path of docs/api.md with its parameters. Infinity orders columns by their names and renames none reliably, so that
columns have the names of the answer until the panel gives them headings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from grafana_foundation_sdk.cog.runtime import UnknownDataquery
from grafana_foundation_sdk.models import common, dashboard, stat, table, timeseries

from source.parts import Looks, fields_of, latest, new_panel, override_of, properties_of

KIND = "yesoreyeram-infinity-datasource"
SOURCE = dashboard.DataSourceRef(type_val=KIND, uid="${infinity}")
# The range and the time zone of the dashboard.
_PERIOD = {"from": "${__from}", "to": "${__to}", "tz": "${__timezone}"}


@dataclass(frozen=True)
class Question:
    """A question to the service about the range of the dashboard; `rows` is the member of the answer that has the rows."""

    path: str
    parameters: Mapping[str, str]
    rows: str = ""

    def target(self, columns: Mapping[str, str], form: str = "table") -> dict[str, Any]:
        """The query as Infinity stores it. `columns` gives the type of each column by its name in the answer."""
        parameters = _PERIOD | dict(self.parameters)
        return {
            "refId": "A", "datasource": SOURCE.to_json(), "type": "json", "parser": "backend", "source": "url", "format": form,
            "url": self.path, "root_selector": self.rows, "filters": [],
            "url_options": {"method": "GET", "data": "", "headers": [],
                            "params": [{"key": key, "value": value} for key, value in parameters.items()]},
            "columns": [{"selector": name, "text": name, "type": kind} for name, kind in columns.items()]}


class Figure(NamedTuple):
    """A number of each row, by its name in the answer."""

    name: str
    heading: str
    looks: Looks
    gauge: bool = False


class Word(NamedTuple):
    """A text or a time of each row, by its name in the answer."""

    name: str
    heading: str
    link: dashboard.DynamicConfigValue | None = None
    is_time: bool = False


def rows_panel(title: str, text: str, empty: str, question: Question, *columns: Figure | Word) -> dashboard.Panel:
    """A table with the rows of an answer, in the order of the answer."""
    kinds = {column.name: "number" if isinstance(column, Figure) else "timestamp" if column.is_time else "string"
             for column in columns}
    names = {column.name: column.heading for column in columns}
    overrides = [_column(column) for column in columns]
    options = table.Options(show_header=True, cell_height=common.TableCellHeight.SM, sort_by=[])
    figures = [column.looks for column in columns if isinstance(column, Figure)]
    fields = fields_of(figures[0], empty, dashboard.FieldColorModeId.THRESHOLDS, overrides=overrides,
                       custom={"align": "auto", "filterable": True, "inspect": False})
    panel = _panel("table", title, text, fields, options, question.target(kinds))
    panel.transformations = [dashboard.DataTransformerConfig(id_val="organize", options={
        "excludeByName": {}, "indexByName": {name: index for index, name in enumerate(names)}, "renameByName": names})]
    return panel


def _column(column: Figure | Word) -> dashboard.DashboardFieldConfigSourceOverrides:
    # Otherwise each cell without a value would show the text for a table without rows.
    properties = [dashboard.DynamicConfigValue(id_val="noValue", value="–")]
    if isinstance(column, Figure):
        properties += properties_of(column.looks)
        form = {"type": "gauge", "mode": "basic"} if column.gauge else {"type": "color-text"} if column.looks.steps else None
        properties += [dashboard.DynamicConfigValue(id_val="custom.cellOptions", value=form)] if form else []
    elif column.link:
        properties.append(column.link)
    return override_of(column.heading, *properties)


def totals_panel(title: str, text: str, empty: str, question: Question, *figures: Figure) -> dashboard.Panel:
    """Big numbers: the figures of an answer with one row."""
    options = stat.Options(
        graph_mode=common.BigValueGraphMode.NONE, text_mode=common.BigValueTextMode.VALUE_AND_NAME,
        color_mode=common.BigValueColorMode.VALUE, reduce_options=latest())
    overrides = [override_of(figure.name, *properties_of(figure.looks), dashboard.DynamicConfigValue(
        id_val="displayName", value=figure.heading)) for figure in figures]
    fields = fields_of(figures[0].looks, empty, dashboard.FieldColorModeId.THRESHOLDS, overrides=overrides)
    return _panel("stat", title, text, fields, options, question.target({figure.name: "number" for figure in figures}))


def periods_panel(title: str, text: str, empty: str, looks: Looks, question: Question, figure: str, key: str) -> dashboard.Panel:
    """Stacked bars of a figure, one for each period of an answer, by the values of a key."""
    custom = timeseries.FieldConfig(
        draw_style=common.GraphDrawStyle.BARS, fill_opacity=80, line_width=0, bar_alignment=common.BarAlignment.AFTER,
        stacking=common.StackingConfig(mode=common.StackingMode.NORMAL, group="A"), show_points=common.VisibilityMode.NEVER)
    legend = common.VizLegendOptions(
        display_mode=common.LegendDisplayMode.TABLE, placement=common.LegendPlacement.RIGHT, show_legend=True, calcs=["sum"])
    tooltip = common.VizTooltipOptions(mode=common.TooltipDisplayMode.MULTI, sort=common.SortOrder.DESCENDING)
    fields = fields_of(looks, empty, dashboard.FieldColorModeId.PALETTE_CLASSIC_BY_NAME, custom=custom)
    # Without a name of its own, each series would be called by the figure and the key as well.
    fields.defaults.display_name = f"${{__field.labels.{key}}}"
    return _panel("timeseries", title, text, fields, timeseries.Options(legend=legend, tooltip=tooltip),
                  question.target({"time": "timestamp", key: "string", figure: "number"}, "timeseries"))


def _panel(kind: str, title: str, text: str, fields: dashboard.FieldConfigSource, options: Any,
           target: dict[str, Any]) -> dashboard.Panel:
    panel = new_panel(kind, title, text, fields, options, [])
    panel.datasource, panel.targets = SOURCE, [UnknownDataquery(target)]
    return panel


def values_variable(name: str, label: str, question: Question, column: str, text: str) -> dashboard.VariableModel:
    """A variable with the values of a column, and All."""
    return dashboard.VariableModel(
        type_val=dashboard.VariableType.QUERY, name=name, label=label, description=text, datasource=SOURCE, regex="", options=[],
        query={"queryType": "infinity", "refId": f"variable-{name}", "infinityQuery": question.target({column: "string"})},
        multi=False, include_all=True, all_value="*", refresh=dashboard.VariableRefresh.ON_TIME_RANGE_CHANGED,
        sort=dashboard.VariableSort.ALPHABETICAL_ASC, current=dashboard.VariableOption(selected=True, text="All", value="$__all"))
