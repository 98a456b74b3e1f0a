# SPDX-License-Identifier: Apache-2.0
"""What one run found, and what several runs say together."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """One run of one load. What a load does not measure is ``None``."""

    value: float
    """The figure that the load is for, in the unit of the load."""
    peak: float | None = None
    """Largest resident memory, in MiB."""
    p50: float | None = None
    """Median of the milliseconds from a request to its answer."""
    p99: float | None = None
    busy: float | None = None
    """Share of its core that the service took while requests were sent; far below 1 at full speed, the sender is too slow."""
    wrong: str = ""
    """A wrong count or answer; empty if all are right."""


@dataclass(frozen=True)
class Spread:
    """A median and the range around it."""

    median: float
    low: float
    high: float

    @staticmethod
    def of(values: Sequence[float]) -> Spread:
        return Spread(statistics.median(values), min(values), max(values))


def ratios(now: Sequence[Sample], before: Sequence[Sample]) -> Spread:
    """By how much the figures of each round differ: now divided by before. Below 1, now is the smaller."""
    return Spread.of([n.value / b.value for n, b in zip(now, before, strict=True)])


def median(samples: Sequence[Sample], what: Callable[[Sample], float | None]) -> float | None:
    """The median of what was measured, ``None`` where the load does not measure it."""
    values = [value for value in map(what, samples) if value is not None]
    return statistics.median(values) if values else None


def wrong(samples: Sequence[Sample]) -> str:
    """Everything that was wrong in any run, once each."""
    return "; ".join(dict.fromkeys(sample.wrong for sample in samples if sample.wrong))
