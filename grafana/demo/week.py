# SPDX-License-Identifier: Apache-2.0
"""When the company works: hours, weekdays, and the events of the week.

Everything follows from a seed and the end of the week, so that the same arguments give the same spans.
"""
from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from . import company
from .spans import SECOND, Trace

MINUTE = 60
HOUR = 3_600
DAY = 86_400
# Share of a working day's requests by hour (UTC).
SUPPORT_HOURS = (2, 2, 2, 2, 3, 4, 5, 8, 10, 11, 11, 10, 9, 10, 11, 11, 10, 8, 6, 5, 4, 3, 3, 2)
CODING_HOURS = (0, 0, 0, 0, 0, 0, 0, 2, 7, 11, 12, 10, 5, 9, 12, 11, 9, 6, 3, 1, 1, 0, 0, 0)
TRIAL_HOURS = (0,) * 9 + (1,) * 8 + (0,) * 7
LOOP_START, LOOP_MINUTES, LOOP_EVERY = 14 * HOUR, 90, 6
"""The runaway loop: from two in the afternoon, for an hour and a half, a call every six seconds."""
FAILURE_START = 10 * HOUR
"""The hour in which a provider fails begins at ten."""
NIGHT = 2 * HOUR


@dataclass(frozen=True)
class Week:
    """The company's past.

    Attributes:
        end: The time until which spans end, in seconds since 1970 (UTC).
        days: How many days it has.
        volume: 1 for the whole company, less for a smaller one with the same events.
        seed: Another seed gives other requests.
    """

    end: int
    days: int = 7
    volume: float = 1.0
    seed: int = 1

    @property
    def start(self) -> int:
        """The first second."""
        return self.end - self.days * DAY

    @property
    def price_change(self) -> date:
        """The first day of the new prices: in the middle of the week."""
        return day_of(self.end - 3 * DAY)

    @property
    def loop(self) -> int:
        """The start of the runaway loop: the last afternoon that is over."""
        midnight = self.end - self.end % DAY
        start = midnight + LOOP_START
        return start if start + (LOOP_MINUTES + 20) * MINUTE <= self.end else start - DAY

    @property
    def failure(self) -> int:
        """The start of the hour in which a provider fails: two days before the last."""
        return self.end - self.end % DAY - 2 * DAY + FAILURE_START

    def traces(self) -> Iterator[Trace]:
        """The requests of all days, without those that would end after the week, and one at its beginning and its end."""
        for second in (self.start, self.end):
            yield company.health_check(random.Random(f"{self.seed} {second}"), second * SECOND)
        for midnight in range(self.start - self.start % DAY, self.end, DAY):
            for trace in self._day(midnight):
                if trace.spans[0].start >= self.start * SECOND and max(span.end for span in trace) <= self.end * SECOND:
                    yield trace
        for trace in self._loop():
            yield trace

    def _day(self, midnight: int) -> Iterator[Trace]:
        day = day_of(midnight)
        is_weekend = day.isoweekday() >= 6
        chance = random.Random(f"{self.seed} {day}")

        def spread(count: float, hours: tuple[int, ...], make: Callable[[random.Random, int], Trace]) -> Iterator[Trace]:
            for _ in range(round(count * self.volume * chance.uniform(0.85, 1.15))):
                hour = chance.choices(range(24), hours)[0]
                yield make(chance, (midnight + hour * HOUR) * SECOND + chance.randrange(HOUR * SECOND))

        def answer(chance: random.Random, start: int) -> Trace:
            is_failing = self.failure <= start // SECOND < self.failure + HOUR
            return company.support_chat(chance, start, is_failing)

        yield from spread(500 if is_weekend else 1_100, SUPPORT_HOURS, answer)
        yield from spread(6 if is_weekend else 110, CODING_HOURS, company.coding_run)
        yield from spread(5 if is_weekend else 60, TRIAL_HOURS, company.experiment)
        yield from self._night(chance, midnight)

    def _night(self, chance: random.Random, midnight: int) -> Iterator[Trace]:
        """The batch runs one request after the other."""
        for count, make, pause in ((240, company.embedding_batch, 4), (80, company.nightly_digest, 20)):
            for number in range(round(count * self.volume)):
                yield make(chance, (midnight + NIGHT + number * pause) * SECOND + chance.randrange(SECOND))

    def _loop(self) -> Iterator[Trace]:
        chance = random.Random(f"{self.seed} loop")
        every = round(LOOP_EVERY / self.volume)
        for second in range(0, LOOP_MINUTES * MINUTE, every):
            yield company.runaway_call(chance, (self.loop + second) * SECOND + chance.randrange(SECOND))


def day_of(seconds: int) -> date:
    """The day (UTC) of a time."""
    return (datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)).date()
