# SPDX-License-Identifier: Apache-2.0
"""What a group of calls comes to, and whether a call fulfils a condition."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .kept import Call

CLASSES = ("input", "output", "cache_read", "cache_write", "cache_write_1h", "cache_write_12h", "reasoning", "input_audio",
           "output_audio", "cache_read_audio", "input_image", "output_image", "cache_read_image", "input_video", "output_video")
MEASURES = ("cost", "calls", "tokens", *CLASSES, "failed", "unpriced", "adjusted_unpriced", "estimated", "streamed",
            "average_cost", "duration", "average_duration")
"""All measures except billed units, which these calls have none of, and savings, which no export has."""


class Sums:
    """The sums of some calls."""

    def __init__(self, calls: Iterable[Call]) -> None:
        self.calls = list(calls)
        self.known = sum(call.cost or 0 for call in self.calls)
        self.unpriced = sum(call.cost is None for call in self.calls)

    @property
    def tokens(self) -> int:
        return sum(sum(call.tokens.values()) for call in self.calls)

    @property
    def duration(self) -> int:
        return sum(call.duration or 0 for call in self.calls)

    @property
    def reason(self) -> str | None:
        """Why the cost is not known; `None` if it is."""
        count = len(self.calls)
        return f"{self.unpriced} of {count} {'call has' if count == 1 else 'calls have'} no price" if self.unpriced else None

    def number(self, measure: str) -> int | None:
        """A measure as a whole number: money in femtodollars, times in microseconds."""
        match measure:
            case "cost":
                return None if self.unpriced else self.known
            case "known_cost":
                return self.known
            case "calls":
                return len(self.calls)
            case "tokens":
                return self.tokens
            case "failed":
                return sum(call.failed for call in self.calls)
            case "streamed":
                return sum(call.streamed for call in self.calls)
            # Nothing was priced again.
            case "unpriced" | "adjusted_unpriced":
                return self.unpriced
            case "estimated":
                return sum(call.facts["source"] == "estimated" for call in self.calls)
            case "average_cost":
                priced = sum(call.has_price for call in self.calls)
                return half_even(self.known, priced) if priced else None
            case "duration":
                return self.duration
            case "average_duration":
                return self.duration // len(self.calls) if self.calls else None
        return sum(call.tokens.get(measure, 0) for call in self.calls)

    def place(self, measure: str) -> int:
        """A number by which rows are ordered."""
        number = self.known if measure == "cost" else self.number(measure)
        return -1 if number is None else number

    def value(self, measure: str, as_number: bool = False) -> Any:
        """A measure as answers write it."""
        number = self.number(measure)
        if number is None:
            return None
        if measure in ("cost", "known_cost", "average_cost"):
            return Decimal(decimal(number, 15)) if as_number else decimal(number, 15)
        return Decimal(decimal(number, 6)) if measure.endswith("duration") else number


def decimal(number: int, decimals: int) -> str:
    """A number of units of 10^-decimals, without zeros at its end."""
    whole, rest = divmod(abs(number), 10**decimals)
    digits = f"{rest:0{decimals}}".rstrip("0")
    return f"{'-' if number < 0 else ''}{whole}{'.' if digits else ''}{digits}"


def half_even(numerator: int, denominator: int) -> int:
    """A quotient, rounded to the nearest whole number, and to the even one of two."""
    whole, rest = divmod(numerator, denominator)
    return whole + (1 if 2 * rest > denominator or (2 * rest == denominator and whole % 2) else 0)


@dataclass(frozen=True)
class Condition:
    """A condition of a filter; `pieces` are what is between the asterisks of its pattern."""

    key: str
    pieces: tuple[str, ...]
    excluded: bool = False

    def matches(self, call: Call) -> bool:
        pattern = ".*".join(map(re.escape, self.pieces))
        return re.fullmatch(pattern, call.value(self.key), re.DOTALL) is not None

    @property
    def text(self) -> str:
        """The condition as the parameter `where` has it."""
        pieces = (re.sub(r"([\\,*])", r"\\\1", piece) for piece in self.pieces)
        return f"{'-' if self.excluded else ''}{self.key}:{'*'.join(pieces)}"


def chosen(calls: Iterable[Call], conditions: Sequence[Condition]) -> list[Call]:
    """The calls that fulfil all conditions: those for one key are alternatives."""
    keys = {condition.key for condition in conditions}

    def is_chosen(call: Call) -> bool:
        for key in keys:
            own = [condition for condition in conditions if condition.key == key]
            included = [condition for condition in own if not condition.excluded]
            if included and not any(condition.matches(call) for condition in included):
                return False
            if any(condition.matches(call) for condition in own if condition.excluded):
                return False
        return True

    return [call for call in calls if is_chosen(call)]
