# SPDX-License-Identifier: Apache-2.0
"""Disks for ledgers: small ones that fill, and slow ones. Each is given to a service by words of its ``Setup``."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path
from types import TracebackType

from ..field import Skipped

_HERE = Path(__file__).resolve().parent
_BUILD = _HERE.parents[2] / ".build"


class SmallDisk:
    """A file system of so many KiB in a name space of mounts of its own; a context manager.

    Raises ``Skipped`` where the machine does not allow to mount one.
    """

    def __init__(self, kibibytes: int) -> None:
        mount = f"mount -t tmpfs -o size={kibibytes}k,mode=700 attack /mnt && echo mounted && exec sleep 3600"
        try:
            self._holder = subprocess.Popen(
                ["unshare", "--mount", "sh", "-c", mount],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        except OSError as error:
            raise Skipped(f"no small disk can be made here ({error})") from error
        if self._holder.stdout is None or self._holder.stdout.readline() != "mounted\n":
            _, said = self._holder.communicate()
            raise Skipped(f"no small disk can be made here ({said.strip()})")
        self.launcher = ("nsenter", f"--mount=/proc/{self._holder.pid}/ns/mnt")
        """The words that let a service see the disk."""
        self.path = Path("/mnt")
        """Where the service sees it."""
        self.here = Path(f"/proc/{self._holder.pid}/root/mnt")
        """Where the harness sees it."""

    def __enter__(self) -> SmallDisk:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._holder.kill()
        self._holder.communicate()

    def fill(self, spare: int) -> None:
        """Takes all room except so many bytes, in a file of its own."""
        with (self.here / "filler").open("wb") as filler:
            filler.write(bytes(max(0, shutil.disk_usage(self.here).free - spare)))

    def make_room(self) -> None:
        (self.here / "filler").unlink()


def slow(milliseconds: int) -> str:
    """The prologue of a service whose disk takes so much longer for each sync.

    Raises ``Skipped`` where no compiler is.
    """
    library = _BUILD / "attack" / "slow_disk.so"
    source = _HERE / "slow_disk.c"
    if not library.exists() or library.stat().st_mtime < source.stat().st_mtime:
        library.parent.mkdir(parents=True, exist_ok=True)
        draft = library.with_suffix(".new")
        try:
            subprocess.run(
                ["cc", "-shared", "-fPIC", "-O1", "-o", draft, source, "-ldl"], check=True, capture_output=True, text=True
            )
        except (OSError, subprocess.CalledProcessError) as error:
            raise Skipped(f"the slow disk cannot be compiled here ({error})") from error
        draft.replace(library)
    return f"ulimit -Sn 1024\nexport ATTACK_SYNC_MS={milliseconds} LD_PRELOAD={shlex.quote(str(library))}"
