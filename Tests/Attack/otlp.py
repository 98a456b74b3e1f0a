# SPDX-License-Identifier: Apache-2.0
"""OTLP trace requests, written by hand: the few protobuf fields that a model call needs, and what hostile ones add."""

from __future__ import annotations

import gzip
import random
import struct
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Value = None | bool | int | float | str | bytes | Sequence["Value"] | Mapping[str, "Value"]
"""What an attribute can hold: bytes are written as a string that need not be UTF-8."""

PROTOBUF = "application/x-protobuf"
JSON = "application/json"
SECOND = 10**9
_UINT64 = (1 << 64) - 1


def varint(number: int) -> bytes:
    """A base-128 varint of a number from 0 to 2^64 - 1."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def text(number: int, value: bytes) -> bytes:
    """A length-delimited field."""
    return varint(number << 3 | 2) + varint(len(value)) + value


def integer(number: int, value: int) -> bytes:
    """A varint field; negative values as protobuf writes them."""
    return varint(number << 3) + varint(value & _UINT64)


def fixed(number: int, value: int) -> bytes:
    """A fixed64 field."""
    return varint(number << 3 | 1) + struct.pack("<Q", value & _UINT64)


def any_value(value: Value) -> bytes:
    """The content of an AnyValue."""
    match value:
        case None:
            return b""
        case bool():
            return integer(2, int(value))
        case int():
            return integer(3, value)
        case float():
            return varint(4 << 3 | 1) + struct.pack("<d", value)
        case str():
            return text(1, value.encode("utf-8", "surrogatepass"))
        case bytes():
            return text(1, value)
        case Mapping():
            return text(6, b"".join(text(1, attribute(key, item)) for key, item in value.items()))
        case _:
            return text(5, b"".join(text(1, any_value(item)) for item in value))


def attribute(key: str, value: Value) -> bytes:
    """The content of a KeyValue."""
    return text(1, key.encode()) + text(2, any_value(value))


@dataclass(frozen=True)
class Event:
    """A span event."""

    name: str
    nanoseconds: int
    attributes: Mapping[str, Value] = field(default_factory=dict)


def span(
    random: random.Random,
    attributes: Iterable[tuple[str, Value]],
    *,
    trace: bytes | None = None,
    identity: bytes | None = None,
    parent: bytes | None = None,
    name: str = "chat",
    kind: int = 3,
    start: int | None = None,
    end: int | None = None,
    status: int | None = None,
    events: Iterable[Event] = (),
) -> bytes:
    """The content of a Span; ids are random and the times of a call of one second unless they are given."""
    start = time.time_ns() - 2 * SECOND if start is None else start
    end = start + SECOND if end is None else end
    parts = [text(1, trace if trace is not None else random.randbytes(16))]
    parts.append(text(2, identity if identity is not None else random.randbytes(8)))
    if parent is not None:
        parts.append(text(4, parent))
    parts += [text(5, name.encode()), integer(6, kind), fixed(7, start), fixed(8, end)]
    parts += [text(9, attribute(key, value)) for key, value in attributes]
    for event in events:
        inside = b"".join(text(3, attribute(key, value)) for key, value in event.attributes.items())
        parts.append(text(11, fixed(1, event.nanoseconds) + text(2, event.name.encode()) + inside))
    if status is not None:
        parts.append(text(15, integer(3, status)))
    return b"".join(parts)


def call(
    random: random.Random,
    model: str = "gpt-4o",
    provider: str = "openai",
    *,
    input: int = 100,
    output: int = 10,
    operation: str = "chat",
    more: Mapping[str, Value] | None = None,
    start: int | None = None,
    end: int | None = None,
    status: int | None = None,
) -> bytes:
    """A span that is a model call in the words of the semantic conventions."""
    attributes: dict[str, Value] = {
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": model,
        "gen_ai.usage.input_tokens": input,
        "gen_ai.usage.output_tokens": output,
    }
    attributes.update(more or {})
    return span(random, attributes.items(), start=start, end=end, status=status)


def scope_spans(spans: Iterable[bytes], scope: str = "attack") -> bytes:
    """A ScopeSpans field of a ResourceSpans."""
    return text(2, text(1, text(1, scope.encode())) + b"".join(text(2, item) for item in spans))


def request(spans: Iterable[bytes], *, scope: str = "attack", resource: Mapping[str, Value] | None = None) -> bytes:
    """An ExportTraceServiceRequest of one resource and one scope."""
    return request_of_scopes([scope_spans(spans, scope)], resource=resource)


def request_of_scopes(scopes: Iterable[bytes], *, resource: Mapping[str, Value] | None = None) -> bytes:
    """An ExportTraceServiceRequest of one resource with scopes as ``scope_spans`` makes them."""
    inside = b"".join(text(1, attribute(key, value)) for key, value in (resource or {"service.name": "attack"}).items())
    return text(1, text(1, inside) + b"".join(scopes))


def packed(body: bytes, level: int = 1) -> bytes:
    """A body as gzip; hostile bodies are large and alike, so that the quickest level does."""
    return gzip.compress(body, level, mtime=0)
