# SPDX-License-Identifier: Apache-2.0
"""A monotonic clock that begins anew, as after a reboot: ``python clocks.py SECONDS COMMAND …`` executes a command whose
monotonic clock shows about so many seconds.

The command gets a time namespace of its own. The process stays the same, so that signals reach the command.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time

_CLONE_NEWTIME = 0x80


def enter_new_clock(seconds: int) -> None:
    """Moves this process to a time namespace.

    Raises ``OSError`` where the kernel or the user's rights do not allow it.
    """
    library = ctypes.CDLL(None, use_errno=True)

    def call(function: str, *arguments: int) -> None:
        if getattr(library, function)(*arguments) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))

    call("unshare", _CLONE_NEWTIME)
    offset = seconds - int(time.clock_gettime(time.CLOCK_MONOTONIC))
    boot = seconds - int(time.clock_gettime(time.CLOCK_BOOTTIME))
    with open("/proc/self/timens_offsets", "w", encoding="ascii") as offsets:
        offsets.write(f"monotonic {offset} 0\nboottime {boot} 0\n")
    descriptor = os.open("/proc/self/ns/time_for_children", os.O_RDONLY)
    call("setns", descriptor, _CLONE_NEWTIME)
    os.close(descriptor)


def main() -> None:
    enter_new_clock(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
