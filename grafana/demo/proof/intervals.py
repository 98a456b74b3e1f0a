# SPDX-License-Identifier: Apache-2.0
"""The intervals that Grafana puts into queries.

Source of the rules: Grafana's documentation of the Prometheus data source ("Use interval and range variables") and of
dashboards' variables (global variables `$__interval`, `$__range`).
"""
from __future__ import annotations

import re
from dataclasses import dataclass

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
# Grafana rounds an interval to one that people read: bounds and what becomes of intervals below them, in seconds.
_ROUNDED = (
    (1.5, 1), (3.5, 2), (7.5, 5), (12.5, 10), (17.5, 15), (25, 20), (45, 30), (90, 60), (210, 120), (450, 300), (750, 600),
    (1_050, 900), (1_500, 1_200), (2_700, 1_800), (5_400, 3_600), (9_000, 7_200), (16_200, 10_800), (32_400, 21_600),
    (86_400, 43_200), (604_800, 86_400), (1_814_400, 604_800),
)
_LARGEST = 2_592_000
_MOST_POINTS = 11_000
_WIDTH = 1_800
"""Pixels of a panel over the full width, 24 columns."""


def seconds(text: str) -> float:
    """A duration of Grafana or Prometheus in seconds; `>1m` means at least that and counts as `1m`."""
    parts = re.findall(r"(\d+)(ms|[smhdw])", text.lstrip(">"))
    if not parts:
        raise ValueError(f"{text!r} is no duration")
    return sum(int(number) * _UNITS[unit] for number, unit in parts)


def text(duration: float) -> str:
    """Seconds as PromQL writes them."""
    return f"{round(duration)}s" if duration >= 1 else f"{round(duration * 1000)}ms"


@dataclass(frozen=True)
class Steps:
    """The step of a query and the intervals that follow from it, in seconds."""

    step: float
    rate: float


def steps(range_seconds: float, scrape: float, columns: int, points: int | None, least: str | None) -> Steps:
    """The step of a query over a range, and `$__rate_interval`.

    Args:
        range_seconds: The range of the panel.
        scrape: The interval that the data source names, its smallest step.
        columns: The width of the panel, of 24.
        points: The largest number of points of the panel, if it says one.
        least: The smallest interval of the panel or the query, if they say one.
    """
    smallest = seconds(least) if least else scrape
    wanted = range_seconds / (points or _WIDTH * columns // 24)
    rounded = next((value for bound, value in _ROUNDED if wanted < bound), _LARGEST)
    step = max(smallest, rounded, -(-range_seconds // _MOST_POINTS))
    return Steps(step, max(step + scrape, 4 * scrape))
