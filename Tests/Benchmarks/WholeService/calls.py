# SPDX-License-Identifier: Apache-2.0
"""Bodies that have nothing but model calls: 16 attributes each, and prompts where they are fat."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator

from .spans import CLIENT, NOW, Attributes, Body, Resource, Scope, Span, service

MODELS = [
    ("openai", "gpt-4o"),
    ("openai", "gpt-4o-mini"),
    ("openai", "gpt-4.1"),
    ("openai", "gpt-4.1-mini"),
    ("openai", "o3"),
    ("openai", "o4-mini"),
    ("openai", "gpt-5"),
    ("openai", "gpt-5-mini"),
    ("anthropic", "claude-sonnet-4-5"),
    ("anthropic", "claude-haiku-4-5"),
    ("anthropic", "claude-opus-4-1"),
    ("gcp.gemini", "gemini-2.5-pro"),
    ("gcp.gemini", "gemini-2.5-flash"),
    ("mistral_ai", "mistral-large-latest"),
    ("deepseek", "deepseek-chat"),
    ("x_ai", "grok-4"),
]
_OPERATIONS = ["chat", "text_completion", "embeddings"]

LABELS = {"team": 8, "customer": 8, "feature": 8, "region": 4, "plan": 4}
"""Labels of the user's own, and how many values each has; a span has them as ``app.NAME``."""
KINDS = 8192
"""The number of combinations of their values; each belongs to one model."""

_WORDS = (
    "agents retrieve documents summarise tickets classify intent translate answers generate code review pull requests "
    "customer order refund invoice shipping delay policy account password reset latency budget token context model"
).split()


def lean(rng: random.Random, spans: int) -> Iterator[Body]:
    """Calls without prompts."""
    return _bodies(rng, spans, call)


def fat(rng: random.Random, spans: int) -> Iterator[Body]:
    """The same with messages of 4 to 8 KiB, two a call; no text is twice in a body."""
    texts = [_message(rng) for _ in range(4 * spans)]
    for body in lean(rng, spans):
        chosen = iter(rng.sample(texts, 2 * spans))
        for span in body.spans:
            span.attributes += [("gen_ai.input.messages", next(chosen)), ("gen_ai.output.messages", next(chosen))]
        yield body


def labelled(rng: random.Random, spans: int) -> Iterator[Body]:
    """Lean calls with five attributes of the user's own, in 8,192 combinations."""
    return _bodies(rng, spans, _labelled_call)


def _bodies(rng: random.Random, spans: int, make: Callable[[random.Random, Body], Span]) -> Iterator[Body]:
    """Bodies of four resources with one scope each; of one resource where there are only few spans."""
    resources = 4 if spans >= 64 else 1
    number = 0
    while True:
        body = Body([])
        for _ in range(resources):
            scope = Scope("opentelemetry.instrumentation.openai_v2", "2.4b0")
            scope.spans = [make(rng, body) for _ in range(spans // resources)]
            body.resources.append(Resource(service(number % 10), [scope]))
            number += 1
        yield body


def call(
    rng: random.Random,
    body: Body,
    model: tuple[str, str] | None = None,
    operation: str | None = None,
    trace: bytes | None = None,
    parent: bytes | None = None,
) -> Span:
    """A call in the words of the semantic conventions, added to what ``body`` counts; what is not given is random."""
    provider, name = model or MODELS[rng.randrange(len(MODELS))]
    operation = operation or _OPERATIONS[0 if rng.random() < 0.8 else rng.randrange(3)]
    input = rng.randrange(20, 8000)
    output = 0 if operation == "embeddings" else rng.randrange(1, 2000)
    body.calls += 1
    body.input += input
    body.output += output
    end = NOW - rng.randrange(10**9)
    attributes: Attributes = [
        ("gen_ai.operation.name", operation),
        ("gen_ai.provider.name", provider),
        ("gen_ai.system", provider),
        ("gen_ai.request.model", name),
        ("gen_ai.response.model", name),
        ("gen_ai.request.max_tokens", 4096),
        ("gen_ai.request.temperature", 0.7),
        ("gen_ai.request.top_p", 0.95),
        ("gen_ai.response.id", "chatcmpl-%024x" % rng.getrandbits(96)),
        ("gen_ai.response.finish_reasons", ["stop"]),
        ("gen_ai.usage.input_tokens", input),
        ("gen_ai.usage.output_tokens", output),
        ("gen_ai.usage.cache_read.input_tokens", input // 4),
        ("server.address", "api.example.com"),
        ("server.port", 443),
        ("gen_ai.conversation.id", "conv-%08x" % rng.getrandbits(32)),
    ]
    return Span(
        trace=trace or rng.randbytes(16),
        identity=rng.randbytes(8),
        parent=parent or rng.randbytes(8),
        name=f"{operation} {name}",
        kind=CLIENT,
        start=end - int(rng.lognormvariate(0.3, 0.9) * 1e9),
        end=end,
        attributes=attributes,
    )


def _labelled_call(rng: random.Random, body: Body) -> Span:
    kind = rest = rng.randrange(KINDS)
    span = call(rng, body, model=MODELS[kind * 7 % len(MODELS)], operation="chat")
    for name, values in LABELS.items():
        span.attributes.append((f"app.{name}", f"{name}-{rest % values}"))
        rest //= values
    return span


def _message(rng: random.Random) -> str:
    size = rng.randrange(4096, 8192)
    words: list[str] = []
    length = 0
    while length < size:
        word = rng.choice(_WORDS) + (str(rng.randrange(10000)) if rng.random() < 0.15 else "")
        words.append(word)
        length += len(word) + 1
    text = " ".join(words)[:size]
    return json.dumps([{"role": "user", "parts": [{"type": "text", "content": text}]}])
