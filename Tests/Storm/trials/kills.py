# SPDX-License-Identifier: Apache-2.0
"""A service that is killed at random moments, under load, and started again."""

from __future__ import annotations

import random
import signal
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass

from Attack.field import Field
from Attack.service import Failed, Service, Setup

from ..counters import Watcher, await_totals, call_lines, totals
from ..lives import Birth, Lives, can_reboot
from ..prometheus import Prometheus
from ..recordings import Post, RecordingSender, recorded_posts
from ..rows import await_rows, faults
from ..senders import PlainSender, Record, SdkSender
from ..traffic import Traffic

_SETTLES = ["700ms", "1s", "1s", "2s"]
"""Shorter than most lives, so that calls are decided, and longer than it takes until both spans of a call have come."""


@dataclass
class _Fate:
    """What happens in one life of the service."""

    seconds: float
    """From its start on, or from when it is ready."""
    is_ready_first: bool
    is_orderly: bool
    down: float
    """Seconds until the next start."""
    next: Birth
    wall_seconds: int

    @classmethod
    def drawn(cls, rng: random.Random, can_reboot: bool) -> _Fate:
        is_ready_first = rng.random() < 0.8
        return cls(
            seconds=rng.choice([rng.uniform(0, 0.3), rng.uniform(0.5, 2), rng.uniform(1, 4)]) if is_ready_first else rng.uniform(0, 0.25),
            is_ready_first=is_ready_first,
            is_orderly=rng.random() < 0.08,
            down=rng.choice([0, 0, 0.3, rng.uniform(0, 3)]),
            next=Birth(
                rng.choice(_SETTLES),
                reboots=can_reboot and rng.random() < 0.15,
                settings={"storage": {"sync": rng.choice(["full", "full", "normal"])}},
            ),
            wall_seconds=rng.choice([0, 0, 0, 0, -40, -4000, 15]),
        )


def kills(field: Field, rounds: int) -> None:
    """Killed at random moments under load, it loses nothing, doubles nothing, and no series goes down"""
    reason = can_reboot()
    if reason:
        print(f"clocks do not begin anew on this machine: {reason}", file=sys.stderr)
    with Lives(field.binary) as lives, Prometheus(lives.ports[1], lives.place) as prometheus:
        lives.start(Birth(_SETTLES[0]))
        watcher = Watcher(lives.ports[1])
        watcher.start()
        record = Record()
        senders = [PlainSender(lives.ports[0], Traffic(field.random.getrandbits(32)), record, 0.04) for _ in range(2)]
        sdk = SdkSender(lives.ports[0], field.random.getrandbits(32), lives.place / "taken")
        for sender in senders:
            sender.start()
        storm(field, lives, rounds, reason is None)
        for sender in senders:
            sender.finish()
        calls = record.calls_sent + sdk.finish()
        for difference in await_totals(lives.service, totals(calls, field.prices))[:12]:
            field.fail(difference)
        for fault in await_rows(lives.data, lives.service)[:12]:
            field.fail(fault)
        compare(field, lives.service, map(Post, [*record.bodies, *sdk.bodies]))
        time.sleep(2)  # A last scrape.
        watcher.finish()
        for fall in watcher.falls[:10]:
            field.fail(f"on the page {fall}")
        for fall in list(prometheus.falls())[:10]:
            field.fail(f"in Prometheus {fall}")
        series, samples = prometheus.count()
        field.expect(samples > 1000, f"Prometheus has only {samples} samples")
        field.figure("kills", rounds, "")
        field.figure("calls", len(calls), "")
        field.figure("pages", watcher.pages, "")
        field.figure("series in Prometheus", series, "")
        field.figure("samples", samples, "")
        field.figure("slowest start", lives.slowest_start, "s")


def storm(field: Field, lives: Lives, rounds: int, can_reboot: bool) -> None:
    """Ends the service and starts it again, so many times."""
    for number in range(rounds):
        fate = _Fate.drawn(field.random, can_reboot)
        if fate.is_ready_first:
            lives.service.wait_ready(60, every=0.01)
        time.sleep(fate.seconds)
        if fate.is_orderly and fate.is_ready_first:
            lives.service.signal(signal.SIGTERM)
            code = lives.service.wait_end(30)
            field.expect(code == 0, f"an orderly stop ended with {code}")
        else:
            lives.kill()
        for fault in faults(lives.data)[:3]:
            field.fail(f"after kill {number + 1}: {fault}")
        time.sleep(fate.down)
        if lives.disk is not None:
            lives.disk.set_wall_clock(fate.wall_seconds)
        birth = fate.next if number < rounds - 1 else Birth()
        try:
            lives.start(birth) if number % 3 == 0 else lives.begin(birth)
        except Failed as failure:
            raise Failed(f"after kill {number + 1}: {failure}") from None
    lives.service.wait_ready(60)


def compare(field: Field, service: Service, posts: Iterable[Post]) -> None:
    """Compares the page with that of a service that nobody disturbed, line by line."""
    undisturbed = Service(field.binary, Setup({"billing": {"settle": "3s"}}))
    try:
        undisturbed.wait_ready()
        for post in posts:
            if undisturbed.post(post.body, post.headers).status != 200:
                raise Failed("the undisturbed service did not take a body")
        undisturbed.settled()
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and call_lines(service.page()) != call_lines(undisturbed.page()):
            time.sleep(0.2)
        got, expected = call_lines(service.page()), call_lines(undisturbed.page())
        for line in sorted(got - expected)[:6]:
            field.fail(f"unlike an undisturbed run: {line}")
        for line in sorted(expected - got)[:6]:
            field.fail(f"an undisturbed run has: {line}")
    finally:
        undisturbed.kill()


def recordings(field: Field, rounds: int) -> None:
    """The same with recordings of many instrumentations, whose counters are those of an undisturbed run"""
    with Lives(field.binary) as lives:
        lives.start()
        watcher = Watcher(lives.ports[1])
        watcher.start()
        posts = recorded_posts()
        sender = RecordingSender(lives.ports[0], posts, rounds * 1.7 / len(posts), field.random.getrandbits(32))
        sender.start()
        storm(field, lives, rounds, can_reboot() is None)
        sender.finish()
        compare(field, lives.service, posts)
        for fault in await_rows(lives.data, lives.service)[:12]:
            field.fail(fault)
        watcher.finish()
        for fall in watcher.falls[:10]:
            field.fail(f"on the page {fall}")
        field.figure("kills", rounds, "")
        field.figure("bodies", len(posts), "")
        field.figure("sent again", sender.repeats, "")
