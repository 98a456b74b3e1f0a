# SPDX-License-Identifier: Apache-2.0
"""The hungriest bodies in a cgroup of 256 MiB, where the kernel ends a process that takes more."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .. import otlp
from ..catalogue import attack
from ..field import Field, Skipped
from ..service import Setup
from ..siege import Bars
from ..wire import head
from .slow_peers import crowd, send_in_step
from .volume import eight_at_once, smallest_calls, tiny_attributes

_LIMIT = 256 << 20
_ROOT = Path("/sys/fs/cgroup")


@contextmanager
def _cgroup() -> Iterator[Path]:
    """A cgroup with that limit, of version 1 or 2, removed in the end.

    Raises ``Skipped`` where the machine does not allow to make one.
    """
    reasons = []
    for parent, limit in ((_ROOT / "memory", "memory.limit_in_bytes"), (_ROOT, "memory.max")):
        group = parent / f"llm-cost-exporter-attack-{os.getpid()}"
        try:
            if not (parent / "cgroup.procs").exists():
                raise OSError(f"{parent} is no cgroup")
            group.mkdir()
        except OSError as error:
            reasons.append(str(error))
            continue
        try:
            (group / limit).write_text(str(_LIMIT))
            yield group
            return
        except OSError as error:
            reasons.append(str(error))
        finally:
            group.rmdir()
    raise Skipped(f"no cgroup with a memory limit can be made here ({'; '.join(reasons)})")


@attack("cgroup-256", folder=True)
def small_cgroup(field: Field) -> None:
    """The hungriest bodies, alone and eight at once, in a cgroup of 256 MiB."""
    with _cgroup() as group:
        for workers in (2, 8):
            setup = Setup(
                {"billing": {"settle": "1s"}, "otlp": {"workers": workers}},
                prologue=f"echo $$ > {group}/cgroup.procs\nulimit -Sn 1024",
            )
            with field.siege(setup, Bars(rise=None, peak=256), f"{workers} workers") as siege:
                siege.accepted = None
                for body in (smallest_calls(100), tiny_attributes("success", b"")):
                    status = siege.service.post_packed(otlp.packed(body, 6)).status
                    field.expect(status in (200, 413, 503), f"{workers} workers: one body was answered {status}")
                eight_at_once(siege, lambda number: smallest_calls(number + 1))
                eight_at_once(siege, lambda number: tiny_attributes("gen_ai.usage.input_tokens", b""))
                names = [otlp.call(field.random, f"junk-{number}" * 20) for number in range(20_000)]
                siege.service.post_packed(otlp.packed(otlp.request(names)))


@attack("cgroup-256-crowd")
def crowd_in_small_cgroup(field: Field) -> None:
    """500 senders whose bodies of 3 MB stop one byte before their end, in a cgroup of 256 MiB."""
    size = 3_000_000
    opening = head("/v1/traces", headers={"Content-Type": otlp.PROTOBUF, "Content-Length": str(size)})
    with _cgroup() as group:
        setup = Setup({"billing": {"settle": "1s"}}, prologue=f"echo $$ > {group}/cgroup.procs\nulimit -Sn 1024")
        with field.siege(setup, Bars(rise=None, peak=256)) as siege, crowd(siege, 500) as connections:
            send_in_step(connections, opening + bytes(size - 1))
