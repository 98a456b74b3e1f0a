# SPDX-License-Identifier: Apache-2.0
"""Batches of calls whose tokens and dollars are known beforehand: what honest senders must find exactly on the page."""

from __future__ import annotations

import json
import random
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from . import otlp
from .exposition import Page

MODELS = (
    ("openai", "gpt-4o"),
    ("openai", "gpt-4o-mini"),
    ("anthropic", "claude-sonnet-4-5"),
    ("gcp.gemini", "gemini-2.5-flash"),
    ("mistral_ai", "mistral-large-latest"),
    ("cohere", "command-r-plus"),
)
"""Names that the price book lists, and whose prices do not depend on the hour."""

_TIER_KEY = "openai.request.service_tier"


@dataclass(frozen=True)
class KnownCall:
    """One call as its sender reports it; ``cached`` is part of ``input``."""

    provider: str
    model: str
    input: int
    output: int
    cached: int = 0
    tier: str = ""

    def span(self, rng: random.Random) -> bytes:
        more: dict[str, otlp.Value] = {}
        if self.cached:
            more["gen_ai.usage.cache_read.input_tokens"] = self.cached
        if self.tier:
            more[_TIER_KEY] = self.tier
        return otlp.call(rng, self.model, self.provider, input=self.input, output=self.output, more=more)

    def case(self) -> str:
        usage = {"input": self.input, "output": self.output} | ({"cache_read": self.cached} if self.cached else {})
        # The book knows prices that begin or end at a date.
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        case = {"provider": self.provider, "request_model": self.model, "ts": now, "usage": usage}
        return json.dumps(case | ({"tier": self.tier} if self.tier else {}))


class Prices:
    """What the binary's own ``price`` command says of calls, asked in a process that nothing attacks."""

    def __init__(self, binary: Path) -> None:
        self._binary = binary

    def costs(self, calls: Sequence[KnownCall]) -> list[Fraction | None]:
        """The dollars of each call, ``None`` where it has no price."""
        lines = "".join(call.case() + "\n" for call in calls)
        done = subprocess.run(
            [self._binary, "price", "--cases", "-"],
            input=lines,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        costs = [json.loads(line)["cost_usd"] for line in done.stdout.splitlines()]
        return [None if cost is None else Fraction(cost) for cost in costs]

    def listed(self) -> list[tuple[str, str]]:
        """Provider and name of each model of the book, where it has one of its own."""
        done = subprocess.run(
            [self._binary, "prices", "list", "--format", "json"],
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        return [(row["provider"], row["names"][0]) for row in rows if row["names"] and row.get("input")]


class KnownBatch:
    """Calls with what must be on the page after them."""

    def __init__(self, calls: Sequence[KnownCall], prices: Prices, rng: random.Random) -> None:
        self.calls = calls
        self.body = otlp.request([call.span(rng) for call in calls], scope="known")
        self._requests: dict[str, int] = defaultdict(int)
        self._tokens: dict[tuple[str, str], int] = defaultdict(int)
        self._dollars: dict[str, Fraction] = defaultdict(Fraction)
        for call, cost in zip(calls, prices.costs(calls), strict=True):
            self._requests[call.model] += 1
            self._tokens[call.model, "input"] += call.input - call.cached
            self._tokens[call.model, "cache_read"] += call.cached
            self._tokens[call.model, "output"] += call.output
            self._dollars[call.model] += cost or 0

    @classmethod
    def random(
        cls, prices: Prices, rng: random.Random, count: int = 40, models: Sequence[tuple[str, str]] = MODELS
    ) -> KnownBatch:
        """A batch with counts of its own; every third call reads from the cache."""
        calls = []
        for number in range(count):
            provider, model = models[number % len(models)]
            tokens = rng.randrange(200, 8000)
            cached = tokens // 4 if number % 3 == 0 and provider in ("openai", "anthropic") else 0
            calls.append(KnownCall(provider, model, tokens, rng.randrange(1, 2000), cached))
        return cls(calls, prices, rng)

    def differences(self, before: Page, after: Page, *, alone: bool = True) -> Iterable[str]:
        """What differs between the rise of the counters and what was sent.

        With ``alone`` the sums over all models must have risen by this batch, too, so nothing else was sent.
        """

        def rise(family: str, **labels: str) -> Fraction:
            return after.total(family, **labels) - before.total(family, **labels)

        def compare(what: str, got: Fraction, wanted: Fraction | int) -> Iterable[str]:
            if got != wanted:
                yield f"{what} rose by {_short(got)} instead of {_short(wanted)}"

        for model, wanted in self._requests.items():
            yield from compare(f"requests of {model}", rise("llm_requests_total", model=model), wanted)
        for (model, kind), tokens in self._tokens.items():
            got = rise("llm_tokens_used_total", model=model, token_type=kind)
            yield from compare(f"{kind} tokens of {model}", got, tokens)
        for model, dollars in self._dollars.items():
            yield from compare(f"dollars of {model}", rise("llm_cost_dollars_total", model=model), dollars)
        if alone:
            yield from compare("all requests", rise("llm_requests_total"), len(self.calls))
            yield from compare("all tokens", rise("llm_tokens_used_total"), sum(self._tokens.values()))
            yield from compare("all dollars", rise("llm_cost_dollars_total"), sum(self._dollars.values()))


def _short(number: Fraction | int) -> str:
    return str(number) if Fraction(number).denominator == 1 else f"{float(number):.9g}"
