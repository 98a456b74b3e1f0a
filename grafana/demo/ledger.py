# SPDX-License-Identifier: Apache-2.0
"""The sender's own books: tokens, calls and dollars, added up from what was sent, in integers and without the service."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .models import FEMTODOLLARS
from .spans import SECOND, Call, Span
from .week import day_of

Key = tuple[str, str, str, str, str]
"""Model, operation, team, agent, user."""
LABELS = ("model", "operation", "team", "agent", "user")


@dataclass
class Ledger:
    """Sums of the calls that must count."""

    price_change: date
    femtodollars: Counter[Key] = field(default_factory=Counter)
    tokens: Counter[tuple[Key, str]] = field(default_factory=Counter)
    """By key and token class."""
    calls: Counter[Key] = field(default_factory=Counter)
    errors: Counter[tuple[Key, str]] = field(default_factory=Counter)
    """By key and type of error."""
    fates: Counter[str] = field(default_factory=Counter)
    """Spans by what the service must do with them."""
    by_second: Counter[int] = field(default_factory=Counter)
    """Femtodollars by the second (since 1970) in which calls ended."""

    def add(self, spans: Iterable[Span]) -> None:
        """Books the spans of a request."""
        for span in spans:
            self.fates[span.fate] += 1
            if span.call:
                self._book(span.call)

    def add_again(self, spans: Iterable[Span]) -> None:
        """Books spans that were sent a second time; only those that could be calls are known again."""
        for span in spans:
            self.fates["not_a_model_call" if span.fate == "not_a_model_call" else "duplicate"] += 1

    @property
    def dollars(self) -> Decimal:
        """The exact total."""
        return dollars(sum(self.femtodollars.values()))

    def dollars_between(self, start: float, end: float) -> Decimal:
        """The dollars of the calls that ended in a span of time."""
        return dollars(sum(cost for second, cost in self.by_second.items() if start < second <= end))

    def _book(self, call: Call) -> None:
        key = (call.model.name, call.operation, *call.labels)
        self.calls[key] += 1
        if call.error:
            self.errors[key, call.error] += 1
        for token_type, count in call.tokens.items():
            self.tokens[key, token_type] += count
        if not call.model.is_priced or not call.tokens:
            return
        cost = self._cost(call)
        self.femtodollars[key] += cost
        self.by_second[call.end // SECOND] += cost

    def _cost(self, call: Call) -> int:
        if call.reported_microdollars is not None:
            return call.reported_microdollars * (FEMTODOLLARS // 10**6)
        day = day_of(call.end // SECOND)
        return sum(
            count * call.model.femtodollars(token_type, day, self.price_change) for token_type, count in call.tokens.items()
        )


def dollars(femtodollars: int) -> Decimal:
    """Femtodollars in dollars, exactly."""
    return Decimal(femtodollars) / FEMTODOLLARS
