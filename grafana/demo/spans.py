# SPDX-License-Identifier: Apache-2.0
"""Spans of model calls, before they are written in any form."""
from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Union

from .models import Model

Value = Union[str, int, float, bool]
MICROSECOND = 1_000
SECOND = 1_000_000_000


@dataclass
class Call:
    """A model call as the company's own books have it: what the service must count once."""

    model: Model
    operation: str
    labels: tuple[str, str, str]
    """Team, agent and user."""
    tokens: dict[str, int]
    """By token class; the classes are disjoint."""
    end: int
    """Nanoseconds since 1970 (UTC)."""
    error: str = ""
    reported_microdollars: int | None = None
    """What the gateway says that it charges; it counts instead of the price file's figure."""


@dataclass
class Span:
    """One span of a trace."""

    name: str
    start: int
    end: int
    attributes: dict[str, Value]
    service: str
    scope: str
    trace_id: int
    span_id: int
    parent: Span | None = None
    is_client: bool = False
    error: str = ""
    call: Call | None = None
    """The call that this span alone stands for; `None` for agents, tools, twins and spans that are no calls."""
    fate: str = "not_a_model_call"
    """What the service must do with it, as in the label `outcome` of `llm_cost_exporter_spans_total`."""


@dataclass
class Trace:
    """The spans of one request, in the order in which they began."""

    service: str
    scope: str
    random: random.Random
    session: str = ""
    """The conversation that it is a part of."""
    spans: list[Span] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.trace_id = self.random.getrandbits(128) | 1

    def __iter__(self) -> Iterator[Span]:
        return iter(self.spans)

    def add(self, name: str, start: int, end: int, attributes: dict[str, Value], **rest: object) -> Span:
        """Adds a span of the trace's session; times are cut to microseconds, as SDKs of several languages do."""
        if self.session:
            attributes = attributes | {"session.id": self.session}
        span = Span(
            name, _rounded(start), _rounded(end), attributes, self.service, str(rest.pop("scope", self.scope)), self.trace_id,
            self.random.getrandbits(64) | 1, **rest,  # type: ignore[arg-type]
        )
        self.spans.append(span)
        return span

    def response_id(self, prefix: str) -> str:
        """An id that a provider gives to an answer."""
        return f"{prefix}{self.random.getrandbits(96):024x}"


def _rounded(nanoseconds: int) -> int:
    return nanoseconds - nanoseconds % MICROSECOND
