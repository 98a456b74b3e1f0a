# SPDX-License-Identifier: Apache-2.0
"""SIGTERM: whoever scrapes regularly sees the final state, and nobody else is waited for."""

from __future__ import annotations

import signal
import time
from collections.abc import Mapping
from typing import Any

from .. import otlp
from ..catalogue import attack
from ..exposition import Page
from ..field import Field
from ..known import KnownBatch
from ..service import Failed, Service, Setup, poll
from ..wire import Connection, NoAnswer, post

_GRACE = 6.0
"""Seconds that the process may take to end once nobody is waited for."""


class _Scraper:
    """A scraper that comes at even intervals."""

    def __init__(self, service: Service, name: str, interval: float, first: float) -> None:
        self.service, self.name, self.interval = service, name, interval
        self.due = first
        self.last: Page | None = None
        self.failure = ""

    def scrape(self) -> None:
        """Scrapes and says when it comes again."""
        self.due += self.interval
        try:
            answer = self.service.get("/metrics", timeout=5, headers={"User-Agent": self.name})
            self.last = Page(answer.body.decode())
        except (OSError, NoAnswer) as error:
            self.failure = str(error)


def _run(scrapers: list[_Scraper], until: float) -> None:
    """Runs each scraper when it is due."""
    while True:
        first = min(scrapers, key=lambda scraper: scraper.due)
        if first.due > until:
            break
        time.sleep(max(0.0, first.due - time.monotonic()))
        first.scrape()
    time.sleep(max(0.0, until - time.monotonic()))


def _scraped(field: Field, intervals: tuple[float, ...], settings: Mapping[str, Any]) -> None:
    """Stops a service between two scrapes; each scraper must see everything that was answered 200."""
    service = Service(field.binary, Setup(settings))
    try:
        service.wait_ready()
        begun = time.monotonic()
        scrapers = [
            _Scraper(service, f"Prometheus/{number}", interval, begun + 0.2 * number)
            for number, interval in enumerate(intervals)
        ]
        longest = max(intervals)
        _run(scrapers, begun + longest * 3 + min(intervals) * 0.45)
        before = service.page()  # a curious look, which is no scraper's
        batch = KnownBatch.random(field.prices, field.random)
        field.expect(service.post(batch.body).status == 200, "the batch before the end was refused")
        service.signal(signal.SIGTERM)
        stopped = time.monotonic()
        missing = list(scrapers)
        while missing:
            first = min(missing, key=lambda scraper: scraper.due)
            time.sleep(max(0.0, first.due - time.monotonic()))
            first.scrape()
            if first.failure:
                field.fail(f"the scraper of {first.interval:g} s never saw the final state: {first.failure}")
                missing.remove(first)
            elif first.last is not None and not list(batch.differences(before, first.last)):
                missing.remove(first)
            elif time.monotonic() - stopped > longest + 30:
                raise Failed(f"the scraper of {first.interval:g} s never saw the batch")
        field.figure("last scrape after", time.monotonic() - stopped, "s")
        code = service.wait_end(max(_GRACE, min(intervals)) + _GRACE)
        field.figure("end after", time.monotonic() - stopped, "s")
        field.expect(code == 0, f"it ended with {service.ending}")
    finally:
        service.kill()


@attack("sigterm-5s", short=True, idle=True)
def five_seconds(field: Field) -> None:
    """SIGTERM with a scraper of 5 s (1 s in the short form)."""
    _scraped(field, (field.size(5.0, 1.0),), {"billing": {"settle": "3s"}})


@attack("sigterm-20s", idle=True)
def twenty_seconds(field: Field) -> None:
    """SIGTERM with scrapers of 5 s and of 20 s at once."""
    _scraped(field, (20.0, 5.0), {})


@attack("sigterm-30s", idle=True)
def thirty_seconds(field: Field) -> None:
    """SIGTERM with a scraper of 30 s and the setting that is documented for it."""
    _scraped(field, (30.0,), {"shutdown": {"final_scrape": "35s"}})


@attack("sigterm-curious", short=True, idle=True)
def curious(field: Field) -> None:
    """SIGTERM after a few irregular scrapes: the service does not wait for another one."""
    service = Service(field.binary, Setup({"billing": {"settle": "3s"}}))
    try:
        service.wait_ready()
        for pause in (0.1, 1.3, 0.2):
            service.get("/metrics", headers={"User-Agent": "curl/8"})
            time.sleep(pause)
        field.expect(service.post(otlp.request([otlp.call(field.random)])).status == 200, "a call was refused")
        service.signal(signal.SIGTERM)
        stopped = time.monotonic()
        code = service.wait_end(60)
        took = time.monotonic() - stopped
        field.figure("end after", took, "s")
        field.expect(code == 0, f"it ended with {service.ending}")
        field.expect(took < _GRACE, f"it waited {took:.1f} s for nobody")
    finally:
        service.kill()


@attack("sigterm-twice", idle=True)
def twice(field: Field) -> None:
    """A second SIGTERM ends the wait for a scraper."""
    service = Service(field.binary, Setup({"billing": {"settle": "200ms"}}))
    try:
        service.wait_ready()
        begun = time.monotonic()
        scraper = _Scraper(service, "Prometheus/2", 6.0, begun)
        _run([scraper], begun + 18.5)
        service.signal(signal.SIGTERM)
        poll("the OTLP listener to close", lambda: _is_closed(service.otlp), 10)
        stopped = time.monotonic()
        field.expect(service.is_alive, "it did not wait for a scraper of 6 s")
        service.signal(signal.SIGTERM)
        code = service.wait_end(20)
        took = time.monotonic() - stopped
        field.expect(code == 0, f"it ended with {service.ending}")
        field.expect(took < 3, f"a second signal took {took:.1f} s")
    finally:
        service.kill()


def _is_closed(port: int) -> bool | None:
    try:
        Connection(port, timeout=2).close()
    except OSError:
        return True
    return None


@attack("sigterm-in-flight", short=True, idle=True)
def in_flight(field: Field) -> None:
    """A body that is half sent at SIGTERM is finished, answered and counted."""
    service = Service(field.binary, Setup({"billing": {"settle": "1s"}}))
    try:
        service.wait_ready()
        before = service.page()
        batch = KnownBatch.random(field.prices, field.random)
        whole = post(batch.body)
        begun = time.monotonic()
        scraper = _Scraper(service, "Prometheus/2", 1.0, begun)
        with Connection(service.otlp) as connection:
            connection.send(whole[: len(whole) // 2])
            _run([scraper], begun + 3.2)
            service.signal(signal.SIGTERM)
            poll("the OTLP listener to close", lambda: _is_closed(service.otlp), 10)
            connection.send(whole[len(whole) // 2 :])
            status = connection.answer().status
            field.expect(status == 200, f"the body in flight was answered {status}")
        deadline = time.monotonic() + 20
        while True:
            _run([scraper], scraper.due)
            if scraper.failure or (scraper.last and not list(batch.differences(before, scraper.last))):
                break
            if time.monotonic() > deadline:
                raise Failed("the body in flight was never counted")
        field.expect(not scraper.failure, f"the final state was never shown: {scraper.failure}")
        field.expect(service.wait_end(_GRACE * 2) == 0, f"it ended with {service.ending}")
    finally:
        service.kill()
