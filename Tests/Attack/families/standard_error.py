# SPDX-License-Identifier: Apache-2.0
"""A standard error that cannot be written, in every form: the service starts, counts, reloads and ends all the same."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from io import FileIO

from ..catalogue import attack
from ..field import Field
from ..service import QUICK, Failed, Setup, poll
from ..siege import Bars, Siege
from ..wire import Connection, post

_RELOADED = "llm_cost_exporter_config_last_reload_successful"
_LOST = "llm_cost_exporter_log_lines_lost_total"
_BARS = Bars(rise=96)


def _reload(siege: Siege, works: bool) -> None:
    """Reloads a settings file with or without a mistake; both write lines to the log."""
    good = siege.service.settings.read_text()
    siege.service.settings.write_text(good if works else '{"nonsense": 1}')
    siege.service.signal(signal.SIGHUP)
    poll(
        f"a reload of {'good' if works else 'broken'} settings",
        lambda: siege.service.page().total(_RELOADED) == int(works) or None,
        20,
    )
    siege.service.settings.write_text(good)


def _use(siege: Siege, loses: bool = False) -> None:
    """Has the service write to its log; the siege then sends a batch and one SIGTERM.

    ``loses`` where no line can be written, so that lines must be counted as lost.
    """
    siege.patient = True
    for works in (False, True, False, True):
        _reload(siege, works)
    if loses:
        siege.field.await_("lost lines to be counted", lambda: siege.service.page().total(_LOST) > 0 or None, 10)


@attack("stderr-full", short=True)
def full_disk(field: Field) -> None:
    """Standard error on a full disk."""
    with open("/dev/full", "wb") as full, field.siege(replace(QUICK, stderr=full.fileno()), _BARS) as siege:
        _use(siege, loses=True)


@attack("stderr-closed", short=True)
def closed(field: Field) -> None:
    """Standard error closed, and all three standard descriptors closed."""
    for prologue in ("exec 2>&-", "exec 0<&- 1>&- 2>&-"):
        with field.siege(replace(QUICK, prologue=prologue), _BARS, prologue) as siege:
            _use(siege)


@attack("stderr-file-limit", short=True)
def file_limit(field: Field) -> None:
    """Standard error in a file that may not grow: from the start, and after the first lines."""
    for blocks in (0, 1):
        # XFSZ would end a process that does not ignore it.
        with field.siege(replace(QUICK, prologue=f"ulimit -f {blocks}"), _BARS, f"{blocks} blocks") as siege:
            _use(siege, loses=True)


@contextmanager
def _pipe() -> Iterator[tuple[FileIO, FileIO]]:
    """A small pipe.

    Its ends are file objects: each closes its descriptor once. A second close of a number would close what another
    attack, which runs beside this one, has opened under it.
    """
    reader, writer = os.pipe()
    with open(reader, "rb", buffering=0) as source, open(writer, "wb", buffering=0) as sink:
        fcntl.fcntl(sink, fcntl.F_SETPIPE_SZ, 4096)
        yield source, sink


def _fill(writer: int) -> None:
    """Fills a pipe to the last byte and leaves it blocking, as the service finds it."""
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"x" * 512)
    except BlockingIOError:
        pass
    try:
        while True:
            os.write(writer, b"x")
    except BlockingIOError:
        pass
    os.set_blocking(writer, True)


def _has_room(writer: int) -> bool:
    """Whether a pipe takes one byte more; the byte is written if so."""
    os.set_blocking(writer, False)
    try:
        return os.write(writer, b"x") == 1
    except BlockingIOError:
        return False
    finally:
        os.set_blocking(writer, True)


@attack("stderr-reader-gone", short=True)
def reader_gone(field: Field) -> None:
    """Standard error is a pipe whose reader is gone before the start, or goes afterwards."""
    for is_early in (True, False):
        with _pipe() as (reader, writer):
            if is_early:
                reader.close()
            with field.siege(replace(QUICK, stderr=writer.fileno()), _BARS, "early" if is_early else "late") as siege:
                if not is_early:
                    reader.close()
                _use(siege, loses=True)


@attack("stderr-stalled", short=True)
def stalled(field: Field) -> None:
    """Standard error is a pipe that is full from the start and whose reader stalls."""
    with _pipe() as (_, writer):
        _fill(writer.fileno())
        with field.siege(replace(QUICK, stderr=writer.fileno()), _BARS) as siege:
            _use(siege)


@contextmanager
def _read(reader: int) -> Iterator[None]:
    """Reads a pipe for a while, as a log collector does before it stalls."""
    ended = threading.Event()

    def drain() -> None:
        while not ended.is_set():
            if select.select([reader], [], [], 0.05)[0]:
                os.read(reader, 65536)

    thread = threading.Thread(target=drain)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@attack("stderr-stalled-later", short=True)
def stalled_later(field: Field) -> None:
    """Standard error is a pipe whose reader stalls later: the log fills it while the service runs."""
    setup = Setup(QUICK.settings, ("--log.level", "debug"))
    with _pipe() as (reader, writer), ExitStack() as stack:
        with _read(reader.fileno()):
            siege = stack.enter_context(field.siege(replace(setup, stderr=writer.fileno()), _BARS))
        with Connection(siege.service.otlp) as connection:
            for _ in range(200):
                # At debug, each body has a line, also one without spans.
                for _ in range(10):
                    connection.ask(post(b""))
                if not _has_room(writer.fileno()):
                    break
            else:
                raise Failed("the log never filled the pipe")
        _use(siege)
