# SPDX-License-Identifier: Apache-2.0
"""What goes wrong at senders, so that the panels about trust have something to show."""
from __future__ import annotations

import json
import random
import time
import urllib.error
import urllib.request

from ..calls import chat
from ..live import Company
from ..models import GPT, Model
from ..spans import Call, Trace

OWN = Model("company-own-1", "", "", is_priced=False)
"""A model of the company's own, in spans that no dialect knows."""


def send(company: Company, otlp: int) -> None:
    """Sends one of each.

    A failed call, an answer without counts, an impossible count, two kinds of unknown keys, metrics, and a wrong path.
    """
    chance = random.Random(time.time_ns())
    for trace in (_failed(chance), _without_usage(chance), _impossible(chance), _read_by_words(chance), _unread(chance)):
        company.send(trace)
    company.flush()
    metrics = {"resourceMetrics": [{"scopeMetrics": [{"scope": {"name": "company.app"}, "metrics": [{"name": "queue.length"}]}]}]}
    _post(f"http://127.0.0.1:{otlp}/v1/metrics", json.dumps(metrics).encode())
    _post(f"http://127.0.0.1:{otlp}/v1/nothing", b"{}")


def _failed(chance: random.Random) -> Trace:
    trace = Trace("growth-experiments", "company.llm", chance)
    chat(trace, GPT, ("growth", "trial", ""), time.time_ns(), 0.4, {}, error="server_error")
    return trace


def _without_usage(chance: random.Random) -> Trace:
    trace = Trace("growth-experiments", "company.llm", chance)
    chat(trace, GPT, ("growth", "trial", ""), time.time_ns(), 1, {})
    return trace


def _impossible(chance: random.Random) -> Trace:
    trace = Trace("growth-experiments", "company.llm", chance)
    span = chat(trace, GPT, ("growth", "trial", ""), time.time_ns(), 1.5, {"input": 321, "output": 45})
    span.attributes["gen_ai.usage.reasoning.output_tokens"] = -1
    return trace


def _read_by_words(chance: random.Random) -> Trace:
    trace = Trace("growth-experiments", "company.own", chance)
    tokens = {"input": 77, "output": 12}
    attributes = {"company.llm.model": OWN.name, "company.llm.usage.input_tokens": 77, "company.llm.usage.output_tokens": 12}
    span = trace.add("answer", time.time_ns(), time.time_ns() + 10**9, dict(attributes), is_client=True, fate="counted")
    span.call = Call(OWN, "chat", ("growth", "", ""), tokens, span.end)
    return trace


def _unread(chance: random.Random) -> Trace:
    trace = Trace("growth-experiments", "company.own", chance)
    attributes = {"company.span.type": "tool", "company.usage.input_tokens": 5, "company.usage.output_tokens": 6}
    trace.add("lookup", time.time_ns(), time.time_ns() + 10**9, dict(attributes))
    return trace


def _post(url: str, body: bytes) -> None:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    try:
        urllib.request.urlopen(request, timeout=30).close()
    except urllib.error.HTTPError:
        pass
