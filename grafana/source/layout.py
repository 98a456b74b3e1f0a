# SPDX-License-Identifier: Apache-2.0
"""Where panels are: sections with rows of panels that share the 24 columns of Grafana's grid."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from zlib import crc32

from grafana_foundation_sdk.models import dashboard

COLUMNS = 24


class Row(NamedTuple):
    """Panels side by side with one height, equally wide unless `widths` says otherwise."""

    height: int
    panels: Sequence[dashboard.Panel]
    widths: Sequence[int] = ()


class Section(NamedTuple):
    """A heading and the rows below it."""

    title: str
    rows: Sequence[Row]


def place(sections: Iterable[Section]) -> list[dashboard.Panel | dashboard.RowPanel]:
    """All headings and panels of a dashboard, with their places."""
    placed: list[dashboard.Panel | dashboard.RowPanel] = []
    top = 0
    for section in sections:
        placed.append(dashboard.RowPanel(
            id_val=10_000_000 + crc32(section.title.encode()) % 9_999_991, title=section.title, collapsed=False, panels=[],
            grid_pos=dashboard.GridPos(x=0, y=top, w=COLUMNS, h=1)))
        top += 1
        for row in section.rows:
            left = 0
            for panel, width in zip(row.panels, row.widths or _equal(len(row.panels)), strict=True):
                panel.grid_pos = dashboard.GridPos(x=left, y=top, w=width, h=row.height)
                left += width
                placed.append(panel)
            top += row.height
    return placed


def _equal(count: int) -> list[int]:
    return [COLUMNS // count] * count
