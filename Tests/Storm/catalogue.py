# SPDX-License-Identifier: Apache-2.0
"""The list of all trials."""

from __future__ import annotations

from collections.abc import Callable

from Attack.field import Attack, Field

from .trials.clock_steps import clock_steps
from .trials.copies import copies
from .trials.disks import failing_disk
from .trials.folders import clocks, refused_folders, torn_tails
from .trials.kills import kills, recordings
from .trials.small_disk import small_disk


def trials(kill_count: int) -> list[Attack]:
    """All trials; a new one is a line here."""

    def listed(name: str, run: Callable[[Field], None], about: str | None) -> Attack:
        return Attack(name, (about or "").strip().splitlines()[0], run, short=True, idle=False)

    return [
        listed("kills", lambda field: kills(field, kill_count), kills.__doc__),
        listed("recordings", lambda field: recordings(field, kill_count), recordings.__doc__),
        listed("failing-disk", failing_disk, failing_disk.__doc__),
        listed("small-disk", small_disk, small_disk.__doc__),
        listed("copies", copies, copies.__doc__),
        listed("torn-tails", torn_tails, torn_tails.__doc__),
        listed("refused-folders", refused_folders, refused_folders.__doc__),
        listed("clocks", clocks, clocks.__doc__),
        listed("clock-steps", clock_steps, clock_steps.__doc__),
    ]
