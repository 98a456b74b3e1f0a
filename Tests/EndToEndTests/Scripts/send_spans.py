#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Send four model calls with the OpenTelemetry SDK, gzip over OTLP/HTTP: send_spans.py http://127.0.0.1:PORT/v1/traces"""
import sys
import time

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.trace import SpanKind, Status, StatusCode

SECOND = 1_000_000_000


class Exporter(OTLPSpanExporter):
    """Remembers whether every export was accepted."""

    failed = False

    def export(self, spans):
        result = super().export(spans)
        self.failed = self.failed or result is not SpanExportResult.SUCCESS
        return result


def main():
    exporter = Exporter(endpoint=sys.argv[1], compression=Compression.Gzip, timeout=120)
    provider = TracerProvider(resource=Resource.create({"service.name": "end-to-end"}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("end-to-end", "1.0")
    now = time.time_ns()

    def call(name, seconds, error=None, **attributes):
        attributes = {"gen_ai." + key.replace("__", "."): value for key, value in attributes.items()}
        start = now - 60 * SECOND
        span = tracer.start_span(name, kind=SpanKind.CLIENT, start_time=start, attributes=attributes)
        if error:
            span.set_attribute("error.type", error)
            span.set_status(Status(StatusCode.ERROR, "made to fail"))
        span.end(end_time=start + int(seconds * SECOND))

    openai = {"operation__name": "chat", "provider__name": "openai", "request__model": "gpt-4o"}
    anthropic = {"operation__name": "chat", "provider__name": "anthropic", "request__model": "claude-sonnet-4-5"}
    with tracer.start_as_current_span("handle request"):  # the application's own span, no model call
        call("chat gpt-4o", 0.75, **openai, response__model="gpt-4o", response__id="chatcmpl-e2e-1",
             usage__input_tokens=1200, usage__cache_read__input_tokens=1000, usage__output_tokens=300)
        call("chat gpt-4o", 1.5, **openai, response__model="gpt-4o", response__id="chatcmpl-e2e-2",
             usage__input_tokens=50, usage__output_tokens=7)
        call("chat claude-sonnet-4-5", 4.25, **anthropic, response__model="claude-sonnet-4-5", response__id="msg_e2e_3",
             usage__input_tokens=5121, usage__cache_read__input_tokens=4096,
             usage__cache_creation__input_tokens=1000, usage__output_tokens=412)
        call("chat gpt-4o", 0.25, error="429", **openai)
    provider.force_flush(120_000)  # a shutdown would end an export that is being tried again
    provider.shutdown()
    sys.exit(exporter.failed)


main()
