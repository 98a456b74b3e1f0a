# SPDX-License-Identifier: Apache-2.0
"""Bars, figures and verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..WholeService.table import markdown, number


@dataclass(frozen=True)
class Figure:
    """One row of the table: a figure with a folder, beside the same without one."""

    what: str
    unit: str
    bar: float
    value: float
    """What the bar is about."""
    with_folder: float
    without: float | None = None
    """``None`` where there is nothing without a folder."""

    @property
    def holds(self) -> bool:
        return self.value <= self.bar


def written(figures: Sequence[Figure]) -> str:
    """The table, in Markdown."""
    header = ["figure", "unit", "with a folder", "without", "measured", "at most", "verdict"]
    lines = [
        [
            figure.what,
            figure.unit,
            number(figure.with_folder),
            number(figure.without),
            number(figure.value),
            number(figure.bar),
            "holds" if figure.holds else "MISSED",
        ]
        for figure in figures
    ]
    return markdown(header, lines)
