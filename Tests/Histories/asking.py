# SPDX-License-Identifier: Apache-2.0
"""Requests to the service, and random parts of questions."""

from __future__ import annotations

import http.client
import json
import random
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from . import calendars
from .kept import FACTS, Call
from .sent import DIMENSIONS
from .sums import Condition

LINE_KEYS = ("model", "provider", "operation", "source")
"""Facts that roll-ups are by."""

ROLLUP_KEYS = ("user", "agent", "service", "environment", "project", "team", "label:region")
"""Dimensions whose values have roll-ups, each of its own."""

KEYS = (*LINE_KEYS, *FACTS[4:-1], *("label:region" if name == "region" else name for name in DIMENSIONS))
"""All keys except the trace."""


class Refused(Exception):
    """A question that was not answered 200."""


class Asker:
    """Asks questions over one connection, and notes the last one."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.last = ""

    def text(self, path: str, parameters: Mapping[str, str] | None = None) -> str:
        """The text of an answer; raises ``Refused`` for any status but 200."""
        self.last = path + (f"?{urlencode(parameters)}" if parameters else "")
        self._connection.request("GET", self.last)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            raise Refused(f"{answer.status}: {text.strip()}")
        return text

    def json(self, path: str, parameters: Mapping[str, str] | None = None) -> Any:
        """The answer as JSON; numbers with decimals are exact."""
        return json.loads(self.text(path, parameters), parse_float=Decimal)


@dataclass(frozen=True)
class Period:
    """Minutes from the first to the one behind the last, and the parameters that ask for them."""

    first: int
    last: int
    zone: str
    parameters: Mapping[str, str]

    @property
    def texts(self) -> tuple[str, str]:
        """Begin and end as answers write them."""
        return calendars.text(self.first, self.zone), calendars.text(self.last, self.zone)


class Kept:
    """All calls of a service in the order of their minutes, and random questions about them."""

    def __init__(self, calls: Sequence[Call], rng: random.Random) -> None:
        self.calls = sorted(calls, key=lambda call: call.minute)
        self._minutes = [call.minute for call in self.calls]
        self.rng = rng

    def within(self, first: int, last: int) -> list[Call]:
        """The calls from the first minute to the one before the last."""
        return self.calls[bisect_left(self._minutes, first) : bisect_left(self._minutes, last)]

    def period(self, first: int, last: int) -> Period:
        """A random period within some minutes or around them, in a random zone."""
        rng, zone = self.rng, self.rng.choice(calendars.ZONES)
        margin = max(60, (last - first) // 5)
        moments = sorted(rng.randrange((first - margin) * 60, (last + margin) * 60) for _ in range(2))
        begin, end = (self._rounded(moment, zone) for moment in moments)
        end = max(end, begin + rng.choice([1, 60, 900]))
        parameters = {"from": self._written(begin, zone), "to": self._written(end, zone), "tz": zone}
        return Period(begin // 60, -(-end // 60), zone, parameters)

    def _rounded(self, moment: int, zone: str) -> int:
        match self.rng.randrange(5):
            case 0:
                return moment
            case 1:
                return moment // 60 * 60
            case 2:
                return moment // 900 * 900
            case 3:
                return calendars.begin("hour", moment // 60, zone) * 60
        return calendars.begin("day", moment // 60, zone) * 60

    def _written(self, moment: int, zone: str) -> str:
        """A time in one of the forms that questions may have it in."""
        local = calendars.local(moment // 60, zone)
        forms = [str(moment), str(moment * 1000 + self.rng.randrange(1000))]
        if moment % 60 == 0:
            forms.append(calendars.iso(local))
            if calendars.begin("day", moment // 60, zone) * 60 == moment:
                forms.append(local.date().isoformat())
        return self.rng.choice(forms)

    def keys(self, most: int, calls: Sequence[Call]) -> list[str]:
        """Random keys; few of them together, and often only those that roll-ups have."""
        rng = self.rng
        if rng.random() < 0.5:
            few = [*LINE_KEYS, *rng.sample([key for key in KEYS if key not in LINE_KEYS], 1)]
            return rng.sample(few, rng.randrange(min(most, len(few)) + 1))
        keys = [*KEYS, "trace"] if len(calls) < 2_000 else list(KEYS)
        return rng.sample(keys, rng.randrange(min(most, 4) + 1))

    def conditions(self, calls: Sequence[Call]) -> list[Condition]:
        """Random conditions on values that calls have, and on some that they do not."""
        rng, found = self.rng, []
        for _ in range(rng.choice([0, 0, 1, 1, 2, 4])):
            key = rng.choice(KEYS)
            value = rng.choice(calls).value(key) if calls and rng.random() < 0.8 else rng.choice(["", "nobody", "*", "search"])
            found.append(Condition(key, self._pieces(value), rng.random() < 0.3))
        return found

    def _pieces(self, value: str) -> tuple[str, ...]:
        cuts = sorted(self.rng.randrange(len(value) + 1) for _ in range(2))
        match self.rng.randrange(4):
            case 0:
                return value[: cuts[0]], ""
            case 1:
                return "", value[cuts[0] :]
            case 2:
                return value[: cuts[0]], value[cuts[1] :]
        return (value,)
