# SPDX-License-Identifier: Apache-2.0
"""What an attack is given: the binary, random numbers, its size, and a place for what it finds."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from .known import Prices
from .service import QUICK, Failed, Setup, poll
from .siege import USUAL, Bars, Siege

T = TypeVar("T")


class Skipped(Exception):
    """The machine cannot run an attack; the text says why."""


class Field:
    """One attack's run."""

    def __init__(self, binary: Path, seed: int, short: bool, keeps: bool = False) -> None:
        self.binary = binary
        self.random = random.Random(seed)
        self.short = short
        self.keeps = keeps
        """Whether services keep a ledger, each in a new folder."""
        self.prices = Prices(binary)
        self.failures: list[str] = []
        self._figures: dict[str, tuple[float, str]] = {}

    def size(self, full: T, short: T, kept: T | None = None) -> T:
        """The size of a full run or that of a short one, which debug builds must bear, too; full runs with a folder may differ."""
        return short if self.short else kept if self.keeps and kept is not None else full

    def patience(self, bar: float) -> float:
        """A bar in seconds; a short run, which measures nothing, only wants an answer in the end."""
        return 15 if self.short else bar

    def siege(self, setup: Setup = QUICK, bars: Bars = USUAL, label: str = "") -> Siege:
        """The service with everything that watches it; a context manager that checks all bars at its end."""
        return Siege(self, setup, bars, label)

    def fail(self, sentence: str) -> None:
        """Notes what does not hold; the attack goes on."""
        self.failures.append(sentence)

    def expect(self, holds: bool, sentence: str) -> None:
        if not holds:
            self.fail(sentence)

    def await_(self, what: str, look: Callable[[], object | None], seconds: float, every: float = 0.1) -> None:
        """Looks until there is something to see, and notes it when the deadline passes."""
        try:
            poll(what, look, seconds, every)
        except Failed as failure:
            self.fail(str(failure))

    def figure(self, name: str, value: float, unit: str) -> None:
        """Notes a measured figure; of several with one name the highest is shown."""
        kept = self._figures.get(name, (value, unit))[0]
        self._figures[name] = (max(kept, value), unit)

    @property
    def figures(self) -> str:
        """The figures as text."""
        return ", ".join(f"{name} {_shown(value)} {unit}".rstrip() for name, (value, unit) in self._figures.items())


def _shown(value: float) -> str:
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


@dataclass(frozen=True)
class Attack:
    """An attack as it is listed.

    ``idle`` ones mostly wait, so that they run beside the others. The services of one that ``keeps`` have a folder.
    """

    name: str
    about: str
    run: Callable[[Field], None]
    short: bool
    idle: bool
    keeps: bool = False
