# SPDX-License-Identifier: Apache-2.0
"""Bodies as protobuf and as JSON. Attributes that many spans share are written once and remembered."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from Attack import otlp

from .spans import Attributes, Body, Resource, Scope, Span, Value

_LONGEST_REMEMBERED = 200
"""Characters; prompts are written anew each time."""


def protobuf(body: Body) -> bytes:
    """An ``ExportTraceServiceRequest``."""
    return b"".join(otlp.text(1, _resource(resource)) for resource in body.resources)


def _resource(resource: Resource) -> bytes:
    attributes = b"".join(otlp.text(1, otlp.attribute(key, value)) for key, value in resource.attributes)
    return otlp.text(1, attributes) + b"".join(otlp.text(2, _scope(scope)) for scope in resource.scopes)


def _scope(scope: Scope) -> bytes:
    name = otlp.text(1, scope.name.encode()) + otlp.text(2, scope.version.encode())
    return otlp.text(1, name) + b"".join(otlp.text(2, _span(span)) for span in scope.spans)


def _span(span: Span) -> bytes:
    parts = [otlp.text(1, span.trace), otlp.text(2, span.identity)]
    if span.parent:
        parts.append(otlp.text(4, span.parent))
    parts += [otlp.text(5, span.name.encode()), otlp.integer(6, span.kind)]
    parts += [otlp.fixed(7, span.start), otlp.fixed(8, span.end)]
    for key, value in span.attributes:
        if isinstance(value, list) or isinstance(value, str) and len(value) > _LONGEST_REMEMBERED:
            parts.append(otlp.text(9, otlp.attribute(key, value)))
        else:
            parts.append(_remembered(key, value, type(value)))
    return b"".join(parts)


@lru_cache(maxsize=65536)
def _remembered(key: str, value: Value, _: type) -> bytes:
    """An attribute of a span. The type is part of what is remembered, since 1 and 1.0 are equal."""
    return otlp.text(9, otlp.attribute(key, value))


def as_json(body: Body) -> bytes:
    """The same as OTLP/JSON: ids are hexadecimal, and integers of 64 bits are texts."""
    resources = [
        {
            "resource": {"attributes": _pairs(resource.attributes)},
            "scopeSpans": [
                {"scope": {"name": scope.name, "version": scope.version}, "spans": [_object(s) for s in scope.spans]}
                for scope in resource.scopes
            ],
        }
        for resource in body.resources
    ]
    return json.dumps({"resourceSpans": resources}, separators=(",", ":")).encode()


def _object(span: Span) -> dict[str, Any]:
    parent = {"parentSpanId": span.parent.hex()} if span.parent else {}
    return {
        "traceId": span.trace.hex(),
        "spanId": span.identity.hex(),
        **parent,
        "name": span.name,
        "kind": span.kind,
        "startTimeUnixNano": str(span.start),
        "endTimeUnixNano": str(span.end),
        "attributes": _pairs(span.attributes),
    }


def _pairs(attributes: Attributes) -> list[dict[str, Any]]:
    return [{"key": key, "value": _any_value(value)} for key, value in attributes]


def _any_value(value: Value) -> dict[str, Any]:
    match value:
        case bool():
            return {"boolValue": value}
        case int():
            return {"intValue": str(value)}
        case float():
            return {"doubleValue": value}
        case str():
            return {"stringValue": value}
    return {"arrayValue": {"values": [_any_value(item) for item in value]}}
