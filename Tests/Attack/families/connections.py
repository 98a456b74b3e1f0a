# SPDX-License-Identifier: Apache-2.0
"""More connections than there is room for, and too few descriptors."""

from __future__ import annotations

from .. import otlp
from ..catalogue import attack
from ..field import Field
from ..service import Setup
from ..siege import Bars
from ..wire import Connection, NoAnswer, head, post
from .slow_peers import crowd, hold

_OPENING = b"POST /v1/traces HTTP/1.1\r\nHost: x\r\n"


@attack("2000-connections")
def two_thousand(field: Field) -> None:
    """2,000 connections of one address, idle or in the middle of a request, beside another address."""
    for opening in (b"", _OPENING, None):
        with (
            field.siege(bars=Bars(rise=128)) as siege,
            crowd(siege, 2000) as connections,
        ):
            if opening is None:  # idle after a request
                for connection in connections[::4]:
                    connection.offer(head("/nowhere", method="GET"))
            else:
                for connection in connections:
                    connection.offer(opening)
            siege.send_beside()
            hold(3, 0.5, lambda _: None)
            siege.end_beside()
            page = siege.service.page()
            field.expect(page.total("llm_cost_exporter_connections") > 0, "no gauge says how many connections are open")


@attack("keep-alive-senders")
def keep_alive_senders(field: Field) -> None:
    """1,100 senders that keep their connections: each gets an answer, over and over."""
    with field.siege(bars=Bars(rise=128)) as siege:
        accepted = refused = 0
        senders: list[Connection] = []
        try:
            for _ in range(1100):
                senders.append(Connection(siege.service.otlp, timeout=5))
            for _ in range(2):
                for number, sender in enumerate(senders):
                    request = post(otlp.request([otlp.call(field.random)]))
                    # A sender whose idle connection was closed connects again, as SDKs do.
                    for attempt in range(2):
                        try:
                            status = sender.ask(request).status
                            break
                        except (OSError, NoAnswer):
                            sender.close()
                            senders[number] = sender = Connection(siege.service.otlp, timeout=5)
                            status = 0 if attempt else -1
                    accepted += status == 200
                    refused += status != 200
                if refused:
                    break
        finally:
            for sender in senders:
                sender.close()
        field.figure("answered", accepted, "")
        field.expect(refused == 0, f"{refused} senders never got an answer, {accepted} did")
        # A body may have been taken although its connection was closed before the answer.
        siege.accepted = None


def _descriptors(field: Field, hard: int, soft: int | None = None) -> None:
    """The service under a limit of descriptors, with more connections than that on both listeners."""
    prologue = f"ulimit -n {hard}" if soft is None else f"ulimit -Sn {soft}\nulimit -Hn {hard}"
    setup = Setup({"billing": {"settle": "200ms"}}, prologue=prologue)
    label = f"limit {hard}" if soft is None else f"limits {soft} and {hard}"
    with field.siege(setup, Bars(rise=96), label) as siege:
        field.expect(
            "max_connections" in siege.service.log.read_text() or hard > 1024,
            f"{label}: the log does not say that there is room for fewer connections than asked for",
        )
        if soft is not None:
            maximum = siege.service.page().total("process_max_fds")
            field.expect(maximum == hard, f"{label}: the soft limit stays at {maximum}")
        for opening in (b"", _OPENING):
            with crowd(siege, field.size(2 * hard, hard + 40)) as connections:
                for connection in connections:
                    connection.offer(opening)
                before = siege.cpu()
                siege.send_beside()
                hold(field.size(3, 1), 0.5, lambda _: None)
                used = siege.cpu() - before
                siege.end_beside()
                field.expect(used < field.patience(1.5), f"{label}: {used:.1f} s of CPU in 3 s of full listeners")
        field.await_("the connections to be closed", lambda: siege.service.descriptors < 60 or None, 20)


@attack("descriptors-64", short=True, folder=True)
def descriptors_64(field: Field) -> None:
    """A hard limit of 64 descriptors, and twice as many connections."""
    _descriptors(field, 64)


@attack("descriptors-256", short=True)
def descriptors_256(field: Field) -> None:
    """A hard limit of 256 descriptors, and twice as many connections."""
    _descriptors(field, 256)


@attack("descriptors-1024")
def descriptors_1024(field: Field) -> None:
    """A hard limit of 1,024 descriptors, and twice as many connections."""
    _descriptors(field, 1024)


@attack("descriptors-raised")
def descriptors_raised(field: Field) -> None:
    """A soft limit of 64 below a hard one of 4,096: the service raises it at its start."""
    _descriptors(field, 4096, 64)


@attack("web-connections")
def web_connections(field: Field) -> None:
    """Idle connections to the web listener, as many as it takes and more, while it is scraped."""
    with (
        field.siege(bars=Bars(rise=96)) as siege,
        crowd(siege, 1500, siege.service.web) as connections,
    ):
        for connection in connections[::2]:
            connection.offer(b"GET /metrics HTTP/1.1\r\nHost: x\r\n")
        siege.send_beside()
        hold(3, 0.5, lambda _: None)
        siege.end_beside()
