#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An application that makes a model call, a metric and a log record, and sets up no SDK; `opentelemetry-instrument` does.

Its log is standard error: one line of its own, and whatever the SDK complains about.
"""
import logging

from opentelemetry import metrics, trace

# At the root, where the SDK's own lines arrive as well.
logging.getLogger().addHandler(logging.StreamHandler())

with trace.get_tracer("shop").start_as_current_span("chat gpt-4o", kind=trace.SpanKind.CLIENT) as span:
    span.set_attributes({
        "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o",
        "gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 200,
    })
metrics.get_meter("shop.meter").create_histogram("http.client.duration", "ms").record(12, {"method": "GET"})
logging.getLogger("checkout").warning("the cart is empty")
