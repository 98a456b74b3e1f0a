# SPDX-License-Identifier: Apache-2.0
"""Tables: one row for each set of labels, one column for each query."""

from typing import NamedTuple

from grafana_foundation_sdk.models import common, dashboard, prometheus, table

from source.parts import Looks, Query, fields_of, new_panel, override_of, properties_of, targets_of


class Column(NamedTuple):
    """A column of a table with its own query, whose series have the labels that the rows stand for.

    A cell without a value shows `empty`.
    """

    name: str
    expr: str
    looks: Looks
    gauge: bool = False
    empty: str = "–"


def table_panel(title: str, text: str, empty: str, labels: dict[str, str], *columns: Column,
                sort: str = "", links: dict[str, dashboard.DynamicConfigValue] | None = None) -> dashboard.Panel:
    """A table with a row for each set of labels. `labels` gives the heading of each label, in order, `links` links by heading."""
    targets = targets_of([Query(column.expr) for column in columns], instant=True)
    for target in targets:
        target.format_val = prometheus.PromQueryFormat.TABLE
    names = {f"Value #{target.ref_id}" if len(targets) > 1 else "Value": column.name
             for target, column in zip(targets, columns)}
    # If all other queries are empty, Grafana calls the column of the first one as if it were alone.
    names |= {"Value": columns[0].name}
    order = [*labels, *names]
    transformations = [
        dashboard.DataTransformerConfig(id_val="merge", options={}),
        dashboard.DataTransformerConfig(id_val="organize", options={
            "excludeByName": {"Time": True}, "indexByName": {name: index for index, name in enumerate(order)},
            "renameByName": labels | names})]
    overrides = [override_of(column.name, *properties_of(column.looks), _cell_empty(column.empty), *_cell_form(column))
                 for column in columns]
    overrides += [override_of(heading, _cell_empty("–"), *([links[heading]] if links and heading in links else []))
                  for heading in labels.values()]
    options = table.Options(
        show_header=True, cell_height=common.TableCellHeight.SM,
        sort_by=[common.TableSortByFieldState(display_name=sort or columns[0].name, desc=True)])
    fields = fields_of(columns[0].looks, empty, dashboard.FieldColorModeId.THRESHOLDS, overrides=overrides,
                     custom={"align": "auto", "filterable": True, "inspect": False})
    panel = new_panel("table", title, text, fields, options, targets)
    panel.transformations = transformations
    return panel


def _cell_empty(text: str) -> dashboard.DynamicConfigValue:
    # Otherwise each cell without a value would show the text for a table without rows.
    return dashboard.DynamicConfigValue(id_val="noValue", value=text)


def _cell_form(column: Column) -> list[dashboard.DynamicConfigValue]:
    form = {"type": "gauge", "mode": "basic"} if column.gauge else {"type": "color-text"} if column.looks.steps else None
    return [dashboard.DynamicConfigValue(id_val="custom.cellOptions", value=form)] if form else []
