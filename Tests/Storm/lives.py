# SPDX-License-Identifier: Apache-2.0
"""One service after the other on one folder, always at the same ports."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from Attack.service import Failed, Service, Setup
from Attack.wire import HOST

from .interpose import Interposer

_CLOCKS = Path(__file__).with_name("clocks.py")


@dataclass(frozen=True)
class Birth:
    """How a service is started."""

    settle: str = "2s"
    reboots: bool = False
    """Whether its monotonic clock begins anew."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    launcher: tuple[str, ...] = ()
    """Words of a command that executes it."""


class Lives:
    """The lives of a service with a folder; a context manager that ends the last one."""

    def __init__(self, binary: Path, data: Path | None = None, disk: bool = True) -> None:
        """Uses a folder of its own unless ``data`` is one; ``disk`` is whether its operations are watched."""
        self._binary = binary
        self._temporary = TemporaryDirectory(prefix="storm-")
        self.place = Path(self._temporary.name)
        self.data = data or self.place / "data"
        self.disk = Interposer(self.place / "control", self.data) if disk else None
        self.ports = _free_port(), _free_port()
        self._service: Service | None = None
        self.slowest_start = 0.0

    def __enter__(self) -> Lives:
        return self

    def __exit__(self, *_: object) -> None:
        if self._service is not None:
            self._service.signal(signal.SIGCONT)
            self._service.kill()
        self._temporary.cleanup()

    @property
    def service(self) -> Service:
        if self._service is None:
            raise Failed("no service was started")
        return self._service

    def begin(self, birth: Birth = Birth()) -> Service:
        """Starts a service without waiting for it; the one before must have ended."""
        if self._service is not None:
            self._service.kill()
        prologue = "ulimit -Sn 1024" + (f"\n{self.disk.prologue}" if self.disk else "")
        launcher = (sys.executable, "-B", str(_CLOCKS), "1") if birth.reboots else birth.launcher
        setup = Setup(
            {"billing": {"settle": birth.settle}} | dict(birth.settings),
            arguments=("--storage.path", str(self.data), *birth.arguments),
            prologue=prologue,
            launcher=launcher,
            ports=self.ports,
        )
        self._service = Service(self._binary, setup)
        return self._service

    def start(self, birth: Birth = Birth(), seconds: float = 60) -> Service:
        """Starts a service, and waits until it is ready."""
        begun = time.monotonic()
        service = self.begin(birth)
        service.wait_ready(seconds, every=0.01)
        self.slowest_start = max(self.slowest_start, time.monotonic() - begun)
        return service

    def kill(self) -> None:
        """Ends the service as the system does when there is no memory."""
        self.service.signal(signal.SIGKILL)
        self.service.wait_end(30)


def can_reboot() -> str | None:
    """Why clocks cannot begin anew on this machine; ``None`` if they can."""
    done = subprocess.run([sys.executable, "-B", str(_CLOCKS), "1", "/bin/true"], capture_output=True, text=True)
    return None if done.returncode == 0 else done.stderr.strip().splitlines()[-1]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
