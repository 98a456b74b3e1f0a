# SPDX-License-Identifier: Apache-2.0
"""Copies of the folder at any moment: what a power cut or a backup may leave."""

from __future__ import annotations

import random
import shutil
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from Attack.field import Field
from Attack.known import KnownCall
from Attack.service import Failed, Service, Setup, poll

from ..counters import above, await_page, totals
from ..interpose import EVERY_KIND, OPEN, PWRITE, RENAME, SYNC, WRITE, Interposer
from ..lives import Birth, Lives
from ..rows import await_rows
from ..senders import PlainSender, Record
from ..traffic import Traffic

_KINDS = [EVERY_KIND, WRITE | PWRITE, SYNC, OPEN | RENAME, WRITE | PWRITE | SYNC]

_SYNCED = Birth("500ms")
_UNSYNCED = Birth("500ms", settings={"storage": {"sync": "normal"}})


def copies(field: Field) -> None:
    """A copy of the folder at any moment, or what a power cut leaves of it, has all that was answered and nothing else"""
    rng, count, made = field.random, field.size(60, 6), 0
    with Lives(field.binary) as lives:
        disk = lives.disk
        if disk is None:
            raise Failed("the disk is not watched")
        lives.start(_SYNCED)
        record = Record()
        senders = [PlainSender(lives.ports[0], Traffic(rng.getrandbits(32), latest=2), record, 0.03) for _ in range(2)]
        for sender in senders:
            sender.start()
        birth = _SYNCED
        while made < count:
            if made == count // 2 and birth is _SYNCED:
                birth = _UNSYNCED
                lives.kill()
                lives.start(birth)
            _stop_somewhere(lives, disk, birth, rng)
            if _is_stopped(lives.service, disk, 2):
                answered, sent = record.calls_answered, record.calls_sent
                copy = lives.place / f"copy-{made}"
                shutil.copytree(lives.data, copy)
                is_cut = rng.random() < 0.5
                if is_cut:
                    disk.cut_power(copy, rng)
                _go_on(lives, disk, birth)
                if is_cut and birth is _UNSYNCED:
                    answered = []  # Without syncs, a 200 does not outlive a power cut. Nothing may count twice all the same.
                _check(field, copy, answered, sent, f"copy {made}, {'power cut' if is_cut else 'as it was'}")
                shutil.rmtree(copy)
                made += 1
            _go_on(lives, disk, birth)
        for sender in senders:
            sender.finish()
        field.figure("copies", made, "")
        field.figure("calls", len(record.calls_sent), "")


def _stop_somewhere(lives: Lives, disk: Interposer, birth: Birth, rng: random.Random) -> None:
    """Lets the service stop at an operation of its work, its start or its end."""
    kinds, halves = rng.choice(_KINDS), rng.random() < 0.5
    moment = rng.choice(["work", "work", "work", "start", "end"])
    if moment == "work":
        time.sleep(rng.uniform(0, 0.3))
        disk.stop_after(rng.randrange(1, 40), kinds, halves)
        return
    if moment == "start":
        lives.kill()
    disk.stop_after(rng.randrange(1, 12), kinds, halves)
    if moment == "end":
        lives.service.signal(signal.SIGTERM)
        if _is_stopped(lives.service, disk, 1):
            return
        lives.service.signal(signal.SIGCONT)
        lives.service.wait_end(30)
    lives.begin(birth)


def _go_on(lives: Lives, disk: Interposer, birth: Birth) -> None:
    """Lets the service go on, and starts another one where it ended."""
    disk.stop_nowhere()

    def is_ready() -> bool:
        if not lives.service.is_alive:
            lives.begin(birth)
        lives.service.signal(signal.SIGCONT)
        try:
            lives.service.wait_ready(0.3)
        except Failed:
            return False
        return True

    poll("the service to go on", is_ready, 30)


def _is_stopped(service: Service, disk: Interposer, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if disk["stopped"] and service.is_stopped:
            return True
        time.sleep(0.002)
    return False


def _check(field: Field, folder: Path, answered: Sequence[KnownCall], sent: Sequence[KnownCall], where: str) -> None:
    """Starts a service on a copy, and compares its page with what was answered and sent before the copy was made."""
    setup = Setup({"billing": {"settle": "200ms"}}, arguments=("--storage.path", str(folder)))
    service = Service(field.binary, setup)
    try:
        service.wait_ready(every=0.01)
        least, most = totals(answered, field.prices), totals(sent, field.prices)
        got = await_page(service, lambda got: not list(above(least, got, "")), field.patience(10))
        for line in list(above(got, most, "was sent"))[:5]:
            field.fail(f"{where}: {line}")
        for line in list(above(least, got, "is shown"))[:5]:
            field.fail(f"{where}, of what was answered: {line}")
        for fault in await_rows(folder, service)[:5]:
            field.fail(f"{where}: {fault}")
    except Failed as failure:
        field.fail(f"{where}: {failure}")
    finally:
        service.kill()
