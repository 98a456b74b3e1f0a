# SPDX-License-Identifier: Apache-2.0
"""A wall clock that is set while the service runs."""

from __future__ import annotations

import errno
import sqlite3
import time
from contextlib import closing

from Attack.field import Field
from Attack.known import KnownCall
from Attack.service import Failed, poll
from Attack.wire import NoAnswer

from ..counters import await_totals, totals
from ..interpose import PWRITE, WRITE
from ..lives import Birth, Lives
from ..rows import await_rows
from ..traffic import Traffic

_PATIENCE = 20.0
"""Seconds; a wait that followed the wall clock would last an hour."""
_EPOCH_MINUTES = 26_297_280


def clock_steps(field: Field) -> None:
    """A wall clock that is set ahead or back stops no thread, removes no call, and dates none wrong once it is right again"""
    # Twice as far as calls are kept, an hour back while everything works, and while the disk is full.
    for seconds, is_full in [(200 * 86_400, False), (-3600, False), (-3600, True)]:
        where = f"wall clock set by {seconds} s" + (" with a full disk" if is_full else "")
        with Lives(field.binary) as lives:
            if lives.disk is None:
                raise Failed("the disk is not watched")
            traffic = Traffic(field.random.getrandbits(32), stories=20)
            calls: list[KnownCall] = []
            lives.start(Birth("200ms"))
            _send(lives, traffic, calls)
            if is_full:
                lives.disk.fail(errno.ENOSPC, WRITE | PWRITE)
                refused = traffic.next()[0][1]
                poll("a full disk", lambda: lives.service.post(refused.body).status == 503, _PATIENCE)
            lives.disk.set_wall_clock(seconds)
            lives.disk.recover()
            _send(lives, traffic, calls)
            for fault in await_rows(lives.data, lives.service, _PATIENCE)[:5]:
                field.fail(f"{where}: {fault}")
            lives.disk.set_wall_clock(0)
            _send(lives, traffic, calls)
            if not is_full:
                for line in await_totals(lives.service, totals(calls, field.prices))[:5]:
                    field.fail(f"{where}: {line}")
            for fault in await_rows(lives.data, lives.service, _PATIENCE)[:5]:
                field.fail(f"{where}, then right again: {fault}")
            with closing(sqlite3.connect(f"file:{lives.data}/ledger.db?mode=ro", uri=True)) as database:
                kept, latest = database.execute("SELECT count(*), max(id) >> 22 FROM calls").fetchone()
                removed = database.execute("SELECT calls FROM totals WHERE what = 'calls_removed'").fetchone()[0]
            field.expect(kept >= len(calls) and removed == 0, f"{where}: {kept} of {len(calls)} calls are kept")
            ahead = latest + _EPOCH_MINUTES - time.time() / 60
            field.expect(ahead < 61, f"{where}: the latest call is {ahead:.0f} minutes ahead")


def _send(lives: Lives, traffic: Traffic, calls: list[KnownCall]) -> None:
    """Sends some bodies until they are taken."""
    for _, batch in traffic.next():

        def is_taken(body: bytes = batch.body) -> bool:
            try:
                return lives.service.post(body).status == 200
            except NoAnswer:
                return False

        poll("a body that is taken", is_taken, _PATIENCE)
        calls += batch.calls
