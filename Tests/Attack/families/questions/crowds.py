# SPDX-License-Identifier: Apache-2.0
"""Many questions at once, long ranges, wide groupings, and exports that nobody reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ...catalogue import attack
from ...field import Field
from ...service import QUICK, Setup
from ...siege import Bars, Siege
from ...wire import Connection, NoAnswer
from ..slow_peers import crowd, hold
from .stored import ask, fill, request, target, total

_EVERYTHING = {"from": "2020-01-01", "to": "2099-01-01"}
_MEASURES = "cost,calls,tokens,input,output,cache_read,failed,unpriced,estimated,streamed,average_cost,duration,average_duration"
# Room for all questions at once: a quarter of the connections is the most that the web listener can have.
_ROOMY = Setup(QUICK.settings | {"http": {"max_connections": 8_000}, "web": {"reserved_connections": 1_500}})
# Groups take memory: two questions at a time, each with a quarter of a million groups at most.
_WIDE = Bars(rise=640)

WIDE = [
    target("/api/v1/costs", **_EVERYTHING, group_by="user,session,agent,server,model,trace", measures=_MEASURES, limit="10000"),
    target("/api/v1/costs", **_EVERYTHING, group_by="trace", granularity="month", order_by="-tokens,trace", limit="10000"),
    target("/api/v1/costs", **{"from": "now-400d"}, group_by="user", granularity="hour", format="csv", limit="10000"),
    target("/api/v1/costs", **_EVERYTHING, group_by="user,session", where="user:*a*a*a*,-session:*9*", order_by="session"),
    target("/api/v1/top", **_EVERYTHING, by="user", limit="1000"),
    target("/api/v1/top", **_EVERYTHING, by="call", order_by="tokens", limit="1000"),
    target("/api/v1/top", **_EVERYTHING, by="trace", order_by="duration", limit="1000"),
    target("/api/v1/changes", **{"from": "now-90d"}, group_by="user"),
    target("/api/v1/dimensions/user/values", **_EVERYTHING, limit="10000"),
    target("/api/v1/summary", **_EVERYTHING),
]
"""Questions that are wide in one way each."""


@attack("question-flood", short=True, keeps=True)
def flood(field: Field) -> None:
    """1,000 wide questions at once: each is answered, or refused with Retry-After; spans and scrapes do not wait for them."""
    _flood(field, _ROOMY, {"200", "503"})


@attack("question-crowd", keeps=True)
def crowded(field: Field) -> None:
    """The same with the usual room of 64 connections: those beyond it are closed, and scrapes find a place all the same."""
    _flood(field, QUICK, {"200", "503", "closed"})


def _flood(field: Field, setup: Setup, outcomes: set[str]) -> None:
    with field.siege(setup, _WIDE) as siege:
        fill(field, siege, field.size(60_000, 1_500))
        siege.send_beside()
        with crowd(siege, field.size(1_000, 120), siege.service.web) as connections:
            for number, connection in enumerate(connections):
                connection.offer(request(WIDE[number % len(WIDE)]))
            statuses = _answers(field, connections)
        field.expect(set(statuses) <= outcomes, f"the questions were answered {dict(statuses)}")
        for status in ("200", "503"):
            field.expect(statuses[status] > 0, f"no question was answered {status}")
            field.figure(f"answers {status}", statuses[status], "")
        siege.end_beside()
        field.expect(total(siege) is not None, "no question is answered afterwards")


def _answers(field: Field, connections: Sequence[Connection]) -> Counter[str]:
    """How often there was which status; `closed` stands for connections without an answer."""
    statuses: Counter[str] = Counter()
    for connection in connections:
        connection.timeout = 120
        connection.socket.settimeout(120)
        try:
            answer = connection.answer()
        except (OSError, NoAnswer):
            statuses["closed"] += 1
            continue
        statuses[str(answer.status)] += 1
        field.expect(answer.status != 503 or "retry-after" in answer.headers, "a 503 had no Retry-After")
    return statuses


@attack("question-width", keeps=True)
def width(field: Field) -> None:
    """The widest questions one after the other, beside a sender: all are answered, or say what to ask for instead."""
    with field.siege(bars=_WIDE) as siege:
        fill(field, siege, field.size(60_000, 1_500))
        siege.send_beside()
        for question in WIDE:
            answer = ask(siege, question)
            field.expect(answer.status == 200, f"{question} was answered {answer.status}: {answer.body[:200]!r}")
        # More hours than an answer may have rows for.
        answer = ask(siege, target("/api/v1/costs", **_EVERYTHING, granularity="hour"))
        field.expect(answer.status == 400 and b"granularity" in answer.body, f"80 years of hours were answered {answer.status}")
        siege.end_beside()


@attack("question-export", keeps=True)
def unread_exports(field: Field) -> None:
    """Exports that nobody reads, or that end in the middle: they hold neither threads nor memory, and questions are answered."""
    with field.siege(bars=Bars(rise=192)) as siege:
        fill(field, siege, field.size(60_000, 6_000))
        siege.send_beside()
        question = request(target("/api/v1/export", **_EVERYTHING, format="jsonl"))
        with crowd(siege, 24, siege.service.web, receive_buffer=4_096) as connections:
            for connection in connections:
                connection.offer(question)
            hold(field.size(5, 1), 0.5, lambda _: _asked(field, siege))
            for connection in connections[::2]:
                connection.close()
            _asked(field, siege)
        hold(1, 0.5, lambda _: _asked(field, siege))
        siege.end_beside()
        answer = ask(siege, target("/api/v1/export", **_EVERYTHING, format="jsonl"), timeout=120)
        # The calls of the sender beside are among them.
        lines = answer.body.count(b"\n")
        field.expect(lines == total(siege), f"an export after them has {lines} lines of {total(siege)} calls")


def _asked(field: Field, siege: Siege) -> None:
    """A small question, which may be refused while others wait."""
    answer = ask(siege, target("/api/v1/costs", **{"from": "now-1h"}))
    field.expect(answer.status == 200, f"a question beside unread exports was answered {answer.status}")
