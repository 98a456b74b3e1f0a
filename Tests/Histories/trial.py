# SPDX-License-Identifier: Apache-2.0
"""One service with its histories."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from Attack.service import Failed, Service, Setup, poll

from . import calendars, kept, sent
from .asking import Asker, Kept, Refused
from .checks import costs, finance, langfuse, overviews, singles

Check = Callable[[Kept, Asker, int, int], Iterator[str]]

# 1 July 2020 and 10 November 2026 in minutes since 1970: all calls are between, and no question is about a time before 2020 or the present.
_BEGIN, _END = 26_559_360, 29_904_960
# Costs have the most to ask for.
_CHECKS: list[Check] = [costs.check] * 8 + [overviews.top] * 3 + [
    overviews.summary, overviews.changes, overviews.values, singles.trace, singles.span, singles.session, singles.export]
_EVERYTHING = {"from": "2020-01-01", "to": "2099-01-01", "tz": "UTC"}
_MOST_FAULTS = 10


class Trial:
    """Sends histories to a service and asks it."""

    def __init__(self, binary: Path, seed: int, histories: int, questions: int) -> None:
        self._binary, self._rng = binary, random.Random(seed)
        self._lacks = self._rng.choice(sent.LACKS)
        self._histories = self._made(histories)
        self._questions = questions
        self.asked = 0
        self.left_out: list[str] = []
        """What this version of the service does not have."""

    def _made(self, count: int) -> list[sent.History]:
        rng, counts = self._rng, sent.Counts()
        moments = [minute for zone in calendars.ZONES for minute in calendars.changes(zone, _BEGIN, _END)]
        made = []
        for _ in range(count):
            length = rng.choice([60, 1_440, 10 * 1_440, 70 * 1_440])
            middle = rng.choice(moments) if rng.random() < 0.6 else rng.randrange(_BEGIN, _END)
            first = min(max(middle - rng.randrange(length), _BEGIN), _END - length)
            made.append(sent.history(rng, first, first + length, rng.randrange(3, 120), counts, self._lacks))
        return made

    @property
    def calls(self) -> int:
        """The number of calls that are sent."""
        return sum(len(history.calls) for history in self._histories)

    def faults(self) -> Iterator[str]:
        """What does not hold, at most ten of each kind of question."""
        with TemporaryDirectory(prefix="histories-") as folder:
            setup = Setup(sent.SETTINGS, ledger=Path(folder) / "ledger")
            # The second process knows of the traces and sessions of the first one only what is stored. Its settings may have further
            # dimensions, of which the calls of the first one have no values, in whichever quarters of an hour they are.
            with _running(self._binary, replace(setup, settings=sent.settings(self._lacks))) as service:
                self._send(service, 0)
                service.settled()
            with _running(self._binary, setup) as service:
                self._send(service, 1)
                asker = Asker(service.web)
                poll("the stored calls", lambda: _stored(asker) == self.calls, 120, every=0.2)
                exported = kept.read_lines(asker.text("/api/v1/export", _EVERYTHING | {"format": "jsonl"}))
                sent_calls = [call for history in self._histories for call in history.calls]
                yield from list(kept.differences(sent_calls, exported, self._binary))[:_MOST_FAULTS]
                calls = Kept(exported, self._rng)
                checks = _CHECKS + ([langfuse.metrics] * 2 if self._has(asker, langfuse.PATH) else [])
                yield from self._asked(calls, asker, checks, self._questions)
                yield from self._asked(calls, asker, [finance.focus], 1, self._histories[: 1 + len(self._histories) // 50])
            yield from _unsound(self._binary, Path(folder) / "ledger")
            # Without calls, roll-ups have to answer alone.
            without = replace(setup, settings=sent.SETTINGS | {"storage": sent.SETTINGS["storage"] | {"calls": False}})
            with _running(self._binary, without) as service:
                yield from self._asked(calls, Asker(service.web), [costs.check_rollups], max(1, self._questions // 4))
        # And without a folder, memory has to answer.
        with _running(self._binary, Setup(sent.SETTINGS | {"storage": sent.SETTINGS["storage"] | {"memory_calls": 100_000}})) as service:
            for place in range(2):
                self._send(service, place)
            asker = Asker(service.web)
            if self._keeps(asker):
                poll("the calls in memory", lambda: _stored(asker) == self.calls, 120, every=0.2)
                calls = Kept(kept.read_lines(asker.text("/api/v1/export", _EVERYTHING | {"format": "jsonl"})), self._rng)
                yield from self._asked(calls, asker, _CHECKS, max(1, self._questions // 8))

    def _has(self, asker: Asker, path: str) -> bool:
        """Whether the service describes a question."""
        has = path in asker.json("/api/v1/openapi.json")["paths"]
        self.left_out += [] if has else [path]
        return has

    def _keeps(self, asker: Asker) -> bool:
        """Whether a service without a folder keeps calls."""
        try:
            asker.text("/api/v1/summary")
        except Refused as refusal:
            if str(refusal).startswith("409"):
                self.left_out.append("memory")
                return False
        return True

    def _send(self, service: Service, place: int) -> None:
        """Sends the first or the second body of each history."""
        for history in self._histories:
            if (answer := service.post(history.bodies[place])).status != 200:
                raise Failed(f"a body was answered {answer.status}: {answer.body!r}")

    def _asked(
        self, calls: Kept, asker: Asker, checks: Sequence[Check], questions: int, about: Sequence[sent.History] | None = None
    ) -> Iterator[str]:
        """Asks so many questions about each history."""
        told: dict[str, int] = {}
        for history in about or self._histories:
            for _ in range(questions):
                check = self._rng.choice(checks)
                name = f"{check.__module__.rpartition('.')[2]}.{check.__name__}"
                self.asked += 1
                try:
                    found = list(check(calls, asker, history.first, history.last))
                except Refused as refusal:
                    found = [f"answered {refusal}"]
                for fault in found[:3]:
                    told[name] = told.get(name, 0) + 1
                    if told[name] <= _MOST_FAULTS:
                        yield f"{name}: {asker.last}: {fault}"
        yield from (f"{name}: {count} faults in all" for name, count in told.items() if count > _MOST_FAULTS)


@contextmanager
def _running(binary: Path, setup: Setup) -> Iterator[Service]:
    """A process that is killed afterwards, with all that it answered."""
    service = Service(binary, setup)
    try:
        service.wait_ready()
        yield service
    finally:
        service.kill()


def _unsound(binary: Path, folder: Path) -> Iterator[str]:
    """What the command `ledger check` finds in a folder."""
    done = subprocess.run([binary, "ledger", "check", "--storage.path", folder], capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        yield f"ledger check: {done.stdout.strip()[-500:]} {done.stderr.strip()[-500:]}"


def _stored(asker: Asker) -> int:
    try:
        return int(asker.json("/api/v1/summary", _EVERYTHING)["totals"]["calls"])
    except Refused:
        return 0  # There are no rows yet.
