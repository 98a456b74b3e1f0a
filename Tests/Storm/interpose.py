# SPDX-License-Identifier: Apache-2.0
"""A disk that fails and stops on order, and a wall clock that is set: a library of ours, preloaded into the service."""

from __future__ import annotations

import hashlib
import mmap
import os
import random
import struct
import subprocess
import tempfile
from pathlib import Path

from Attack.field import Skipped

_SOURCE = Path(__file__).with_name("interpose.c")
_BUILD = Path(__file__).resolve().parents[2] / ".build/storm"

WRITE, PWRITE, SYNC, RENAME, OPEN, UNLINK, TRUNCATE = (1 << bit for bit in range(7))
"""Kinds of operations; they are combined with ``|``."""
EVERY_KIND = WRITE | PWRITE | SYNC | RENAME | OPEN | UNLINK | TRUNCATE
ALWAYS = (1 << 64) - 1

_FIELDS = "operations failed stopped fail_from fail_until stop_at wall_seconds kinds error halves padding".split()
_LAYOUT = struct.Struct("=6Qq4I")


class Interposer:
    """What one service's library does; another service needs another one."""

    def __init__(self, control: Path, folder: Path) -> None:
        self._path, self._folder = control, folder
        self._library = _built()
        control.write_bytes(_LAYOUT.pack(0, 0, 0, ALWAYS, 0, 0, 0, EVERY_KIND, 0, 0, 0))
        with control.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _LAYOUT.size)

    @property
    def prologue(self) -> str:
        """Shell that lets the next program load the library."""
        return (
            f"export STORM_FOLDER='{self._folder}' STORM_CONTROL='{self._path}' LD_PRELOAD='{self._library}'"
        )

    def fail(self, error: int, kinds: int, after: int = 0, count: int = ALWAYS, halves: bool = False) -> None:
        """Lets operations of these kinds fail, after so many that succeed, and so many times.

        With ``halves`` the first one that fails is a write that stores half of its bytes first.
        """
        self._set(fail_from=ALWAYS, fail_until=0)
        self._set(kinds=kinds, error=error, halves=int(halves))
        first = self["operations"] + 1 + after
        self._set(fail_until=min(ALWAYS, first + count), fail_from=first)

    def recover(self) -> None:
        """Lets every operation succeed again."""
        self._set(fail_from=ALWAYS, fail_until=0)

    def stop_after(self, operations: int, kinds: int = EVERY_KIND, halves: bool = False) -> None:
        """Stops the process after so many more operations of these kinds, or in the middle of a write."""
        self._set(stop_at=0, kinds=kinds, halves=int(halves), stopped=0)
        self._set(stop_at=self["operations"] + operations)

    def stop_nowhere(self) -> None:
        """Takes back ``stop_after``; an operation that is under way may still stop the process."""
        self._set(stop_at=0)

    def cut_power(self, copy: Path, rng: random.Random) -> None:
        """Makes a copy of the folder what a power cut might leave of it.

        Each file loses bytes that were not synced, all of them or some, and files go whose names were not stored. A file that
        was renamed keeps its new name, as file systems do that write names in order. A segment may keep its size, with zeros for
        what it loses.
        """
        sizes: dict[str, int] = {}
        new: set[str] = set()
        moved = ""
        for line in self._path.with_name(f"{self._path.name}.history").read_text().splitlines():
            event, size, path = line.split(" ", 2)
            name = Path(path).name
            match event:
                case "C":
                    new.add(name)
                    sizes[name] = 0
                case "S":
                    sizes[name] = max(sizes.get(name, 0), int(size))
                case "D":
                    new.clear()
                case "F":
                    moved = name
                case _:
                    sizes[name] = sizes.pop(moved, 0)
                    new.discard(moved)
        for file in list(copy.iterdir()):
            kept = sizes.get(file.name, 0)
            if file.name in new and rng.random() < 0.5:
                file.unlink()
            elif file.name.endswith(".journal"):
                _cut_segment(file, kept, rng)
            elif file.stat().st_size > kept and file.name != "lock":
                os.truncate(file, rng.choice([kept, rng.randint(kept, file.stat().st_size)]))

    def set_wall_clock(self, seconds: int) -> None:
        """Sets the wall clock so many seconds ahead of the machine's; behind it if negative."""
        self._set(wall_seconds=seconds)

    def __getitem__(self, name: str) -> int:
        value: int = _LAYOUT.unpack(self._memory[:])[_FIELDS.index(name)]
        return value

    def _set(self, **values: int) -> None:
        for name, value in values.items():
            index = _FIELDS.index(name)
            offset = 8 * index if index < 7 else 56 + 4 * (index - 7)
            kind = "=Q" if index < 6 else "=q" if index == 6 else "=I"
            struct.pack_into(kind, self._memory, offset, value)


def _cut_segment(file: Path, kept: int, rng: random.Random) -> None:
    """Takes bytes behind a size from a segment, and sometimes the room behind them."""
    size, end = file.stat().st_size, len(file.read_bytes().rstrip(b"\0"))
    if end > kept:
        os.truncate(file, rng.choice([kept, rng.randint(kept, end)]))
    if rng.random() < 0.5:
        os.truncate(file, size)


def _built() -> Path:
    """The library, compiled once for each text of its source."""
    digest = hashlib.sha256(_SOURCE.read_bytes()).hexdigest()[:16]
    library = _BUILD / f"interpose-{digest}.so"
    if library.exists():
        return library
    _BUILD.mkdir(parents=True, exist_ok=True)
    # Trials run side by side, and each may be the first.
    with tempfile.TemporaryDirectory(dir=_BUILD) as folder:
        draft = Path(folder) / library.name
        command = ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", str(draft), str(_SOURCE), "-ldl"]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except FileNotFoundError:
            raise Skipped("there is no C compiler to build the library that lets the disk fail") from None
        draft.rename(library)
    return library
