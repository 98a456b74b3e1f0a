# SPDX-License-Identifier: Apache-2.0
"""Folders with a torn end, of a newer version, in use by another process, or from another time."""

from __future__ import annotations

import shutil
import signal
import struct
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from Attack.field import Field, Skipped
from Attack.known import KnownBatch, KnownCall
from Attack.service import Failed, Service, Setup

from ..counters import Totals, await_totals, totals
from ..lives import Birth, Lives, can_reboot
from ..rows import await_rows
from ..traffic import Batch, Traffic

_PREFIX, _HEAD = 16, 24
"""Bytes in front of the records of a segment, and in front of the content of a record."""


@dataclass(frozen=True)
class _Torn:
    """A folder whose last record is the arrival of a body."""

    data: Path
    segment: str
    start: int
    """Where the last record begins in the newest segment."""
    end: int
    last: Batch
    before: Totals
    after: Totals


def torn_tails(field: Field) -> None:
    """A folder that ends at any byte of its last record starts without that record, and takes it when it comes again"""
    with Lives(field.binary, disk=False) as lives:
        torn = _torn(field, lives)
        cuts = list(range(torn.start, torn.end))
        if field.short:
            ends = [torn.start, torn.start + 1, torn.start + 4, torn.start + _HEAD, torn.end - 1]
            cuts = sorted({*ends, *field.random.sample(cuts, 5)})
        with ThreadPoolExecutor(4) as threads:
            for sentences in threads.map(lambda cut: _cut(field, lives.place, torn, cut), cuts):
                for sentence in sentences:
                    field.fail(sentence)
        field.figure("cuts", len(cuts), "")


def _torn(field: Field, lives: Lives) -> _Torn:
    traffic = Traffic(field.random.getrandbits(32), stories=4)
    service = lives.start(Birth("1h"))
    first = [traffic.next()[0][1] for _ in range(5)]
    last = Traffic(field.random.getrandbits(32), stories=1).next()[0][1]
    for batch in [*first, last]:
        if service.post(batch.body).status != 200:
            raise Failed("a body was not taken")
    lives.kill()
    segment = max(lives.data.glob("*.journal"))
    start, end = _last_record(segment.read_bytes())
    before = [call for batch in first for call in batch.calls]
    return _Torn(
        lives.data, segment.name, start, end, last,
        totals(before, field.prices), totals([*before, *last.calls], field.prices),
    )  # fmt: skip


def _last_record(segment: bytes) -> tuple[int, int]:
    """Where the last record begins and ends: each begins with the length of its content, and zeros follow."""
    start, next = _PREFIX, _PREFIX
    while next < len(segment) and (length := int(struct.unpack_from("<I", segment, next)[0])):
        start = next
        next = start + _HEAD + length
    return start, next


def _cut(field: Field, place: Path, torn: _Torn, cut: int) -> list[str]:
    """Starts a service on a copy that ends at a byte; returns what does not hold."""
    copy = place / f"cut-{cut}"
    shutil.copytree(torn.data, copy)
    with (copy / torn.segment).open("r+b") as file:
        file.truncate(cut)
    service = Service(field.binary, Setup({"billing": {"settle": "100ms"}}, arguments=("--storage.path", str(copy))))
    try:
        service.wait_ready(every=0.01)
        found = await_totals(service, torn.before)
        if service.post(torn.last.body).status != 200:
            found.append("the body was not taken again")
        found += await_totals(service, torn.after)
        found += await_rows(copy, service)
        is_told = "ended within a record" in service.log.read_text()
        if is_told != (cut > torn.start):
            found.append("the log says that it was torn" if is_told else "the log does not say that it was torn")
        return [f"cut at byte {cut - torn.start} of {torn.end - torn.start}: {sentence}" for sentence in found[:5]]
    except Failed as failure:
        return [f"cut at byte {cut - torn.start} of {torn.end - torn.start}: {failure}"]
    finally:
        service.kill()
        shutil.rmtree(copy)


def refused_folders(field: Field) -> None:
    """A folder in use, and one of a newer format, are refused with a sentence; the older folder stays as it is"""
    with Lives(field.binary, disk=False) as lives:
        service = lives.start(Birth("100ms"))
        batch = KnownBatch.random(field.prices, field.random)
        service.post(batch.body)
        wanted = totals(batch.calls, field.prices)
        for line in await_totals(service, wanted):
            field.fail(line)
        said = _refused(field, lives.data)
        field.expect(f"in use by process {service.pid}" in said, f"a second process says: {said}")
        service.signal(signal.SIGTERM)
        service.wait_end(30)
        for name in ("checkpoint", max(path.name for path in lives.data.glob("*.journal"))):
            copy = lives.place / f"newer-{name}"
            shutil.copytree(lives.data, copy)
            with (copy / name).open("r+b") as file:
                file.seek(8)
                file.write(struct.pack("<Q", 99))
            before = {path.name: path.read_bytes() for path in copy.iterdir() if path.name != "lock"}
            said = _refused(field, copy)
            field.expect(f"{name} was written by a newer version" in said, f"a newer {name} is refused with: {said}")
            after = {path.name: path.read_bytes() for path in copy.iterdir() if path.name != "lock"}
            field.expect(before == after, f"a refused start changed the folder with a newer {name}")
        service = lives.start(Birth("100ms"))
        for line in await_totals(service, wanted):
            field.fail(f"after the refusals: {line}")


def _refused(field: Field, data: Path) -> str:
    """What a service says that must not start on a folder."""
    service = Service(field.binary, Setup(arguments=("--storage.path", str(data))))
    try:
        code = service.wait_end(30)
        field.expect(code == 1, f"a refused start ends with {service.ending}")
        return service.last_words
    except Failed:
        field.fail("it starts on a folder that it must refuse")
        return ""
    finally:
        service.kill()


def clocks(field: Field) -> None:
    """After a reboot, and with a wall clock that was set back or ahead, waiting calls are decided and known ones stay known"""
    if reason := can_reboot():
        raise Skipped(f"clocks do not begin anew on this machine: {reason}")
    # Calls that end more than a day from now have no duration, so that the clock is not set back further.
    for seconds in field.size([-80_000, -3600, 3600, 86_400 * 400], [-3600, 86_400]):
        with Lives(field.binary) as lives:
            if lives.disk is None:
                raise Failed("the disk is not watched")
            traffic = Traffic(field.random.getrandbits(32), stories=40)
            lives.start(Birth("200ms"))
            decided, waiting = traffic.next(), traffic.next()
            lives.service.post(decided[0][1].body)
            await_totals(lives.service, totals(decided[0][1].calls, field.prices))
            lives.kill()
            lives.start(Birth("1h"))
            lives.service.post(waiting[0][1].body)
            lives.kill()
            lives.disk.set_wall_clock(seconds)
            lives.start(Birth("500ms", reboots=True))
            calls: list[KnownCall] = [*decided[0][1].calls, *waiting[0][1].calls]
            for _, batch in decided + waiting:
                if lives.service.post(batch.body).status != 200:
                    raise Failed("a body was not taken")
            wanted = totals(calls, field.prices)
            for line in await_totals(lives.service, wanted)[:5]:
                field.fail(f"wall clock changed by {seconds} s: {line}")
