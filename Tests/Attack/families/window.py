# SPDX-License-Identifier: Apache-2.0
"""The settle window and the memory of ids: calls that could be one call, and retries that must not count twice."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from .. import otlp
from ..catalogue import attack
from ..field import Field
from ..known import KnownBatch
from ..service import Setup
from ..siege import Bars
from .volume import smallest_calls

_SCOPES = 32


def _equal_counts(field: Field, count: int, shape: str) -> Iterator[bytes]:
    """ScopeSpans of one call each, all with equal counts, over many scopes."""
    base = time.time_ns() - 200 * otlp.SECOND
    trace, last = field.random.randbytes(16), None
    for number in range(count):
        start, end = base + number * 1000, base + number * 1000 + 50 * otlp.SECOND
        if shape == "nested":
            end = base + 100 * otlp.SECOND - number * 1000
        elif shape == "the same":
            start, end = base, base + otlp.SECOND
        attributes: dict[str, otlp.Value] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "gpt-4.1-nano",
            "gen_ai.usage.input_tokens": 100,
            "gen_ai.usage.output_tokens": 10,
        }
        identity = field.random.randbytes(8)
        in_trace = shape == "a chain"
        span = otlp.span(
            field.random,
            attributes.items(),
            trace=trace if in_trace else None,
            identity=identity,
            parent=last if in_trace else None,
            start=start,
            end=end,
        )
        last = identity
        yield otlp.scope_spans([span], f"scope-{number % _SCOPES}")


@attack("equal-counts", folder=True)
def equal_counts(field: Field) -> None:
    """Calls with equal counts over 32 scopes: one after another, nested, the same times, one long chain."""
    shapes = ("shifted", "nested", "the same", "a chain")
    for shape in field.size(shapes, shapes, ("shifted", "a chain")):
        with field.siege(Setup({"billing": {"settle": "3s"}}), Bars(scrape=0.25, rise=128), shape) as siege:
            count = field.size(20_000, 1000)
            bodies = [
                otlp.packed(otlp.request_of_scopes(_equal_counts(field, count, shape))) for _ in range(field.size(5, 2))
            ]
            before = siege.cpu()
            for body in bodies:
                status = siege.service.post_packed(body).status
                field.expect(status == 200, f"{shape}: answered {status}")
                siege.take(count)
            siege.service.settled()
            each = (siege.cpu() - before) / (count * len(bodies)) * 1e6
            field.figure("CPU a call", each, "µs")
            # With a folder, rows cost more than this.
            bar = 8 if field.keeps else 5
            field.expect(field.short or each <= bar, f"{shape}: {each:.1f} µs a call, over {bar}")


def _retried(field: Field, hostile: Iterable[bytes], setup: Setup, source: str) -> None:
    """Honest bodies, then hostile ones from another address, then the honest ones again: each call counts once."""
    with field.siege(setup, Bars(rise=256 + 128)) as siege:
        before = siege.service.page()
        batch = KnownBatch.random(field.prices, field.random, 400)
        first = siege.service.post(batch.body, source="127.0.0.2")
        field.expect(first.status == 200, f"an honest body was answered {first.status}")
        siege.service.settled()
        siege.take(2 * len(batch.calls))
        for body in hostile:
            answer = siege.service.post_packed(body, source=source)
            field.expect(answer.status == 200, f"a body of many calls was answered {answer.status}")
            siege.accepted = None
        siege.service.settled()
        field.expect(
            siege.service.post(batch.body, source="127.0.0.2").status == 200, "an honest body sent again was refused"
        )
        after = siege.service.settled()
        for difference in list(batch.differences(before, after, alone=False))[:3]:
            field.fail(f"sent again after the flood: {difference}")


@attack("retries-after-flood", folder=True)
def retries(field: Field) -> None:
    """A body of 524,288 calls from one address, then the retries of another: they are known still."""
    bodies = (otlp.packed(smallest_calls(number + 1), 6) for number in range(2))
    _retried(field, bodies, Setup({"billing": {"settle": "1s"}}), "127.0.0.9")
