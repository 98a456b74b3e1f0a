# SPDX-License-Identifier: Apache-2.0
"""A service with stored calls, and how it is asked."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import quote, urlencode

from ... import otlp
from ...field import Field
from ...service import poll
from ...siege import Siege
from ...wire import HOST, Answer, Connection, head

DAYS = 90
_BODY = 2_000


def fill(field: Field, siege: Siege, calls: int) -> None:
    """Lets a service store so many calls of the last ninety days, each of a trace, a session and a user of its own.

    What the calls took is no part of what the attack may take.
    """
    for first in range(0, calls, _BODY):
        spans = [_call(field, number) for number in range(first, min(first + _BODY, calls))]
        answer = siege.service.post_packed(otlp.packed(otlp.request(spans)))
        field.expect(answer.status == 200, f"calls to ask about were answered {answer.status}")
        siege.take(len(spans) if answer.status == 200 else 0)
    poll("the stored calls", lambda: total(siege) == calls, 120, every=0.2)
    siege.begin_again()


def _call(field: Field, number: int) -> bytes:
    rng = field.random
    end = time.time_ns() - rng.randrange(60, DAYS * 86_400) * otlp.SECOND
    more: dict[str, otlp.Value] = {
        "user.id": f"user-{number}-{'a' * 200}", "session.id": f"session-{number}", "gen_ai.agent.name": f"agent-{number % 50}",
        "server.address": f"host-{number % 400}.example.com"}
    return otlp.call(rng, f"model-{number % 30}" if number % 3 else "gpt-4o", input=number + 1, more=more,
                     start=end - otlp.SECOND, end=end)


def target(path: str, **parameters: str) -> str:
    """A path with its query."""
    return quote(path) + (f"?{urlencode(parameters)}" if parameters else "")


def request(target: str) -> bytes:
    """A question as it is sent."""
    return head(target, method="GET", headers={"Host": HOST})


def ask(siege: Siege, target: str, timeout: float = 60) -> Answer:
    """The answer to a question, asked over a connection of its own."""
    with Connection(siege.service.web, timeout=timeout) as connection:
        return connection.ask(request(target))


def total(siege: Siege) -> int | None:
    """The number of stored calls; `None` while there are no rows."""
    answer = ask(siege, target("/api/v1/costs", **{"from": "2020-01-01", "to": "2099-01-01", "measures": "calls"}))
    rows: list[dict[str, Any]] = json.loads(answer.body)["rows"] if answer.status == 200 else []
    return rows[0]["calls"] if rows else None
