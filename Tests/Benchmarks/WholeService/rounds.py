# SPDX-License-Identifier: Apache-2.0
"""Rounds: every load once for each binary, in turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .bodies import Contents
from .loads import Load
from .table import Row, number


def run(
    loads: Sequence[Load],
    contents: Mapping[str, Contents],
    binary: Path,
    baseline: Path | None,
    rounds: int,
    say: Callable[[str], None],
) -> list[Row]:
    """Measures all loads so many times.

    Both binaries run a load one right after the other, and take turns at being the first, so that other work of the
    machine slows both alike.

    Raises ``Failed`` when a service could not be measured.
    """
    rows = [Row(load, [], []) for load in loads]
    for number_of_round in range(1, rounds + 1):
        for row, load in zip(rows, loads, strict=True):
            runs = [(binary, row.now)] if baseline is None else [(baseline, row.before), (binary, row.now)]
            for measured, samples in runs if number_of_round % 2 else reversed(runs):
                samples.append(load.measure(measured, contents))
            figures = ", ".join(number(samples[-1].value) for _, samples in runs)
            wrong = "; ".join(samples[-1].wrong for _, samples in runs if samples[-1].wrong)
            say(f"round {number_of_round}/{rounds} {load.name}: {figures} {load.unit}{' WRONG ' * bool(wrong)}{wrong}")
    return rows
