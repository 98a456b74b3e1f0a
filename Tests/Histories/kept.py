# SPDX-License-Identifier: Apache-2.0
"""The calls that a service has, as it exports them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

from .sent import SentCall

FACTS = ("model", "provider", "operation", "source", "answered_model", "requested_model", "tier", "region", "server", "error",
         "dialect", "tenant", "unpriced_reason", "trace")
"""What each call has, as questions name it."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_NO_REASON = "the call has no price"


@dataclass(frozen=True)
class Call:
    """One call; times are microseconds, money is femtodollars and `None` if the call has no price."""

    span: str
    start: int
    end: int
    facts: Mapping[str, str]
    dimensions: Mapping[str, str]
    tokens: Mapping[str, int]
    units: Mapping[str, int]
    duration: int | None
    cost: int | None
    failed: bool
    streamed: bool

    @property
    def trace(self) -> str:
        return self.facts["trace"]

    @property
    def has_price(self) -> bool:
        """Whether its cost is a price: a call that failed and reported nothing to price costs 0, which is none."""
        return self.cost is not None and not (self.failed and self.facts["source"] == "nothing")

    @property
    def minute(self) -> int:
        """The minute since 1970 that the call belongs to."""
        return self.end // 60_000_000

    def value(self, key: str) -> str:
        """The value of a key of `group_by`; empty if the call has none."""
        return self.facts[key] if key in FACTS else self.dimensions.get(key.removeprefix("label:"), "")


def microseconds(text: str) -> int:
    """A time of an answer, in microseconds since 1970."""
    return (datetime.fromisoformat(text) - _EPOCH) // timedelta(microseconds=1)


def femtodollars(text: str | Decimal) -> int:
    """An amount of an answer, which has at most fifteen decimals."""
    scaled = Decimal(text) * 10**15
    if scaled != int(scaled):
        raise ValueError(f"{text} has more than fifteen decimals")
    return int(scaled)


def read(line: Mapping[str, Any]) -> Call:
    """A call as an export and the answer about a trace have it."""
    facts = {name: line.get(name) or "" for name in FACTS}
    reason = line.get("reason", "")
    facts |= {"source": line["outcome"], "unpriced_reason": "" if reason == _NO_REASON else reason}
    return Call(
        span=line["span"], start=microseconds(line["start"]), end=microseconds(line["end"]), facts=facts,
        dimensions=line["dimensions"], tokens=line["tokens"], units=line["units"],
        duration=None if line["duration"] is None else int(Decimal(line["duration"]) * 10**6),
        cost=None if line["cost"] is None else femtodollars(line["cost"]), failed=line["failed"], streamed=line["streamed"])


def read_lines(text: str) -> list[Call]:
    """The calls of an export as JSON lines, in their order."""
    return [read(json.loads(line, parse_float=Decimal)) for line in text.splitlines()]


def differences(sent: Sequence[SentCall], kept: Sequence[Call], binary: Path) -> Iterator[str]:
    """What the service has otherwise than it was sent."""
    found = {(call.trace, call.span): call for call in kept}
    if len(found) != len(kept):
        yield f"{len(kept) - len(found)} calls are exported twice"
    wanted = {(call.trace, call.span) for call in sent}
    for missing in sorted(wanted - set(found))[:3]:
        yield f"{missing} was sent and is not exported"
    for made in sorted(set(found) - wanted)[:3]:
        yield f"{made} is exported and was not sent"
    for call, price in zip(sent, _costs(sent, binary), strict=True):
        # A failed call without tokens costs nothing; what one that succeeded costs is not known.
        cost = price if call.tokens else 0 if call.error else None
        other = found.get((call.trace, call.span))
        if other is not None:
            yield from _unequal(call, cost, other)


def _unequal(call: SentCall, cost: int | None, other: Call) -> Iterator[str]:
    pairs: dict[str, tuple[Any, Any]] = {
        "start": (call.start, other.start), "end": (call.end, other.end), "tokens": (call.tokens, dict(other.tokens)),
        "duration": (call.end - call.start, other.duration), "failed": (bool(call.error), other.failed),
        "dimensions": (dict(call.dimensions), dict(other.dimensions)), "cost": (cost, other.cost)}
    facts = {"operation": call.operation, "requested_model": call.model, "answered_model": call.answered, "tier": call.tier,
             "server": call.server, "error": call.error}
    pairs |= {name: (value, other.facts[name]) for name, value in facts.items()}
    for name, (wanted, got) in pairs.items():
        if wanted != got:
            yield f"{name} of {call.trace} {call.span} is {got!r}, sent as {wanted!r}"


def _costs(sent: Sequence[SentCall], binary: Path) -> list[int | None]:
    """What the command `price` says of the calls."""
    done = subprocess.run(
        [binary, "price", "--cases", "-"], input="".join(call.case + "\n" for call in sent), capture_output=True, text=True,
        check=True, timeout=600)
    costs = [json.loads(line)["cost_usd"] for line in done.stdout.splitlines()]
    return [None if cost is None else femtodollars(cost) for cost in costs]
