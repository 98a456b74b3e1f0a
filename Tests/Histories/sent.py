# SPDX-License-Identifier: Apache-2.0
"""Random calls as senders report them."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any

from Attack import otlp

SETTINGS: dict[str, Any] = {
    "billing": {"settle": "200ms"},
    "storage": {"retention": {"calls": "3660d", "rollups": "3660d"}},
    "labels": [{"name": "team", "from": ["span.team"]}],
    "ledger": {"dimensions": [
        {"name": "customer", "from": ["span.app.customer"], "rollup": False},
        # Called like a fact of each call.
        {"name": "region", "from": ["span.app.region"]},
    ]},
}
"""The settings of the service that gets them."""

LACKS = (frozenset(), frozenset({"team"}), frozenset({"user"}), frozenset({"user", "team"}))
"""The dimensions that the settings of a first process may lack."""

DIMENSIONS = ("user", "session", "agent", "service", "environment", "project", "team", "customer", "region")

_MODELS = (("openai", "gpt-4o"), ("openai", "gpt-4o-mini"), ("anthropic", "claude-sonnet-4-5"), ("mistral_ai", "mistral-large-latest"),
           ("openai", "nobody-knows-it"))
_USERS = tuple(f"user-{number}" for number in range(9)) + ('=cmd|"x",y', "Zoë Müller", "a*b", "back\\slash", "50 % & more", "")
_KEYS = {"user": "user.id", "session": "session.id", "agent": "gen_ai.agent.name", "team": "team", "customer": "app.customer",
         "region": "app.region"}


def settings(lacks: frozenset[str]) -> dict[str, Any]:
    """The settings of a process that does not have some dimensions."""
    changed = dict(SETTINGS)
    if "team" in lacks:
        changed["labels"] = []
    if "user" in lacks:
        changed["ledger"] = SETTINGS["ledger"] | {"users": "off"}
    return changed


@dataclass(frozen=True)
class SentCall:
    """One call; `cached` is part of `input`, and `None` are counts that are not reported."""

    trace: str
    span: str
    parent: str
    start: int
    end: int
    provider: str
    model: str
    operation: str
    input: int | None
    output: int | None
    cached: int
    tier: str
    error: str
    answered: str
    server: str
    dimensions: Mapping[str, str]

    def bytes(self, rng: random.Random) -> bytes:
        """The span, with times in microseconds since 1970."""
        attributes: dict[str, otlp.Value] = {
            "gen_ai.operation.name": self.operation, "gen_ai.provider.name": self.provider, "gen_ai.request.model": self.model}
        optional: dict[str, otlp.Value | None] = {
            "gen_ai.usage.input_tokens": self.input, "gen_ai.usage.output_tokens": self.output,
            "gen_ai.usage.cache_read.input_tokens": self.cached or None, "openai.response.service_tier": self.tier or None,
            "error.type": self.error or None, "gen_ai.response.model": self.answered or None, "server.address": self.server or None}
        optional |= {key: self.dimensions.get(name) for name, key in _KEYS.items()}
        attributes |= {key: value for key, value in optional.items() if value is not None}
        return otlp.span(
            rng, attributes.items(), trace=bytes.fromhex(self.trace), identity=bytes.fromhex(self.span),
            parent=bytes.fromhex(self.parent) if self.parent else None, start=self.start * 1000, end=self.end * 1000,
            status=2 if self.error else None)

    @property
    def tokens(self) -> dict[str, int]:
        """Tokens by class, without those that are 0."""
        counts = {"input": (self.input or 0) - self.cached, "cache_read": self.cached, "output": self.output or 0}
        return {name: count for name, count in counts.items() if count}

    @property
    def case(self) -> str:
        """The call as the command `price` reads it."""
        usage = {"input": self.input or 0, "output": self.output or 0} | ({"cache_read": self.cached} if self.cached else {})
        moment = datetime.fromtimestamp(self.end // 10**6, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        case = {"provider": self.provider, "request_model": self.model, "ts": moment, "usage": usage}
        more = {"tier": self.tier, "response_model": self.answered}
        return json.dumps(case | {key: value for key, value in more.items() if value})


@dataclass
class Counts:
    """Gives each call an input of its own, so that no two of them can be taken for one."""

    next: int = 0
    seen: set[int] = field(default_factory=set)

    def one(self, rng: random.Random) -> int:
        while (count := rng.randrange(1, 2_000_000)) in self.seen:
            pass
        self.seen.add(count)
        return count


@dataclass(frozen=True)
class History:
    """Calls within some minutes, as bodies that were sent one after the other."""

    first: int
    last: int
    bodies: tuple[bytes, ...]
    calls: tuple[SentCall, ...]


def history(rng: random.Random, first: int, last: int, count: int, counts: Counts, lacks: frozenset[str]) -> History:
    """Makes a history of calls that end between two minutes.

    The calls of the first body are as a process has them that lacks some dimensions.
    """
    traces = [_trace(rng, first, last) for _ in range(max(1, count // rng.choice([1, 3, 8])))]
    sessions = [f"s-{rng.getrandbits(24):x}" for _ in range(3)] + ["", "shared / everywhere"]
    resources = [{"service.name": rng.choice(["web", "batch"]), "deployment.environment.name": rng.choice(["production", "staging"]),
                  "service.namespace": "shop"}, {"service.name": "other"}]
    sent: list[list[SentCall]] = [[] for _ in resources]
    for _ in range(count):
        place = rng.randrange(len(resources))
        sent[place].append(_call(rng, rng.choice(traces), sessions, resources[place], counts))
    bodies = []
    for resource, calls in zip(resources, sent, strict=True):
        spans = [call.bytes(rng) for call in calls]
        # A span that is no call, and one that is sent again.
        spans += [otlp.span(rng, [("http.request.method", "GET")], name="GET")] + spans[:1]
        rng.shuffle(spans)
        bodies.append(otlp.request(spans, scope="histories", resource=resource))
    sent[0] = [replace(call, dimensions={name: value for name, value in call.dimensions.items() if name not in lacks})
               for call in sent[0]]
    return History(first, last, tuple(bodies), tuple(call for calls in sent for call in calls))


@dataclass(frozen=True)
class _Trace:
    id: str
    first: int
    last: int


def _trace(rng: random.Random, first: int, last: int) -> _Trace:
    """A trace of some minutes or hours, within one day.

    A process that meets a trace again after it has forgotten it looks for it on the day of the call and on the day before; a trace
    that it does not find has a second row, with a bill of its own in lists of traces.
    """
    begin = rng.randrange(first, last)
    midnight = (begin // 1_440 + 1) * 1_440
    return _Trace(rng.randbytes(16).hex(), begin, min(last, midnight, begin + rng.choice([1, 1, 5, 60, 600])))


def _call(
    rng: random.Random, trace: _Trace, sessions: list[str], resource: Mapping[str, str], counts: Counts
) -> SentCall:
    provider, model = rng.choice(_MODELS)
    end = rng.randrange(trace.first * 60, trace.last * 60) * 10**6 + rng.choice([0, rng.randrange(10**6)])
    duration = rng.choice([0, rng.randrange(90 * 10**6)])
    total = None if rng.random() < 0.05 else counts.one(rng)
    dimensions = {
        "user": rng.choice(_USERS), "session": rng.choice(sessions), "agent": rng.choice(["", "planner", "writer"]),
        "team": rng.choice(["search", "search-eu", "web", ""]), "customer": rng.choice(["", "c-1", "c-2", "c-3"]),
        "region": rng.choice(["", "north", "south"]), "service": resource["service.name"],
        "environment": resource.get("deployment.environment.name", ""), "project": resource.get("service.namespace", "")}
    can_read = total is not None and provider in ("openai", "anthropic")
    return SentCall(
        trace=trace.id, span=rng.randbytes(8).hex(), parent=rng.choice(["", rng.randbytes(8).hex()]),
        start=end - duration, end=end, provider=provider, model=model, operation=rng.choice(["chat", "chat", "text_completion"]),
        input=total, output=None if total is None else rng.randrange(5_000),
        cached=rng.randrange(total or 1) if can_read and rng.random() < 0.3 else 0,
        tier=rng.choice(["", "", "batch", "priority"]) if provider == "openai" else "",
        error=rng.choice(["", "", "", "timeout"]), answered=rng.choice(["", model]),
        server=rng.choice(["", "api.example.com"]), dimensions={name: value for name, value in dimensions.items() if value})
