# SPDX-License-Identifier: Apache-2.0
"""Runs attacks and prints one line for each."""

from __future__ import annotations

import threading
import time
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from .field import Attack, Field, Skipped
from .service import described


class Driver:
    """Runs attacks against one binary and keeps count."""

    def __init__(self, binary: Path, seed: int, short: bool) -> None:
        self._binary, self._seed, self._short = binary, seed, short
        self._printing = threading.Lock()
        self.results: Counter[str] = Counter()

    def run(self, attacks: Sequence[Attack]) -> None:
        """Runs all of them: those that mostly wait side by side in the background, the others in turn.

        A short run measures no time, so that three of the others run at once.
        """
        waiting = [attack for attack in attacks if not attack.idle]
        lanes = [[attack] for attack in attacks if attack.idle]
        lanes += [waiting[lane::3] for lane in range(3)] if self._short else [waiting]
        # Daemons, so that a signal ends the harness at once.
        threads = [threading.Thread(target=self._run_lane, args=(lane,), daemon=True) for lane in lanes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _run_lane(self, attacks: Sequence[Attack]) -> None:
        for attack in attacks:
            self._run_one(attack)

    def _run_one(self, attack: Attack) -> None:
        # A seed of its own, so that `--only` repeats what a whole run did.
        field = Field(self._binary, self._seed ^ zlib.crc32(attack.name.encode()), self._short, attack.keeps)
        begun = time.monotonic()
        remarks: list[str] = []
        try:
            attack.run(field)
            result = "fail" if field.failures else "pass"
        except Skipped as reason:
            result = "skip"
            remarks.append(str(reason))
        except Exception as error:
            result = "fail"
            field.fail(described(error))
        remarks += field.failures
        with self._printing:
            self.results[result] += 1
            figures = f"{field.figures}; " if field.figures else ""
            print(f"{result}  {attack.name:<26} {figures}{time.monotonic() - begun:.1f} s", flush=True)
            for remark in remarks:
                print(f"        {remark}", flush=True)
