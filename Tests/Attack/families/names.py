# SPDX-License-Identifier: Apache-2.0
"""Floods of names: what the price book lists must keep its label and its price whatever was sent before."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .. import otlp
from ..catalogue import attack
from ..field import Field
from ..known import KnownBatch, KnownCall
from ..service import Setup
from ..siege import Bars, Siege

_BATCH = 5000

Maker = Callable[[str, int], Mapping[str, otlp.Value]]
"""Attributes of the call of a number, made of a junk text that no other call has."""

_FLOODS: dict[str, Maker] = {
    "models": lambda junk, _: {"gen_ai.request.model": junk},
    "answered models": lambda junk, _: {"gen_ai.response.model": junk},
    "providers": lambda junk, _: {"gen_ai.provider.name": junk},
    "tiers": lambda junk, _: {"openai.request.service_tier": junk},
    "operations": lambda junk, _: {"gen_ai.operation.name": junk},
    "error types": lambda junk, _: {"error.type": junk},
    "hosts": lambda junk, _: {"server.address": junk + ".example.com", "gen_ai.provider.name": ""},
    "places": lambda junk, _: {"gen_ai.usage.inference_geo": junk, "anthropic.usage.inference_geo": junk},
    "labels": lambda junk, _: {"team": junk},
    "keys": lambda junk, _: {junk: junk},
    "all at once": lambda junk, number: {
        "gen_ai.request.model": junk if number % 2 else "gpt-4.1-nano",
        "gen_ai.provider.name": junk if number % 3 else "openai",
        "openai.request.service_tier": junk,
        "gen_ai.operation.name": junk if number % 5 else "chat",
        "error.type": junk,
        "server.address": junk,
        "team": junk,
    },
    "long names": lambda junk, _: {"gen_ai.request.model": junk + "x" * 4000, "gen_ai.provider.name": junk},
    "names that a rule matches": lambda junk, _: {"gen_ai.request.model": f"ft:gpt-4o-mini-2024-07-18:{junk}::{junk}"},
    "names with a path": lambda junk, _: {"gen_ai.request.model": f"{junk}/gpt-4.1-nano"},
}


@attack("name-floods", short=True, folder=True)
def name_floods(field: Field) -> None:
    """Floods of 20,000 names of each kind, of all kinds at once, of long ones, and of those that a rule matches."""
    labels = [{"name": "team", "from": ["span.team", "resource.team"]}]
    setup = Setup({"billing": {"settle": "200ms"}, "labels": labels})
    few = ["models", "providers", "tiers", "all at once"]
    kinds = field.size(list(_FLOODS), few, [*few, "labels", "long names"])
    for kind in kinds:
        with field.siege(setup, Bars(rise=192), kind) as siege:
            _flood(siege, _FLOODS[kind], field.size(20_000, 2000), kind)
            _known_tiers(siege, kind)


def _flood(siege: Siege, make: Maker, count: int, kind: str) -> None:
    """Sends a call for each of so many names."""
    rng = siege.field.random
    for first in range(0, count, _BATCH):
        spans = []
        for number in range(first, min(first + _BATCH, count)):
            junk = f"{rng.choice(('junk', 'gpt', 'Acme', 'zz.'))}-{rng.getrandbits(48):x}"
            more = dict(make(junk, number))
            if "gen_ai.operation.name" in more:
                more["gen_ai.request.model"] = more.get("gen_ai.request.model", "gpt-4.1-nano")
            spans.append(otlp.call(rng, "gpt-4.1-nano", input=number % 97 + 1, more=more))
        answer = siege.service.post_packed(otlp.packed(otlp.request(spans)))
        siege.field.expect(answer.status == 200, f"{kind}: answered {answer.status}")
        siege.take(len(spans) if answer.status == 200 else 0)


def _known_tiers(siege: Siege, kind: str) -> None:
    """Known tiers of a known model must be priced as such."""
    field = siege.field
    calls = [
        KnownCall("openai", model, field.random.randrange(100, 5000), field.random.randrange(1, 900), tier=tier)
        for model in ("gpt-4.1", "gpt-5-mini", "o3")
        for tier in ("batch", "flex", "priority", "default")
    ]
    batch = KnownBatch(calls, field.prices, field.random)
    before = siege.service.settled()
    siege.service.post(batch.body)
    siege.take(len(calls))
    for difference in list(batch.differences(before, siege.service.settled()))[:2]:
        field.fail(f"{kind}, then known tiers: {difference}")


@attack("junk-before-known", short=True, folder=True, short_folder=True)
def junk_before_known(field: Field) -> None:
    """Junk models, providers and tiers first; then models all over the price book keep their labels and prices."""
    with field.siege(bars=Bars(rise=192)) as siege:
        junk: Maker = lambda text, number: {  # noqa: E731
            "gen_ai.request.model": text,
            "gen_ai.provider.name": text if number % 2 else "openai",
            "openai.request.service_tier": text,
        }
        _flood(siege, junk, field.size(30_000, 10_000), "junk")
        listed = field.prices.listed()
        models = field.random.sample([row for row in listed if len(row[1]) <= 256], field.size(600, 200))
        calls = []
        for provider, model in dict((model, (provider, model)) for provider, model in models).values():
            calls.append(KnownCall(provider, model, field.random.randrange(100, 4000), field.random.randrange(1, 500)))
        # A model whose price depends on the hour is compared at the moment; none of the book's is that quick.
        batch = KnownBatch(calls, field.prices, field.random)
        before = siege.service.settled()
        answer = siege.service.post(batch.body)
        field.expect(answer.status == 200, f"known models were answered {answer.status}")
        siege.take(len(calls))
        differences = list(batch.differences(before, siege.service.settled()))
        for difference in differences[:3]:
            field.fail(difference)
        field.expect(len(differences) <= 3, f"{len(differences)} differences in all")


_SEGMENTS: tuple[Callable[[int], str], ...] = (
    lambda number: "openai/" * 34 + f"{number:06}",
    lambda number: "/" * 200 + f"gpt-4o-{number}",
    lambda number: "us.anthropic." * 18 + str(number),
    lambda number: "a/b:" * 50 + str(number),
    lambda number: "-2024-01-01" * 22 + str(number),
    lambda number: "projects/p/locations/l/publishers/google/models/" * 5 + str(number),
)
_PROVIDERS = ("azure_openai", "aws.bedrock", "openrouter", "", "gcp.vertex_ai")


@attack("price-slashes")
def price_slashes(field: Field) -> None:
    """10,000 names made of path segments, prefixes and dates, so that each could be spelled in many ways."""
    count = field.size(10_000, 500)
    for position, shape in enumerate(_SEGMENTS):
        with field.siege(bars=Bars(rise=128), label=f"shape {position}") as siege:
            siege.send_beside()
            spans = [
                otlp.call(field.random, shape(number)[:256], _PROVIDERS[number % 5], input=number % 90 + 1)
                for number in range(count)
            ]
            before = siege.cpu()
            answer = siege.service.post_packed(otlp.packed(otlp.request(spans)))
            field.expect(answer.status == 200, f"answered {answer.status}")
            siege.take(count)
            _await_priced(siege, count // 2)
            used = siege.cpu() - before
            field.figure("CPU a shape", used, "s")
            field.expect(used < field.patience(1), f"shape {position}: {used:.2f} s of CPU, over 1 s")
            siege.end_beside()


def _await_priced(siege: Siege, few: int) -> None:
    """Waits until few spans wait; the other sender's calls always do."""
    siege.field.await_("the names to be priced", lambda: siege.service.page().pending < few or None, 60)
