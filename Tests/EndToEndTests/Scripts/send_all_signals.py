#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Send a model call, a metric and a log record with the OpenTelemetry SDK, configured by its environment variables alone.

Exits with 1 if the SDK logs anything from a warning on, or if an export fails.
"""
import logging
import sys

from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind


class Complaints(logging.Handler):
    """Counts what the SDK logs in the application's log."""

    count = 0

    def emit(self, record):
        self.count += 1
        print(record.name, record.levelname, record.getMessage(), file=sys.stderr)


def main():
    complaints = Complaints(level=logging.WARNING)
    logging.getLogger().addHandler(complaints)
    resource = Resource.create({"service.name": "shop"})

    traces = TracerProvider(resource=resource)
    traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    metrics = MeterProvider(resource=resource, metric_readers=[PeriodicExportingMetricReader(OTLPMetricExporter())])
    logs = LoggerProvider(resource=resource)
    logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))

    application = logging.getLogger("checkout")
    application.propagate = False
    application.addHandler(LoggingHandler(logger_provider=logs))
    application.warning("the cart is empty", extra={"cart": 7})
    metrics.get_meter("shop.meter").create_histogram("http.client.duration", "ms").record(12, {"method": "GET"})
    with traces.get_tracer("shop").start_as_current_span("chat gpt-4o", kind=SpanKind.CLIENT) as span:
        span.set_attributes({
            "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o",
            "gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 200,
        })
    for provider in traces, metrics, logs:
        provider.force_flush(30_000)
        provider.shutdown()
    return 1 if complaints.count else 0


if __name__ == "__main__":
    sys.exit(main())
