# SPDX-License-Identifier: Apache-2.0
"""A disk of a few megabytes that only the service sees, and that becomes full."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from Attack.field import Field, Skipped
from Attack.service import poll

from ..counters import Watcher
from .disks import await_failure, finish, probe
from ..lives import Birth, Lives
from ..senders import PlainSender, Record
from ..traffic import Traffic


class SmallDisk:
    """A file system in memory, in a mount namespace of its own that outlives the service; a context manager."""

    def __init__(self, place: Path, size: str) -> None:
        """Mounts it.

        Raises ``Skipped`` where this is not allowed.
        """
        self.place = place
        place.mkdir()
        mount = f"mount -t tmpfs -o size={size},mode=700 storm '{place}' && echo ready && exec sleep 3600"
        try:
            self._holder = subprocess.Popen(
                ["unshare", "--mount", "sh", "-c", mount], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        except FileNotFoundError:
            raise Skipped("there is no unshare, which gives the service a disk of its own") from None
        if self._holder.stdout is None or self._holder.stdout.readline() != "ready\n":
            said = self._holder.communicate()[1].strip()
            raise Skipped(f"no small disk can be mounted: {said}")

    def __enter__(self) -> SmallDisk:
        return self

    def __exit__(self, *_: object) -> None:
        self._holder.kill()
        self._holder.communicate()

    @property
    def launcher(self) -> tuple[str, ...]:
        """A command that executes another one where the disk is seen."""
        return ("nsenter", f"--target={self._holder.pid}", "--mount")

    def resize(self, size: str) -> None:
        command = [*self.launcher, "mount", "-o", f"remount,size={size}", str(self.place)]
        subprocess.run(command, check=True, capture_output=True)


def small_disk(field: Field) -> None:
    """A disk becomes full, is killed while it is, gets room and goes on; nothing is lost or doubled"""
    with Lives(field.binary, disk=False) as lives, SmallDisk(lives.place / "disk", "1m") as disk:
        lives.data = disk.place / "data"
        birth = Birth(launcher=disk.launcher)
        service = lives.start(birth)
        watcher = Watcher(lives.ports[1])
        watcher.start()
        record = Record()
        senders = [PlainSender(lives.ports[0], Traffic(field.random.getrandbits(32)), record, 0.01) for _ in range(2)]
        for sender in senders:
            sender.start()
        for size, is_killed in field.size([("2m", False), ("3m", True), ("16m", False)], [("2m", True), ("16m", False)]):
            await_failure(service)
            # The rows may fail before the journal does, which still takes bodies then.
            poll("a refused body", lambda: probe(service, field.random) == 503, 20, every=0.05)
            field.expect(service.get("/-/ready").status == 503, "it says that it is ready")
            time.sleep(field.random.uniform(0, 1))
            if is_killed:
                lives.kill()
                # A start on a full disk may refuse; it must not break anything.
                service = lives.begin(birth)
                time.sleep(field.random.uniform(0, 0.5))
                lives.kill()
                disk.resize(size)
                service = lives.start(birth)
            else:
                disk.resize(size)
                poll("readiness", lambda: service.get("/-/ready").status == 200, 30, every=0.05)
        finish(field, lives, watcher, senders, record)
        field.figure("refusals", sum(sender.refusals["503"] for sender in senders), "")
        field.figure("slowest start", lives.slowest_start, "s")
