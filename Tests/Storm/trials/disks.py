# SPDX-License-Identifier: Apache-2.0
"""A disk that is full or fails, and one that works again."""

from __future__ import annotations

import errno
import random
import signal
import time
from dataclasses import dataclass

from Attack import otlp
from Attack.exposition import Page
from Attack.field import Field
from Attack.service import Failed, Service, poll
from Attack.wire import NoAnswer

from ..counters import Watcher, await_totals, totals
from ..interpose import EVERY_KIND, OPEN, PWRITE, RENAME, SYNC, UNLINK, WRITE, Interposer
from ..lives import Birth, Lives
from ..rows import await_rows
from ..senders import PlainSender, Record
from ..traffic import Traffic

_FAILED = "llm_cost_exporter_storage_failed"
_PATIENCE = 30.0


@dataclass(frozen=True)
class _Failure:
    """How the disk fails, and whether bodies cannot be taken meanwhile."""

    name: str
    error: int
    kinds: int
    refuses: bool = True
    halves: bool = False


_FAILURES = [
    _Failure("no space for writes", errno.ENOSPC, WRITE | PWRITE),
    _Failure("no space in the middle of a write", errno.ENOSPC, WRITE | PWRITE, halves=True),
    _Failure("writes fail", errno.EIO, WRITE | PWRITE),
    _Failure("syncs fail", errno.EIO, SYNC),
    _Failure("everything fails", errno.EIO, EVERY_KIND),
    _Failure("writes and new files fail", errno.ENOSPC, WRITE | PWRITE | OPEN),
    _Failure("files cannot be replaced", errno.EIO, RENAME, refuses=False),
    _Failure("files cannot be removed", errno.EIO, UNLINK, refuses=False),
]


def failing_disk(field: Field) -> None:
    """A disk that fails refuses bodies and readiness, says so, and goes on by itself; nothing is lost or doubled"""
    failures = field.size(_FAILURES, [_FAILURES[1], _FAILURES[3]])
    with Lives(field.binary) as lives:
        if lives.disk is None:
            raise Failed("the disk is not watched")
        lives.start()
        watcher = Watcher(lives.ports[1])
        watcher.start()
        record = Record()
        senders = [PlainSender(lives.ports[0], Traffic(field.random.getrandbits(32)), record, 0.03) for _ in range(2)]
        for sender in senders:
            sender.start()
        for failure in failures:
            for is_killed in (False, True):
                where = f"{failure.name}, {'then killed' if is_killed else 'then room again'}"
                try:
                    _fail(field, lives, lives.disk, failure, is_killed, where)
                except (Failed, NoAnswer, OSError) as error:
                    raise Failed(f"{where}: {error}; {lives.service.last_words}") from error
        finish(field, lives, watcher, senders, record)
        field.figure("failures", 2 * len(failures), "")
        field.figure("refusals", sum(sender.refusals["503"] for sender in senders), "")


def finish(
    field: Field, lives: Lives, watcher: Watcher | None, senders: list[PlainSender], record: Record
) -> None:
    """Lets the senders end, and compares the page with what they sent."""
    for sender in senders:
        sender.finish()
        field.expect(not sender.refusals["503 without Retry-After"], "a 503 had no Retry-After")
    calls = record.calls_sent
    for difference in await_totals(lives.service, totals(calls, field.prices))[:12]:
        field.fail(difference)
    for fault in await_rows(lives.data, lives.service)[:12]:
        field.fail(fault)
    if watcher is not None:
        watcher.finish()
        for fall in watcher.falls[:10]:
            field.fail(fall)
    field.figure("calls", len(calls), "")


def _fail(
    field: Field, lives: Lives, disk: Interposer, failure: _Failure, is_killed: bool, where: str
) -> None:
    """Lets the disk fail for a while under load."""
    rng = field.random
    time.sleep(rng.uniform(0.1, 0.5))
    service = lives.service
    complaints = _complaints(service)
    disk.fail(failure.error, failure.kinds, after=rng.randrange(5), halves=failure.halves)
    if failure.refuses:
        await_failure(service)
        field.expect(probe(service, rng) == 503, f"{where}: a body was not refused")
        field.expect(service.get("/-/ready").status == 503, f"{where}: it says that it is ready")
        # A thread of its own writes the log.
        poll("a line in the log", lambda: _complaints(service) > complaints, _PATIENCE)
    else:
        time.sleep(0.5)
        field.expect(service.get("/-/ready").status == 200, f"{where}: it says that it is not ready")
    time.sleep(rng.uniform(0, 1))
    if is_killed and not failure.refuses:
        # An orderly stop replaces the checkpoint, and a start removes what it does not need.
        service.signal(signal.SIGTERM)
        field.expect(service.wait_end(30) in (0, 1), f"{where}: a stop ended with {service.ending}")
        field.expect(not failure.kinds & RENAME or disk["failed"] > 0, f"{where}: nothing failed")
    elif is_killed:
        lives.kill()
    if is_killed:
        disk.recover()
        service = lives.start(Birth())
    disk.recover()
    poll(f"{where}: readiness", lambda: service.get("/-/ready").status == 200, _PATIENCE, every=0.05)
    poll(f"{where}: bodies to be taken", lambda: probe(service, rng) == 200, _PATIENCE, every=0.05)
    field.expect(service.page().total(_FAILED) == 0, f"{where}: {_FAILED} stays 1")


def await_failure(service: Service) -> None:
    """Waits until the service has noticed."""

    def look() -> Page | None:
        page = service.page()
        return page if page.total(_FAILED) == 1 else None

    poll(f"{_FAILED} to be 1", look, _PATIENCE, every=0.02)


def probe(service: Service, rng: random.Random) -> int:
    """Posts a span that is no call, in a body of its own, and returns the status."""
    span = otlp.span(rng, [("app.step", "probe")], name="probe", kind=1)
    return service.post(otlp.request([span], scope="probe")).status


def _complaints(service: Service) -> int:
    """How often the log of this life says that the journal cannot be written."""
    return service.log.read_text().count("the journal cannot be written")
