# SPDX-License-Identifier: Apache-2.0
"""The service under attack: started on ports of its own, watched through /proc, never left behind."""

from __future__ import annotations

import atexit
import json
import os
import re
import shlex
import signal
import subprocess
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from .exposition import Page
from .wire import HOST, Answer, Connection, NoAnswer, head, post

T = TypeVar("T")
_running: set[Service] = set()


class Failed(Exception):
    """What was awaited did not happen."""


def described(error: Exception) -> str:
    """An error in one line, with the place in the attack that met it."""
    places = [place for place in traceback.extract_tb(error.__traceback__) if "families" in place.filename]
    place = places[-1] if places else traceback.extract_tb(error.__traceback__)[-1]
    kind = "" if isinstance(error, Failed) else f"{type(error).__name__}: "
    return f"{kind}{error} ({Path(place.filename).name}:{place.lineno})"


def poll(what: str, look: Callable[[], T | None], seconds: float = 30, every: float = 0.02) -> T:
    """Looks until there is something to see.

    Raises ``Failed`` when the deadline passes.
    """
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if seen is not None and seen is not False:
            return seen
        if time.monotonic() > deadline:
            raise Failed(f"{what}: not within {seconds:g} s")
        time.sleep(every)


@dataclass(frozen=True)
class Setup:
    """How the service is started.

    ``prologue`` is shell that runs before it in the same process, for limits and descriptors. The usual soft limit of
    descriptors is the default, since the harness has raised its own. ``launcher`` are words of a command that executes the
    service, in the same process. ``ports`` are those of spans and of the page; 0 means any free one.
    ``stderr`` is a descriptor for standard error; without one the log is a file that is read for the ports.
    ``ledger`` is the folder that the service keeps, if any.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    prologue: str = "ulimit -Sn 1024"
    launcher: tuple[str, ...] = ()
    ports: tuple[int, int] = (0, 0)
    stderr: int | None = None
    ledger: Path | None = None


QUICK = Setup({"billing": {"settle": "200ms"}})
"""Calls are decided soon, so that an attack need not wait for them."""


class Service:
    """One process of ``llm-cost-exporter serve``."""

    def __init__(self, binary: Path, setup: Setup = QUICK) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="attack-")
        self.folder = Path(self._folder.name)
        self.settings = self.folder / "settings.yaml"
        self.settings.write_text(json.dumps(setup.settings))  # JSON is YAML
        self.log = self.folder / "log"
        otlp, web = (f"{HOST}:{port}" for port in setup.ports)
        command = [*setup.launcher, str(binary), "serve", "--otlp.listen-address", otlp, "--web.listen-address", web]
        command += ["--config.file", str(self.settings), *setup.arguments]
        if setup.ledger is not None:
            command += ["--storage.path", str(setup.ledger)]
        command = ["sh", "-c", f"{setup.prologue}\nexec {shlex.join(command)}"]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log if setup.stderr is None else setup.stderr
            )
        _running.add(self)
        self.pid = self._process.pid
        self._ports: tuple[int, int] | None = None

    # Life

    def wait_ready(self, seconds: float = 60, every: float = 0.02, path: str = "/-/ready") -> None:
        """Waits until both listeners are open and a path answers 200, and asks at that interval.

        Raises ``Failed`` when the process ends or the deadline passes.
        """
        poll("the service to be ready", lambda: self._is_ready(path), seconds, every)

    def _is_ready(self, path: str) -> bool:
        if not self.is_alive:
            raise Failed(f"the service ended at its start, {self.ending}: {self.last_words}")
        self._ports = self._ports or self._logged_ports() or self._bound_ports()
        try:
            return self._ports is not None and self.get(path, timeout=2).status == 200
        except (OSError, NoAnswer):
            return False

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    @property
    def is_stopped(self) -> bool:
        """Whether a signal has stopped it, so that it waits for SIGCONT."""
        return Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"

    @property
    def ending(self) -> str:
        """How the process ended, in words."""
        code = self._process.poll()
        if code is None:
            return "still running"
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    @property
    def last_words(self) -> str:
        return " | ".join(self.log.read_text(errors="replace").splitlines()[-2:])[-400:]

    def signal(self, number: signal.Signals) -> None:
        if self.is_alive:
            self._process.send_signal(number)

    def wait_end(self, seconds: float) -> int:
        """Waits for the end of the process and returns its exit code.

        Raises ``Failed`` when the deadline passes.
        """
        if not self.await_end(seconds):
            raise Failed(f"the process did not end within {seconds:g} s")
        return self._process.wait()

    def await_end(self, seconds: float) -> bool:
        """Whether the process ends within so many seconds."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self, seconds: float = 30) -> int:
        """Ends the process as an impatient operator would, by signals until it is gone; returns its exit code."""
        deadline = time.monotonic() + seconds
        while self.is_alive and time.monotonic() < deadline:
            self.signal(signal.SIGTERM)
            self.await_end(0.5)
        return self.wait_end(0.1)

    def kill(self) -> None:
        """Ends the process at once and removes its folder."""
        if self.is_alive:
            self._process.kill()
        self._process.wait()
        self._folder.cleanup()
        _running.discard(self)

    # Ports

    @property
    def otlp(self) -> int:
        """The port that takes spans."""
        return self._known_ports()[0]

    @property
    def web(self) -> int:
        """The port that is scraped."""
        return self._known_ports()[1]

    def _known_ports(self) -> tuple[int, int]:
        if self._ports is None:
            raise Failed("the service never said its ports")
        return self._ports

    def _logged_ports(self) -> tuple[int, int] | None:
        lines = self.log.read_text(errors="replace")
        found = dict(re.findall(r"msg=listening door=(otlp|web) address=\S+:(\d+)[^\n]*\n", lines))
        return (int(found["otlp"]), int(found["web"])) if len(found) == 2 else None

    def _bound_ports(self) -> tuple[int, int] | None:
        """The ports by what the kernel knows, for a service whose log cannot be read."""
        inodes = set()
        try:
            for name in os.listdir(f"/proc/{self.pid}/fd"):
                try:
                    target = os.readlink(f"/proc/{self.pid}/fd/{name}")
                except OSError:
                    continue
                inodes.update(re.findall(r"socket:\[(\d+)\]", target))
        except OSError:
            return None
        ports = []
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                ports.append(int(fields[1].split(":")[1], 16))
        if len(set(ports)) != 2:
            return None
        first, second = sorted(set(ports))
        return (second, first) if _is_web(first) else (first, second) if _is_web(second) else None

    # Requests

    def get(self, path: str, *, timeout: float = 30, headers: Mapping[str, str] | None = None) -> Answer:
        with Connection(self.web, timeout=timeout) as connection:
            return connection.ask(head(path, method="GET", headers=headers))

    def post(
        self, body: bytes, headers: Mapping[str, str] | None = None, *, timeout: float = 60, source: str = HOST
    ) -> Answer:
        """Posts traces on a connection of its own."""
        with Connection(self.otlp, timeout=timeout, source=source) as connection:
            return connection.ask(post(body, headers))

    def post_packed(self, body: bytes, *, timeout: float = 60, source: str = HOST) -> Answer:
        """Posts a body that is gzip already."""
        return self.post(body, {"Content-Encoding": "gzip"}, timeout=timeout, source=source)

    def page(self) -> Page:
        answer = self.get("/metrics")
        if answer.status != 200:
            raise Failed(f"/metrics answered {answer.status}")
        return Page(answer.body.decode())

    def settled(self, seconds: float = 90) -> Page:
        """A page on which nothing waits any more."""

        def look() -> Page | None:
            page = self.page()
            return page if page.pending == 0 and page.backlog == 0 else None

        return poll("all spans to be decided", look, seconds, every=0.1)

    # What it takes

    @property
    def cpu(self) -> float:
        """Seconds of CPU that all its threads took."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self, peak: bool = False) -> float:
        """Resident memory in MiB, or its peak since ``forget_peak``."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        match = re.search(rf"{'VmHWM' if peak else 'VmRSS'}:\s+(\d+)", status)
        if match is None:
            raise Failed("the process has no memory any more")
        return int(match.group(1)) / 1024

    def forget_peak(self) -> None:
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    @property
    def descriptors(self) -> int:
        """Open descriptors."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))


def _is_web(port: int) -> bool:
    try:
        with Connection(port, timeout=2) as connection:
            return connection.ask(head("/-/healthy", method="GET")).status == 200
    except (OSError, NoAnswer):
        return False


@atexit.register
def _kill_all() -> None:
    for service in list(_running):
        service.kill()
