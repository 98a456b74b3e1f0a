# SPDX-License-Identifier: Apache-2.0
"""Loads with a folder and without, one right after the other."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ..WholeService import bodies, calls
from ..WholeService.bodies import BodyFile, Contents
from ..WholeService.figures import Sample, ratios, wrong
from ..WholeService.loads import Sending
from .figures import Figure

_POSTS = "calls-64-gzip"
bodies.FILES[_POSTS] = BodyFile(_POSTS, 3600, lambda rng: calls.lean(rng, 64), seed=6, gzip=True)

MIX = Sending("mix-gzip", "one span in ten a call, gzip", "mix-gzip")
CALLS = Sending("lean-gzip", "nothing but calls, gzip", "lean-gzip")
POSTS = Sending("posts", "300 bodies of 64 calls a second", _POSTS, per_request=True, warm=600, rate=300)


@dataclass
class Pair:
    """One load and its runs."""

    load: Sending
    folder: list[Sample]
    none: list[Sample]

    @property
    def wrong(self) -> str:
        return wrong(self.folder + self.none)

    def median(self, what: Callable[[Sample], float | None], samples: Sequence[Sample]) -> float:
        return statistics.median(value for value in map(what, samples) if value is not None)


def run(
    contents: Mapping[str, Contents], binary: Path, place: Path, rounds: int, say: Callable[[str], None]
) -> list[Pair]:
    """Measures the three loads so many times.

    Raises ``Failed`` when a service could not be measured.
    """
    pairs = [Pair(load, [], []) for load in (MIX, CALLS, POSTS)]
    for number in range(1, rounds + 1):
        for pair in pairs:
            for has_folder in (True, False) if number % 2 else (False, True):
                sample = _measure(pair.load, contents, binary, place if has_folder else None)
                (pair.folder if has_folder else pair.none).append(sample)
                where = "with a folder" if has_folder else "without"
                say(f"round {number}/{rounds} {pair.load.name} {where}: {sample.value:.3g} {pair.load.unit} {sample.wrong}")
    return pairs


def _measure(load: Sending, contents: Mapping[str, Contents], binary: Path, place: Path | None) -> Sample:
    if place is None:
        return load.measure(binary, contents)
    with TemporaryDirectory(dir=place) as folder:
        storage = {"storage": {"path": f"{folder}/data"}}
        return replace(load, settings=dict(load.settings) | storage).measure(binary, contents)


def figures(pairs: Sequence[Pair]) -> list[Figure]:
    """The figures of the three loads."""
    mix, calls, posts = pairs
    found = []

    def add(pair: Pair, what: str, unit: str, bar: float, measure: Callable[[Sample], float | None]) -> None:
        over, under = pair.median(measure, pair.folder), pair.median(measure, pair.none)
        found.append(Figure(f"{pair.load.title}: {what}", unit, bar, over, over, under))

    over, under = (mix.median(lambda sample: sample.value, side) for side in (mix.folder, mix.none))
    multiple = ratios(mix.folder, mix.none).median
    found.append(Figure(f"{mix.load.title}: CPU, as a multiple", "s/M spans", 1.8, multiple, over, under))
    add(calls, "CPU", "s/M calls", 6.5, lambda sample: sample.value)
    add(posts, "wait, median", "ms", 2, lambda sample: sample.p50)
    add(posts, "wait, 99 of 100", "ms", 10, lambda sample: sample.p99)
    for pair in (mix, calls):
        over, under = (pair.median(lambda sample: sample.peak, side) for side in (pair.folder, pair.none))
        found.append(Figure(f"{pair.load.title}: peak memory, the rise", "MiB", 120, over - under, over, under))
    return found
