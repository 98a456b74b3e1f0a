# SPDX-License-Identifier: Apache-2.0
"""An application with the OpenTelemetry SDK: ``python -m Storm.sdk_sender PORT SEED FILE``.

Its exporter retries as it always does; a batch that it gives up is handed to it again, since a test cannot wait for as long as
an application may be down. Each body that was taken is appended to FILE, as a line of base64. Agents end seconds after their
calls. When standard input ends, it ends its spans and prints the calls as one JSON list.
"""

from __future__ import annotations

import base64
import json
import logging
import random
import select
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import TextIO

from Attack.known import MODELS, KnownCall
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind, Tracer, set_span_in_context


class Insisting(SpanExporter):
    """Exports until a batch was taken."""

    def __init__(self, exporter: OTLPSpanExporter, taken: TextIO) -> None:
        self._exporter, self._taken = exporter, taken

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        while self._exporter.export(spans) is not SpanExportResult.SUCCESS:
            time.sleep(0.1)
        self._taken.write(base64.b64encode(encode_spans(spans).SerializeToString()).decode() + "\n")
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        self._exporter.shutdown()


class Application:
    """Agents that call models, a few at a time."""

    def __init__(self, tracer: Tracer, rng: random.Random) -> None:
        self._tracer, self._random = tracer, rng
        self.calls: list[KnownCall] = []

    def run_agent(self, seconds: float) -> None:
        """Starts an agent with two or three calls, which ends after so many seconds."""
        provider, model = self._random.choice(MODELS)
        agent = self._tracer.start_span("invoke_agent writer", kind=SpanKind.INTERNAL)
        calls = [
            KnownCall(provider, model, self._random.randrange(100, 5000), self._random.randrange(1, 900))
            for _ in range(self._random.randrange(2, 4))
        ]
        for call in calls:
            span = self._tracer.start_span(f"chat {model}", set_span_in_context(agent), kind=SpanKind.CLIENT)
            span.set_attributes(_words("chat", call))
            span.set_attribute("gen_ai.response.id", f"chatcmpl-{self._random.getrandbits(96):024x}")
            span.end()
        sums = KnownCall(provider, model, sum(call.input for call in calls), sum(call.output for call in calls))
        agent.set_attributes(_words("invoke_agent", sums))
        self.calls += calls
        timer = threading.Timer(seconds, agent.end)
        timer.daemon = True
        timer.start()


def _words(operation: str, call: KnownCall) -> dict[str, str | int]:
    return {
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": call.provider,
        "gen_ai.request.model": call.model,
        "gen_ai.usage.input_tokens": call.input,
        "gen_ai.usage.output_tokens": call.output,
    }


def main() -> None:
    port, rng, path = int(sys.argv[1]), random.Random(int(sys.argv[2])), sys.argv[3]
    logging.disable(logging.CRITICAL)
    endpoint = f"http://127.0.0.1:{port}/v1/traces"
    exporter = OTLPSpanExporter(endpoint, timeout=3, compression=Compression.Gzip)
    with open(path, "w", buffering=1, encoding="ascii") as taken:
        provider = TracerProvider(resource=Resource.create({"service.name": "sdk"}))
        processor = BatchSpanProcessor(
            Insisting(exporter, taken), max_queue_size=1 << 20, schedule_delay_millis=200, max_export_batch_size=128
        )
        provider.add_span_processor(processor)
        application = Application(provider.get_tracer("opentelemetry.instrumentation.openai_v2"), rng)
        longest = 3.0
        print("ready", flush=True)
        while not select.select([sys.stdin], [], [], 0.02)[0]:
            application.run_agent(rng.choice([0.0, rng.uniform(1, longest)]))
        time.sleep(longest + 0.5)
        processor.force_flush()
        processor.shutdown()
    print(json.dumps([asdict(call) for call in application.calls]))


if __name__ == "__main__":
    main()
