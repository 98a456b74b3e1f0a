# SPDX-License-Identifier: Apache-2.0
"""One service under one attack, and what must hold afterwards."""

from __future__ import annotations

import contextlib
import signal
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from .exposition import Page
from .helpers import Prober, SteadySender
from .known import KnownBatch
from .service import QUICK, Failed, Service, Setup, described
from .steady_sender import CALLS, MODEL, TOKENS
from .wire import NoAnswer

if TYPE_CHECKING:
    from .field import Field


@dataclass(frozen=True)
class Bars:
    """What an attack may cost.

    ``scrape`` are seconds of the slowest scrape, ``rise`` is MiB of resident memory above that before the attack,
    ``peak`` MiB in all, ``cpu`` seconds, ``sender`` seconds of the 99th percentile of another sender. A service with a folder
    may take ``FOLDER`` MiB more.
    """

    scrape: float = 1.0
    rise: float | None = 192
    peak: float | None = None
    cpu: float | None = None
    sender: float = 0.25


FOLDER = 120
"""MiB that a folder may take: what waits for the disk, and calls whose prices are not stored yet."""

USUAL = Bars()
"""For attacks that should hardly be noticed."""


class Siege:
    """Starts the service and measures while the attack runs; afterwards it must live, and count a known batch exactly.

    The attack sets ``accepted`` to the number of spans that the service took, which is compared with the page. ``None``
    skips the comparison, for attacks whose sender cannot know the number.
    """

    def __init__(self, field: Field, setup: Setup = QUICK, bars: Bars = USUAL, label: str = "") -> None:
        self.field = field
        self.bars = bars
        self.label = f"{label}: " if label else ""
        self.accepted: int | None = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        if field.keeps and setup.ledger is None:
            self._folder = tempfile.TemporaryDirectory(prefix="attack-ledger-")
            setup = replace(setup, ledger=Path(self._folder.name) / "ledger")
        self.setup = setup
        self.service = Service(field.binary, setup)
        self._sender: SteadySender | None = None
        self._prober: Prober | None = None

    def __enter__(self) -> Siege:
        try:
            self.service.wait_ready()
            self.before = self.service.page()
            self._memory = self.service.memory()
            self.service.forget_peak()
            self._prober = Prober(self.service.web)
            self._cpu = self.service.cpu
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        """Checks everything; an error of the attack is noted, so that the attack's next siege goes on."""
        try:
            if error is not None:
                self.service.await_end(3)  # what went wrong in the attack may have been its end
            if not self.service.is_alive:
                self._fail(f"the service ended: {self.service.ending}: {self.service.last_words}")
            elif error is None:
                self._verify()
                self._end()
            if isinstance(error, Exception):
                self._fail(described(error))
        except (Failed, NoAnswer, OSError) as failure:
            self._fail(f"afterwards: {described(failure)}")
        finally:
            self._leave()
        return error is None or isinstance(error, Exception)

    def begin_again(self) -> None:
        """Measures from now on, after the service was given what the attack is about."""
        self.service.settled()
        self._memory, self._cpu = self.service.memory(), self.service.cpu
        self.service.forget_peak()

    def send_beside(self) -> None:
        """Starts a well-behaved sender at another address; its answers and its latency are checked in the end."""
        self._sender = SteadySender(self.service.otlp, self.field.random.randrange(1 << 30))

    def end_beside(self) -> None:
        """Ends that sender, which must have been answered 200 always, and within the bar."""
        if self._sender is None:
            return
        found, self._sender = self._sender.result(), None
        self.field.figure("p99 beside", found["p99"], "s")
        if found["others"]:
            self._fail(f"the other sender got {found['others']} beside {found['accepted']} times 200")
        if found["p99"] > self.field.patience(self.bars.sender):
            self._fail(f"the other sender's p99 was {found['p99']:.3f} s, over {self.bars.sender:g} s")
        if found["accepted"] == 0:
            self._fail("the other sender was never answered 200")
        self._beside += found["accepted"] * CALLS
        self.take(found["accepted"] * CALLS)

    def take(self, spans: int) -> None:
        """Notes that so many spans were taken."""
        if self.accepted is not None:
            self.accepted += spans

    def start_again(self, path: str = "/-/ready") -> None:
        """Ends the service by SIGKILL, starts it on the same folder, and waits until a path answers 200."""
        is_probed = self._prober is not None
        self._verify_scrapes()
        self.service.kill()
        begun = time.monotonic()
        self.service = Service(self.field.binary, self.setup)
        self.service.wait_ready(path=path)
        self.field.figure("start", time.monotonic() - begun, "s")
        self._cpu = 0.0
        if is_probed:
            self._prober = Prober(self.service.web)

    def cpu(self) -> float:
        """Seconds of CPU since the attack began."""
        return self.service.cpu - self._cpu

    _beside = 0
    _known: KnownBatch | None = None
    patient = False
    """Whether one SIGTERM must end the service; otherwise it is repeated until it does."""

    def _fail(self, sentence: str) -> None:
        self.field.fail(self.label + sentence)

    def _verify(self) -> None:
        self.end_beside()
        page = self.service.settled()
        self.field.figure("CPU", self.cpu(), "s")
        if self.bars.cpu is not None and self.cpu() > self.bars.cpu:
            self._fail(f"{self.cpu():.2f} s of CPU, over {self.bars.cpu:g} s")
        self._verify_counts()
        self._verify_scrapes()
        self._verify_memory()
        rise = page.received - self.before.received
        if self.accepted is not None and rise != self.accepted:
            self._fail(f"{self.accepted} spans were taken, {rise} are on the page")
        if self.setup.ledger is not None:
            self._verify_ledger()
        if self._beside:
            tokens = page.total("llm_tokens_used_total", model=MODEL, token_type="input")
            if tokens != self._beside * TOKENS:
                self._fail(f"the other sender's {self._beside} calls came to {tokens} input tokens")

    def _end(self) -> None:
        """Ends the service in order."""
        if self.patient:
            self.service.signal(signal.SIGTERM)
            deadline = time.monotonic() + 40
            while not self.service.await_end(0.3) and time.monotonic() < deadline:
                self._scrape_once_more()
            code = self.service.wait_end(0.1)
        else:
            code = self.service.stop()
        if code != 0:
            self._fail(f"SIGTERM ended it with {self.service.ending}")

    def _scrape_once_more(self) -> None:
        """Takes the final state, as the service expects of a scraper that came at even intervals."""
        with contextlib.suppress(OSError, NoAnswer):
            self.service.get("/metrics", timeout=5, headers={"User-Agent": "prober"})

    def _verify_counts(self) -> None:
        """Sends a batch that is known and compares what the counters rose by."""
        before = self.service.settled()
        batch = self._known = KnownBatch.random(self.field.prices, self.field.random)
        answer = self.service.post(batch.body)
        if answer.status != 200:
            self._fail(f"a known batch was answered {answer.status}")
            return
        for difference in list(batch.differences(before, self.service.settled()))[:4]:
            self._fail(f"not exact: {difference}")

    def _verify_ledger(self) -> None:
        """Kills the service; the next one must show the same counters, also after the known batch is sent again."""
        before = self.service.settled()
        journal = before.total("llm_cost_exporter_storage_bytes", what="journal")
        self.field.figure("journal", float(journal) / (1 << 20), "MiB")
        self.start_again()
        # Values that came from a checkpoint or a journal are shown at once, and never lower.
        self._compare("after SIGKILL", before, self.service.page())
        if self._known is not None:
            answer = self.service.post(self._known.body)
            if answer.status != 200:
                self._fail(f"a batch that was sent again was answered {answer.status}")
            self._compare("after SIGKILL and a batch that was sent again", before, self.service.settled())

    def _compare(self, when: str, before: Page, after: Page) -> None:
        """Notes each of the first three samples of calls that differ."""
        wanted, got = before.lasting, after.lasting
        different = [sample for sample in wanted | got if wanted.get(sample) != got.get(sample)]
        for sample in different[:3]:
            self._fail(f"{when}: {sample} is {got.get(sample)} instead of {wanted.get(sample)}")
        if len(different) > 3:
            self._fail(f"{when}: {len(different)} samples differ")

    def _verify_scrapes(self) -> None:
        if self._prober is None:
            return
        found, self._prober = self._prober.result(), None
        self.field.figure("slowest scrape", found["slowest"], "s")
        if found["failed"]:
            self._fail(f"{found['failed']} of {found['count']} scrapes failed: {found['failures']}")
        if found["slowest"] > self.field.patience(self.bars.scrape):
            self._fail(f"a scrape took {found['slowest']:.2f} s, over {self.bars.scrape:g} s")

    def _verify_memory(self) -> None:
        peak = self.service.memory(peak=True)
        rise = peak - self._memory
        self.field.figure("peak", peak, "MiB")
        self.field.figure("rise", rise, "MiB")
        more = FOLDER if self.setup.ledger is not None else 0
        if self.bars.rise is not None and rise > self.bars.rise + more:
            self._fail(f"memory rose by {rise:.0f} MiB, over {self.bars.rise + more:.0f}")
        if self.bars.peak is not None and peak > self.bars.peak + more:
            self._fail(f"memory reached {peak:.0f} MiB, over {self.bars.peak + more:.0f}")

    def _leave(self) -> None:
        for helper in (self._sender, self._prober):
            if helper is not None:
                helper.kill()
        self.service.kill()
        if self._folder is not None:
            self._folder.cleanup()
