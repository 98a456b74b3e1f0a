# SPDX-License-Identifier: Apache-2.0
"""Spans as OTLP bodies in JSON, one a line, as an SDK's batches would have arrived."""
from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator

from .company import ENVIRONMENTS, TEAMS
from .spans import SECOND, Span, Value

BATCH_SECONDS = 5
"""An SDK exports what ended in the last five seconds."""
RESENT_SHARE = 0.004
"""Share of the batches whose answer was lost, so that the SDK sends them again."""


def bodies(spans: Iterable[Span], seed: int) -> Iterator[tuple[str, list[Span]]]:
    """The batches of spans in the order of their arrival.

    Args:
        spans: Finished spans in any order.
        seed: Chooses the batches that are sent twice.

    Yields:
        A body, and its spans if it was sent before, otherwise none.
    """
    batches: dict[tuple[int, str], list[Span]] = defaultdict(list)
    for span in spans:
        batches[span.end // (BATCH_SECONDS * SECOND), span.service].append(span)
    chance = random.Random(seed)
    for (_, service), batch in sorted(batches.items(), key=lambda item: (max(span.end for span in item[1]), item[0])):
        body = json.dumps(_body(service, batch), separators=(",", ":"))
        yield body, []
        if chance.random() < RESENT_SHARE:
            yield body, batch


def resource(service: str) -> dict[str, Value]:
    """The attributes of a service's resource."""
    return {
        "service.name": service, "service.namespace": "shop", "team": TEAMS[service], "telemetry.sdk.language": "python",
        "deployment.environment.name": ENVIRONMENTS.get(service, "production"),
    }


def _body(service: str, batch: list[Span]) -> dict[str, object]:
    scopes: dict[str, list[Span]] = defaultdict(list)
    for span in batch:
        scopes[span.scope].append(span)
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": _attributes(resource(service))},
                "scopeSpans": [
                    {"scope": {"name": scope, "version": "1.0"}, "spans": [_span(span) for span in spans]}
                    for scope, spans in scopes.items()
                ],
            }
        ]
    }


def _span(span: Span) -> dict[str, object]:
    record: dict[str, object] = {
        "traceId": f"{span.trace_id:032x}",
        "spanId": f"{span.span_id:016x}",
        "name": span.name,
        "kind": 3 if span.is_client else 1,
        "startTimeUnixNano": str(span.start),
        "endTimeUnixNano": str(span.end),
        "attributes": _attributes(span.attributes),
    }
    if span.parent:
        record["parentSpanId"] = f"{span.parent.span_id:016x}"
    if span.error:
        record["status"] = {"code": 2, "message": span.error}
    return record


def _attributes(values: dict[str, Value]) -> list[dict[str, object]]:
    return [{"key": key, "value": _value(value)} for key, value in values.items()]


def _value(value: Value) -> dict[str, object]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}
