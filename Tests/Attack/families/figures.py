# SPDX-License-Identifier: Apache-2.0
"""Figures from outside that no honest sender has: counts, money and times at the ends of every type."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from .. import otlp
from ..catalogue import attack
from ..field import Field
from ..known import KnownBatch, KnownCall
from ..service import Setup
from ..siege import Bars

_SOURCES = Path(__file__).resolve().parents[3] / "Sources/GenAI"

_EXTREMES: tuple[otlp.Value, ...] = (
    0, 1, -1, 999, 4095, 4096, 10**9 - 1, 10**9, 10**9 + 1, 2**31 - 1, 2**31, 2**32, 2**53, 2**62, 2**63 - 1, -(2**63),
    0.0, -0.0, 0.5, 1e-300, 5e-324, 1e9, 9223.0, 9223.372036854775, 9224.0, 1e15, 1e19, 1.7e308,
    float("inf"), float("-inf"), float("nan"), 86400.1,
    "", "0", "1e9", "9" * 18, "9" * 19, "9" * 400, "0." + "9" * 60, "1e-999", "1e999", "-1", "NaN", "null", "{",
    "[" * 40, "9223372036854775807", "18446744073709551616", "9999-12-31T23:59:60.999999999+23:59",
    "1969-12-31T23:59:59Z",
    b"\xff\xfe", b"\xed\xa0\x80", b"a\0b", True, None, [1, "a"], {"a": 1},
)  # fmt: skip
_WORDS = (
    "chat",
    "generation",
    "LLM",
    "embeddings",
    "invoke_agent",
    "gpt-4o",
    "openai",
    "batch",
    "langchain",
    "chatcmpl-1",
)


def _known_keys() -> list[str]:
    """Every key that a dialect reads, from the sources of the dialects."""
    files = [*_SOURCES.glob("Dialects/**/*.swift"), *_SOURCES.glob("**/ProviderUsage*.swift")]
    text = "".join(path.read_text() for path in sorted(files))
    return sorted({word for word in re.findall(r'"([A-Za-z_][A-Za-z0-9_.\-]*)"', text) if "." in word or "_" in word})


def _money(field: Field) -> str:
    """The parts of a cost that may each be right while their sum is not."""
    rng = field.random
    parts = {
        rng.choice(("input", "output", "total", "a", "b", "cache_read", "x" * 50)) + str(number): rng.choice(
            (9000, 9223, 9223.372036854775, 224, 1e3, 8999.9999999, 1e9, 2**63 - 1, -9000, 0.1, "9000", None)
        )
        for number in range(rng.randrange(1, 12))
    }
    return json.dumps(parts) if rng.random() < 0.8 else str(parts)


@attack("reported-costs", short=True, folder=True, short_folder=True)
def reported_costs(field: Field) -> None:
    """Costs in parts whose sums leave every type, in the words of each instrumentation."""
    with field.siege(bars=Bars(rise=96)) as siege:
        keys = ["gen_ai.usage.cost", "llm.cost.total", "llm.usage.cost", "operation.cost"]
        keys += [key for key in _known_keys() if "cost" in key.lower()]
        for _ in range(field.size(300, 20)):
            spans = []
            for _ in range(20):
                attributes: list[tuple[str, otlp.Value]] = [
                    ("langfuse.observation.type", "generation"),
                    ("langfuse.observation.cost_details", _money(field)),
                    (field.random.choice(keys), field.random.choice(_EXTREMES)),
                    (field.random.choice(keys), _money(field)),
                ]
                if field.random.random() < 0.5:
                    attributes += [("gen_ai.operation.name", "chat"), ("gen_ai.request.model", "gpt-4.1-nano")]
                field.random.shuffle(attributes)
                spans.append(otlp.span(field.random, attributes))
            status = siege.service.post(otlp.request(spans)).status
            field.expect(status == 200, f"answered {status}")
            siege.take(20)


@attack("every-key", short=True, folder=True)
def every_key(field: Field) -> None:
    """Every key that a dialect reads with every extreme value, alone and in mixtures, as protobuf and as JSON."""
    keys = _known_keys()
    field.figure("keys", len(keys), "")
    extremes = _EXTREMES if not field.short else tuple(field.random.sample(_EXTREMES, 6))
    labels = [{"name": "team", "from": ["span.team", "ancestor.team", "resource.team", "call.tier"]}]
    setup = Setup(
        {
            "billing": {"settle": "100ms"},
            "labels": labels,
            "exposition": {"gen_ai_view": True, "openlit_view": True, "created": True},
        }
    )
    with field.siege(setup, Bars(rise=160)) as siege:
        for key in keys:
            spans = [otlp.call(field.random, "gpt-4.1-nano", more={key: value}) for value in extremes]
            status = siege.service.post(otlp.request(spans)).status
            field.expect(status == 200, f"{key}: answered {status}")
            siege.take(len(spans))
        for number in range(field.size(1500, 30)):
            spans = [_mixture(field, keys) for _ in range(40)]
            status = siege.service.post(
                otlp.request(spans, scope=field.random.choice(("a", "langfuse-sdk", "ai")))
            ).status
            field.expect(status == 200, f"mixture {number}: answered {status}")
            siege.take(40)
        figures = [json.dumps(value) for value in (2**63, -(2**63) - 1, 10**400, 1.5, "0x10")] + ["1e400", "-0", "01"]
        for key in field.random.sample(keys, field.size(150, 10)):
            for figure in figures:
                status = siege.service.post(_json(field, key, figure), {"Content-Type": otlp.JSON}).status
                field.expect(status in (200, 400), f"{key} = {figure[:20]} in JSON: {status}")
                siege.take(status == 200)


def _mixture(field: Field, keys: Sequence[str]) -> bytes:
    """A span of a few keys with extreme values, from a small pool of ids, so that spans meet."""
    rng = field.random
    attributes: list[tuple[str, otlp.Value]] = [("gen_ai.operation.name", rng.choice(_WORDS))]
    for _ in range(rng.randrange(1, 14)):
        attributes.append((rng.choice(keys), rng.choice((*_EXTREMES, *_WORDS))))
    times = (0, 1, 2**63 - 1, 2**63, 2**64 - 1, 1_577_836_800 * otlp.SECOND, 4_102_444_800 * otlp.SECOND)
    pool = [bytes([number]) * 8 for number in range(1, 40)]
    return otlp.span(
        rng,
        attributes,
        trace=bytes([rng.randrange(1, 9)]) * 16,
        identity=rng.choice(pool) if rng.random() < 0.5 else None,
        parent=rng.choice([None, *pool]),
        kind=rng.choice((0, 1, 3, 99)),
        start=rng.choice((None, *times)),
        end=rng.choice((None, *times)),
        status=rng.choice((None, 0, 1, 2, 7)),
    )


def _json(field: Field, key: str, figure: str) -> bytes:
    """A JSON request of one call with a raw figure under a key."""
    ids = f'"traceId":"{field.random.randbytes(16).hex()}","spanId":"{field.random.randbytes(8).hex()}"'
    kind = field.random.choice(("intValue", "doubleValue"))
    operation = '{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}}'
    attributes = f'[{operation},{{"key":"{key}","value":{{"{kind}":{figure}}}}}]'
    return f'{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{{ids},"attributes":{attributes}}}]}}]}}]}}'.encode()


@attack("absurd-clocks", short=True, folder=True, short_folder=True)
def absurd_clocks(field: Field) -> None:
    """Calls that start at 0, end before they start, or run in the year 2554: counted and priced, each once."""
    now = 1_795_829_000 * otlp.SECOND
    times = (0, 1, now, now - 10**18, now + 10**18, 2**63 - 1, 2**63, 2**64 - 1)
    with field.siege(bars=Bars(rise=96)) as siege:
        calls = [KnownCall("openai", "gpt-4.1", 100 + index, 7 + index) for index in range(len(times) ** 2)]
        pairs = [(start, end) for start in times for end in times]
        batch = KnownBatch(calls, field.prices, field.random)
        spans = [
            otlp.call(
                field.random, call.model, call.provider, input=call.input, output=call.output, start=start, end=end
            )
            for call, (start, end) in zip(calls, pairs, strict=True)
        ]
        field.expect(siege.service.post(otlp.request(spans)).status == 200, "absurd clocks are refused")
        siege.take(len(spans))
        for difference in batch.differences(siege.before, siege.service.settled()):
            field.fail(difference)
