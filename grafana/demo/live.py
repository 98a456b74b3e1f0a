# SPDX-License-Identifier: Apache-2.0
"""The present: the company's requests, sent by the OpenTelemetry SDK as its applications would send them."""
from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator

from opentelemetry import trace as api
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode

from . import company, otlp
from .ledger import Ledger
from .spans import Span, Trace

FLUSH_MILLISECONDS = 30_000


class Company:
    """Applications that send to a service.

    Args:
        endpoint: The service's URL for spans.
        ledger: Gets what is sent.
        seed: Another seed gives other requests.
    """

    def __init__(self, endpoint: str, ledger: Ledger, seed: int = 1) -> None:
        self._ledger = ledger
        self._chance = random.Random(f"{seed} live {time.time_ns()}")
        self._providers: dict[str, TracerProvider] = {}
        for service in company.TEAMS:
            provider = TracerProvider(resource=Resource.create(otlp.resource(service)))
            exporter = OTLPSpanExporter(endpoint=endpoint, compression=Compression.Gzip, timeout=30)
            provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1_000))
            self._providers[service] = provider

    def work(self, seconds: float, each_second: Callable[[float], None] = lambda share: None) -> None:
        """Sends requests for some time, in the second half with a failing provider.

        Args:
            seconds: How long.
            each_second: Called about once a second with the share of the time that is over.
        """
        began = time.monotonic()
        while (passed := time.monotonic() - began) < seconds:
            for trace in self._second(is_failing=passed > seconds / 2):
                self.send(trace)
            each_second(passed / seconds)
            time.sleep(max(0.0, 1 - (time.monotonic() - began - passed)))
        self.flush()

    def requests(self, count: int) -> None:
        """Sends some requests of each kind at once, and waits until they are sent."""
        now = time.time_ns()
        for number in range(count):
            self.send(company.support_chat(self._chance, now, is_failing=number % 2 == 1))
            self.send(company.coding_run(self._chance, now))
            self.send(company.runaway_call(self._chance, now))
            self.send(company.experiment(self._chance, now))
            self.send(company.nightly_digest(self._chance, now))
            self.send(company.embedding_batch(self._chance, now))
        self.flush()

    def loop(self, count: int) -> None:
        """Sends turns of the runaway loop at once, and waits until they are sent."""
        for _ in range(count):
            self.send(company.runaway_call(self._chance, time.time_ns()))
        self.flush()

    def send(self, trace: Trace) -> None:
        """Sends a request that ends now."""
        shift = time.time_ns() - max(span.end for span in trace)
        shift -= shift % 1_000
        sent: dict[int, api.Span] = {}
        for span in trace:
            span.start, span.end = span.start + shift, span.end + shift
            if span.call:
                span.call.end = span.end
        for span in sorted(trace, key=_depth):
            sent[span.span_id] = self._start(span, sent.get(span.parent.span_id) if span.parent else None)
        for span in sorted(trace, key=lambda span: span.end):
            sent[span.span_id].end(end_time=span.end)
        self._ledger.add(trace)

    def flush(self) -> None:
        """Waits until everything has been sent."""
        for provider in self._providers.values():
            provider.force_flush(FLUSH_MILLISECONDS)

    def close(self) -> None:
        """Ends the SDKs."""
        for provider in self._providers.values():
            provider.shutdown()

    def _second(self, is_failing: bool) -> Iterator[Trace]:
        """The requests of a busy second, three calls of a runaway loop among them."""
        chance, now = self._chance, time.time_ns()
        for _ in range(chance.randint(1, 4)):
            yield company.support_chat(chance, now, is_failing)
        for _ in range(3):
            yield company.runaway_call(chance, now)
        if chance.random() < 0.3:
            yield company.coding_run(chance, now)
        if chance.random() < 0.3:
            yield company.experiment(chance, now)
        if chance.random() < 0.2:
            yield company.nightly_digest(chance, now)
        if chance.random() < 0.2:
            yield company.embedding_batch(chance, now)

    def _start(self, span: Span, parent: api.Span | None) -> api.Span:
        tracer = self._providers[span.service].get_tracer(span.scope, "1.0")
        started = tracer.start_span(
            span.name, context=api.set_span_in_context(parent) if parent else None, start_time=span.start,
            kind=SpanKind.CLIENT if span.is_client else SpanKind.INTERNAL, attributes=span.attributes,
        )
        if span.error:
            started.set_status(Status(StatusCode.ERROR, span.error))
        return started


def _depth(span: Span) -> int:
    return 1 + _depth(span.parent) if span.parent else 0

