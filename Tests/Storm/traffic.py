# SPDX-License-Identifier: Apache-2.0
"""Bodies whose calls are known: single ones, twins of two instrumentations, agents that come late, copies."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from Attack import otlp
from Attack.known import MODELS, KnownCall

_MILLISECOND = 10**6


@dataclass(frozen=True)
class Batch:
    """One body, and the calls that the service hears of for the first time in it."""

    body: bytes
    calls: tuple[KnownCall, ...] = ()


@dataclass
class _Spans:
    """The spans of one body, by instrumentation."""

    scopes: dict[str, list[bytes]] = field(default_factory=dict)
    calls: list[KnownCall] = field(default_factory=list)

    def add(self, scope: str, span: bytes) -> None:
        self.scopes.setdefault(scope, []).append(span)

    def batch(self) -> Batch:
        scopes = [otlp.scope_spans(spans, scope) for scope, spans in self.scopes.items()]
        return Batch(otlp.request_of_scopes(scopes, resource={"service.name": "storm"}), tuple(self.calls))


def known_call(rng: random.Random) -> KnownCall:
    """A call with counts of its own."""
    provider, model = rng.choice(MODELS)
    tokens = rng.randrange(200, 8000)
    cached = tokens // 4 if provider in ("openai", "anthropic") and rng.random() < 0.4 else 0
    return KnownCall(provider, model, tokens, rng.randrange(1, 2000), cached)


class Traffic:
    """Makes bodies, together with those that have to follow them."""

    def __init__(self, seed: int, stories: int = 12, latest: float = 5) -> None:
        """Each body has so many stories; agents come at most ``latest`` seconds after their calls."""
        self._random = random.Random(seed)
        self._stories, self._latest = stories, latest

    def next(self) -> list[tuple[float, Batch]]:
        """A body that is due now, and others with the seconds after which they are due."""
        rng, now, soon, late = self._random, _Spans(), _Spans(), _Spans()
        for _ in range(self._stories):
            chance = rng.random()
            if chance < 0.4:
                self._single(now)
            elif chance < 0.7:
                self._twins(now, now if rng.random() < 0.6 else soon)
            else:
                self._agent(now, late if rng.random() < 0.7 else now)
        bodies = [(0.0, now.batch())]
        if soon.scopes:
            bodies.append((rng.uniform(0, 0.3), soon.batch()))
        if late.scopes:
            bodies.append((rng.uniform(1, self._latest), late.batch()))
        if rng.random() < 0.15:
            # A collector sends a body again although it was answered.
            bodies.append((rng.uniform(0, self._latest), Batch(bodies[0][1].body)))
        return bodies

    def _single(self, spans: _Spans) -> None:
        call, trace, root = known_call(self._random), self._random.randbytes(16), self._random.randbytes(8)
        start, end = self._times()
        spans.add("app.web", self._span([], trace, root, b"", start, end, "POST /chat", kind=2))
        self._call(spans, call, trace, root, start, end)

    def _twins(self, inner: _Spans, outer: _Spans) -> None:
        """One call that a framework and a client library tell of, each in its own words."""
        call, trace = known_call(self._random), self._random.randbytes(16)
        framework = self._random.randbytes(8)
        start, end = self._times()
        self._call(inner, call, trace, framework, start, end)
        words: list[tuple[str, otlp.Value]] = [
            ("openinference.span.kind", "LLM"),
            ("llm.model_name", call.model),
            ("llm.provider", call.provider),
            ("llm.token_count.prompt", call.input),
            ("llm.token_count.completion", call.output),
            ("llm.token_count.total", call.input + call.output),
        ]
        if call.cached:
            words.append(("llm.token_count.prompt_details.cache_read", call.cached))
        span = self._span(words, trace, framework, b"", start - _MILLISECOND, end + _MILLISECOND, "ChatModel", kind=1)
        outer.add("openinference.instrumentation.langchain", span)

    def _agent(self, calls: _Spans, agents: _Spans) -> None:
        """Calls below an agent that reports their sums."""
        trace, agent = self._random.randbytes(16), self._random.randbytes(8)
        provider, model = self._random.choice(MODELS)
        start, end = self._times()
        input, output = 0, 0
        for _ in range(self._random.randrange(2, 4)):
            call = KnownCall(provider, model, self._random.randrange(200, 8000), self._random.randrange(1, 2000))
            input, output = input + call.input, output + call.output
            self._call(calls, call, trace, agent, start, end)
        words: list[tuple[str, otlp.Value]] = [
            ("gen_ai.operation.name", "invoke_agent"),
            ("gen_ai.provider.name", provider),
            ("gen_ai.request.model", model),
            ("gen_ai.agent.name", "planner"),
            ("gen_ai.usage.input_tokens", input),
            ("gen_ai.usage.output_tokens", output),
        ]
        span = self._span(words, trace, agent, b"", start, end + 5 * _MILLISECOND, "invoke_agent planner", kind=1)
        agents.add("app.agents", span)

    def _call(self, spans: _Spans, call: KnownCall, trace: bytes, parent: bytes, start: int, end: int) -> None:
        words: list[tuple[str, otlp.Value]] = [
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.provider.name", call.provider),
            ("gen_ai.request.model", call.model),
            ("gen_ai.response.model", call.model),
            ("gen_ai.response.id", f"chatcmpl-{self._random.getrandbits(96):024x}"),
            ("gen_ai.usage.input_tokens", call.input),
            ("gen_ai.usage.output_tokens", call.output),
        ]
        if call.cached:
            words.append(("gen_ai.usage.cache_read.input_tokens", call.cached))
        span = self._span(words, trace, self._random.randbytes(8), parent, start, end, f"chat {call.model}", kind=3)
        spans.add("opentelemetry.instrumentation.openai_v2", span)
        spans.calls.append(call)

    def _times(self) -> tuple[int, int]:
        end = time.time_ns() - self._random.randrange(10**9)
        return end - self._random.randrange(100, 25_000) * _MILLISECOND, end

    def _span(
        self, words: Iterable[tuple[str, otlp.Value]], trace: bytes, identity: bytes, parent: bytes, start: int, end: int,
        name: str, kind: int,
    ) -> bytes:  # fmt: skip
        return otlp.span(
            self._random, words, trace=trace, identity=identity, parent=parent or None, start=start, end=end, name=name,
            kind=kind,
        )  # fmt: skip
