# SPDX-License-Identifier: Apache-2.0
"""Price files that cannot be right, and those that only just can."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from .. import otlp
from ..catalogue import attack
from ..field import Field
from ..service import Setup
from ..siege import Bars

_FACTORS = [{"when": {"tier": "priority"}, "by": "1000"}] * 5


def _file(model: dict[str, Any], **more: Any) -> dict[str, Any]:
    entry = {"id": "acme/m", "provider": "acme", "names": ["m"]} | model
    return {"format": "pricebook/1", "version": "a", "providers": {"acme": {}}, "models": [entry]} | more


def _hosted(mode: str, hour: str, gpus: int | str, **more: Any) -> dict[str, Any]:
    return _file({"hosted": {"gpu_hour": hour, "gpus": gpus, "mode": mode} | more})


_TENANT = {"t": {"match": {"resource": {"tenant.id": "t"}}, "discount": [{"provider": "acme", "by": "1000"}]}}
_DEAR = {"prices": [{"rates": {"input": "1000", "output": "1000"}}], "allow_large": True}

_IMPOSSIBLE: dict[str, dict[str, Any]] = {
    "100,000 GPUs shared by a thousandth": _hosted("busy_time", "1000", 100_000, concurrency="0.001"),
    "100,000 GPUs at a token an hour": _hosted("tokens", "1000", 100_000, tokens_per_hour=1),
    "a rate of 10^12": _file({"prices": [{"rates": {"input": "1000000000000"}}]}),
    "a negative rate": _file({"prices": [{"rates": {"input": "-1"}}]}),
    "a fee of 10^12": _file({"prices": [{"rates": {"input": "1"}, "fees": {"request": "1000000000000"}}]}),
    "a factor of 10^12": _file(_DEAR | {"multipliers": [{"when": {"tier": "priority"}, "by": "1000000000000"}]}),
    "a rate that is no number": _file({"prices": [{"rates": {"input": "NaN"}}]}),
    "gpus of 10^30": _hosted("capacity", "1", 10**30),
    "an hour of 10^30 dollars": _hosted("capacity", "1" + "0" * 30, 1),
}
_EXTREME: dict[str, dict[str, Any]] = {
    "five factors and a discount of 1000 each": _file(_DEAR | {"multipliers": _FACTORS}, tenants=_TENANT),
    "three factors of 1000": _file(_DEAR | {"multipliers": _FACTORS[:3]}),
    "one factor of 1000": _file(_DEAR | {"multipliers": _FACTORS[:1]}),
    "1,000 GPUs of $100": _hosted("busy_time", "100", 1000, concurrency="0.1"),
    "1,000 GPUs of $1000 by tokens": _hosted("tokens", "1000", 1000, tokens_per_hour=1000),
    "100,000 GPUs by the clock": _hosted("capacity", "1000", 100_000),
    "smallest rates": _file({"prices": [{"rates": {"input": "0.000000001", "output": "0"}}]}),
    "highest rates": _file(_DEAR),
}


@attack("price-files", short=True)
def price_files(field: Field) -> None:
    """Implausible price files are refused with a reason; accepted ones price the largest calls."""
    with field.siege(bars=Bars(rise=64)) as keeper:  # its folder serves, and it lives through all of it
        for name, prices in (_IMPOSSIBLE | _EXTREME).items():
            path = keeper.service.folder / "prices.yaml"
            path.write_text(json.dumps(prices))
            done = subprocess.run(
                [field.binary, "prices", "check", str(path)], capture_output=True, text=True, timeout=60, check=False
            )
            said = (done.stdout + done.stderr).strip()
            field.expect(
                done.returncode in (0, 1), f"{name}: `prices check` ended with {done.returncode}: {said[-200:]}"
            )
            if name in _IMPOSSIBLE:
                field.expect(done.returncode == 1, f"{name}: `prices check` takes it")
            if done.returncode == 0:
                _price(field, str(path), name)
                _use(field, str(path), name)
            else:
                field.expect("prices.yaml" in said and len(said) > 20, f"{name}: refused without a sentence: {said}")


def _price(field: Field, path: str, name: str) -> None:
    """Asks the command line for the dearest call."""
    command = [str(field.binary), "price", "--prices", path, "--provider", "acme", "--model", "m", "--tier", "priority"]
    command += ["--input", "1000000000", "--output", "1000000000", "--duration-ms", "86400000"]
    if "discount" in name:
        command += ["--tenant", "t"]
    code = subprocess.run(command, capture_output=True, timeout=60, check=False).returncode
    field.expect(code in (0, 1), f"{name}: `price` ended with {code}")


def _use(field: Field, path: str, name: str) -> None:
    """Sends the dearest calls to a service with such prices."""
    settings = {"billing": {"settle": "100ms"}, "prices": {"files": [path]}}
    with field.siege(Setup(settings), Bars(rise=64), name) as siege:
        facts: dict[str, otlp.Value] = {
            "openai.request.service_tier": "priority",
            "gen_ai.usage.inference_geo": "us",
            "gen_ai.request.speed": "fast",
        }
        for tokens in (1, 10**6, 10**9):
            spans = [
                otlp.call(field.random, "m", "acme", input=tokens, output=tokens, start=1, end=end, more=facts)
                for end in (2, 86_400 * otlp.SECOND, 2**62)
            ] + [otlp.call(field.random, "m", "acme", input=tokens, output=tokens, more=facts)]
            answer = siege.service.post(otlp.request(spans, resource={"service.name": "a", "tenant.id": "t"}))
            field.expect(answer.status == 200, f"{name}: answered {answer.status}")
            siege.take(len(spans))
        siege.service.settled()
