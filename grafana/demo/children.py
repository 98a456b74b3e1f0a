# SPDX-License-Identifier: Apache-2.0
"""Starts processes, waits until they answer, and ends all of them."""
from __future__ import annotations

import ctypes
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

PR_SET_PDEATHSIG = 1
END_SECONDS = 8
"""Seconds that a process gets to end before it is killed."""


class ChildError(Exception):
    """A process did not start or ended too early; the text says which, and how its log ends."""


class Children:
    """The processes of the demo. Leaving the context ends them, the last one first."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._processes: list[tuple[str, subprocess.Popen[bytes]]] = []

    def __enter__(self) -> Children:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.end()

    def start(self, name: str, command: list[str], ready: str, seconds: float = 60) -> subprocess.Popen[bytes]:
        """Starts a process and waits until it is ready.

        Args:
            name: Its name in messages; its log is a file of this name.
            command: The program and its arguments.
            ready: A URL that answers 200 once the process is ready.
            seconds: The longest wait.

        Raises:
            ChildError: The program does not exist, ends, or is not ready in time.
        """
        log = self._logs / f"{name}.log"
        try:
            with log.open("ab") as output:
                process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, preexec_fn=_end_with_parent
                )
        except OSError as error:
            raise ChildError(f"{name} cannot be started: {error.strerror}: {command[0]}") from None
        self._processes.append((name, process))
        deadline = time.monotonic() + seconds
        while not answers(ready):
            if process.poll() is not None:
                raise ChildError(f"{name} ended with status {process.returncode}. Its log, {log}, ends with:\n{_end_of(log)}")
            if time.monotonic() > deadline:
                raise ChildError(f"{name} is not ready after {seconds:.0f} s. Its log, {log}, ends with:\n{_end_of(log)}")
            time.sleep(0.05)
        return process

    def check(self) -> None:
        """Raises ChildError if a process has ended."""
        for name, process in self._processes:
            if process.poll() is not None:
                log = self._logs / f"{name}.log"
                raise ChildError(f"{name} ended with status {process.returncode}. Its log, {log}, ends with:\n{_end_of(log)}")

    def stop(self, process: subprocess.Popen[bytes], seconds: float = 40) -> None:
        """Ends one process, and waits for it."""
        self._processes = [(name, other) for name, other in self._processes if other is not process]
        _stop(process, seconds)

    def end(self) -> None:
        """Ends all processes, and waits for them."""
        while self._processes:
            _stop(self._processes.pop()[1], END_SECONDS)


def answers(url: str) -> bool:
    """Whether a URL answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


def free_port(wanted: int = 0) -> int:
    """A free port of the loopback address: the wanted one if it is free, otherwise one that the system chooses."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise ChildError("the system has no free port on 127.0.0.1")


def until(what: str, seconds: float, done: Callable[[], bool]) -> None:
    """Waits until something holds.

    Raises:
        ChildError: It does not hold in time.
    """
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise ChildError(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(0.1)


def _stop(process: subprocess.Popen[bytes], seconds: float) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds / 4)
        except subprocess.TimeoutExpired:
            # The service waits for the last scrape; a second signal ends the wait.
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _end_with_parent() -> None:
    """Ends the new process when the demo is killed, and keeps the terminal's Ctrl-C from it: the demo ends it in order."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _end_of(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-5:]
    return "\n".join("  " + line[:300] for line in lines)
