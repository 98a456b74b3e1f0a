# SPDX-License-Identifier: Apache-2.0
"""What a body contains, before it is written as protobuf or JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

Value = bool | int | float | str | list[str]
Attributes = list[tuple[str, Value]]

CLIENT, SERVER, INTERNAL = 3, 2, 1
"""Kinds of spans."""

NOW = 1_764_000_000 * 10**9
"""The time near which all spans end, in nanoseconds since 1970: fixed, so that bodies are the same each time."""


@dataclass(slots=True)
class Span:
    """One span; times are nanoseconds since 1970."""

    trace: bytes
    identity: bytes
    parent: bytes
    """Empty for the root of a trace."""
    name: str
    kind: int
    start: int
    end: int
    attributes: Attributes


@dataclass(slots=True)
class Scope:
    """The spans of one instrumentation library."""

    name: str
    version: str
    spans: list[Span] = field(default_factory=list)


@dataclass(slots=True)
class Resource:
    """What one service sends."""

    attributes: Attributes
    scopes: list[Scope] = field(default_factory=list)


@dataclass(slots=True)
class Body:
    """One trace request, and what the service has to count for it."""

    resources: list[Resource]
    calls: int = 0
    input: int = 0
    """Input tokens of all calls, cached ones included."""
    output: int = 0

    @property
    def spans(self) -> Iterator[Span]:
        for resource in self.resources:
            for scope in resource.scopes:
                yield from scope.spans


def service(number: int) -> Attributes:
    """The resource attributes of one service, as an SDK sets them."""
    return [
        ("service.name", f"svc-{number:02d}"),
        ("service.version", "1.4.2"),
        ("deployment.environment.name", "prod"),
        ("telemetry.sdk.language", "python"),
        ("telemetry.sdk.name", "opentelemetry"),
        ("telemetry.sdk.version", "1.45.2"),
    ]
