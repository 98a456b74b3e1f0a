# SPDX-License-Identifier: Apache-2.0
"""The folder of the ledger: bodies that make its journal large, disks that are small, slow or refuse, and ends of the process."""

from __future__ import annotations

import random
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

from .. import otlp
from ..catalogue import attack
from ..disks import SmallDisk, slow
from ..exposition import Page
from ..field import Field
from ..known import KnownBatch
from ..service import QUICK, Service, Setup
from ..siege import Bars, Siege
from ..wire import HOST

_MEBIBYTE = 1 << 20
_LABELS = [{"name": f"label_{number}", "from": [f"span.label.{number}"]} for number in range(8)]


def _journal(page: Page) -> float:
    """MiB of the journal."""
    return float(page.total("llm_cost_exporter_storage_bytes", what="journal")) / _MEBIBYTE


@attack("ledger-texts", short=True, keeps=True)
def texts(field: Field) -> None:
    """100,000 different names and long values of eight labels in each call: the journal grows by what it was sent, and is read again."""
    rng = field.random
    count = field.size(100_000, 600)
    setup = Setup({"billing": {"settle": "200ms"}, "labels": _LABELS})
    with field.siege(setup, Bars(scrape=2.0, rise=256)) as siege:
        sent = 0
        for first in range(0, count, 2_000):
            spans = []
            for number in range(first, min(first + 2_000, count)):
                more: dict[str, otlp.Value] = {
                    f"label.{label}": f"{label}-{rng.getrandbits(64):x}".ljust(240, "x") for label in range(8)
                }
                more |= {"gen_ai.response.model": f"name-{number}-{rng.getrandbits(64):x}", "error.type": f"error-{number}"}
                spans.append(otlp.call(rng, f"model-{number}", f"provider-{number}", input=number % 97 + 1, more=more))
            body = otlp.request(spans)
            sent += len(body)
            answer = siege.service.post_packed(otlp.packed(body))
            field.expect(answer.status == 200, f"a body of names was answered {answer.status}")
            siege.take(len(spans) if answer.status == 200 else 0)
        journal = _journal(siege.service.settled())
        field.expect(
            journal <= sent / _MEBIBYTE + 2, f"{sent / _MEBIBYTE:.1f} MiB of spans became {journal:.1f} MiB of journal"
        )


def _pass_through(number: int, count: int) -> bytes:
    """A body of spans below spans, none of them a call; ids depend on the number of the body."""
    spans = bytearray()
    for index in range(1, count + 1):
        content = b"\x0a\x10" + b"P" * 8 + number.to_bytes(8, "big") + b"\x12\x08" + index.to_bytes(8, "big")
        content += b"\x22\x08" + (index // 2 + count).to_bytes(8, "big")
        spans += b"\x12" + otlp.varint(len(content)) + content
    scope = otlp.text(1, otlp.text(1, b"attack")) + bytes(spans)
    return otlp.text(1, otlp.text(1, b"") + otlp.text(2, scope))


@attack("ledger-pass-through", keeps=True)
def pass_through(field: Field) -> None:
    """Twenty million spans that are no calls, at full speed: 48 bytes of journal each at most, read again within seconds."""
    count = 524_288
    with field.siege(Setup({"billing": {"settle": "1s"}}), Bars(rise=256)) as siege:
        taken = 0
        for number in range(1, 41):
            answer = siege.service.post_packed(otlp.packed(_pass_through(number, count)))
            if answer.status == 503:
                time.sleep(0.2)
                continue
            field.expect(answer.status == 200, f"a body of spans was answered {answer.status}")
            taken += count if answer.status == 200 else 0
        field.expect(taken > 0, "no body was taken")
        siege.take(taken)
        journal = _journal(siege.service.page())
        field.expect(journal <= taken * 48 / _MEBIBYTE + 1, f"{taken} spans became {journal:.0f} MiB of journal")


class _Sender:
    """Sends bodies of calls, and refused ones again until they are taken, as an SDK does; the harness knows their number."""

    def __init__(self, field: Field, siege: Siege) -> None:
        self._field, self._siege = field, siege
        self.refused: list[bytes] = []
        self.calls = 0

    def send(self, count: int) -> int:
        """Sends a body of new calls and returns the status of the answer."""
        rng = self._field.random
        spans = [otlp.call(rng, "gpt-4.1-mini", input=1_000, output=rng.randrange(1, 500)) for _ in range(count)]
        self.calls += count
        body = otlp.packed(otlp.request(spans))
        answer = self._siege.service.post_packed(body)
        if answer.status == 503:
            self.refused.append(body)
            self._field.expect("retry-after" in answer.headers, "a 503 had no Retry-After")
        else:
            self._field.expect(answer.status == 200, f"a body was answered {answer.status}")
        return answer.status

    def send_again(self) -> bool | None:
        """Sends all refused bodies again; true once none is left."""
        self.refused = [body for body in self.refused if self._siege.service.post_packed(body).status != 200]
        return not self.refused or None

    def verify(self) -> None:
        """All calls are on the page, each once."""
        page = self._siege.service.settled()
        calls = page.total("llm_requests_total", model="gpt-4.1-mini")
        tokens = page.total("llm_tokens_used_total", model="gpt-4.1-mini", token_type="input")
        self._field.expect(
            (calls, tokens) == (self.calls, self.calls * 1_000),
            f"{self.calls} calls were sent, {calls} with {tokens} input tokens are on the page",
        )


def _is_ready(siege: Siege) -> bool:
    return siege.service.get("/-/ready").status == 200


@attack("ledger-small-disk", short=True, keeps=True)
def small_disk(field: Field) -> None:
    """A disk that fills: bodies are refused, also after SIGKILL; with room again each call of a sender that retries counts once."""
    with SmallDisk(48 << 10) as disk:
        disk.fill(spare=field.size(10, 2) * _MEBIBYTE)
        setup = replace(QUICK, launcher=disk.launcher, ledger=disk.path / "ledger")
        with field.siege(setup, Bars(rise=192)) as siege:
            siege.accepted = None
            sender = _Sender(field, siege)
            statuses = [sender.send(field.size(2_000, 500)) for _ in range(30)]
            field.expect(statuses[0] == 200 and statuses[-1] == 503, f"bodies were answered {statuses}")
            field.expect(not _is_ready(siege), "it is ready on a full disk")
            page = siege.service.page()
            field.expect(page.total("llm_cost_exporter_storage_failed") == 1, "the gauge does not show the full disk")
            siege.start_again("/-/healthy")
            field.expect(sender.send(2_000) == 503, "after SIGKILL a full disk takes a body")
            field.expect(len(sender.refused) > 1, "only one body was refused")
            disk.make_room()
            field.await_("all bodies to be taken", sender.send_again, 30, every=0.3)
            field.await_("readiness", lambda: _is_ready(siege) or None, 10)
            sender.verify()


@attack("ledger-file-limit", keeps=True)
def file_limit(field: Field) -> None:
    """No file may grow beyond 8 MiB: a segment that cannot grow is left for a new one, and no call is lost."""
    # Only sums in the rows: rows of these calls would be larger than any file may be.
    settings = {**QUICK.settings, "storage": {"calls": False}}
    setup = replace(QUICK, settings=settings, prologue="ulimit -Sn 1024\nulimit -f 16384")
    with field.siege(setup, Bars(rise=160)) as siege:
        siege.accepted = None
        sender = _Sender(field, siege)
        statuses = []
        for _ in range(40):
            statuses.append(sender.send(2_000))
            field.await_("a refused body to be taken", sender.send_again, 30, every=0.3)
        field.expect(503 in statuses, "no file came to its limit")
        sender.verify()


@attack("ledger-slow-disk", keeps=True)
def slow_disk(field: Field) -> None:
    """A disk whose syncs take 100 ms, under 200 senders: they share syncs, and scrapes do not wait."""
    setup = replace(QUICK, prologue=slow(100))
    with field.siege(setup, Bars(rise=192, sender=1.0)) as siege:
        siege.send_beside()
        bodies = 10
        taken: list[int] = []

        def send(seed: int) -> None:
            rng = random.Random(seed)
            for _ in range(bodies):
                answer = siege.service.post(otlp.request([otlp.call(rng) for _ in range(20)]))
                taken.append(20 if answer.status == 200 else 0)

        begun = time.monotonic()
        threads = [threading.Thread(target=send, args=(field.random.getrandbits(48),)) for _ in range(200)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - begun
        field.figure("2,000 bodies in", took, "s")
        field.expect(len(taken) == 2_000 and all(taken), f"{sum(not one for one in taken)} of {len(taken)} bodies were refused")
        # One by one, their syncs would take 200 s.
        field.expect(took <= 20, f"2,000 bodies took {took:.0f} s: they do not share syncs")
        siege.take(sum(taken))


@attack("ledger-sigterm", short=True, keeps=True)
def sigterm(field: Field) -> None:
    """SIGTERM with a folder waits for no scraper and decides nothing early; a second process on the folder is refused."""
    with tempfile.TemporaryDirectory(prefix="attack-ledger-") as folder:
        setup = Setup({"billing": {"settle": "3s"}}, ledger=Path(folder) / "ledger")
        first = Service(field.binary, setup)
        try:
            first.wait_ready()
            for _ in range(4):
                first.get("/metrics", headers={"User-Agent": "Prometheus/2"})
                time.sleep(0.5)
            before = first.page()
            batch = KnownBatch.random(field.prices, field.random)
            field.expect(first.post(batch.body).status == 200, "the batch before the end was refused")
            _refused(field, setup)
            first.signal(signal.SIGTERM)
            begun = time.monotonic()
            field.expect(first.wait_end(20) == 0, f"it ended with {first.ending}")
            field.figure("end after", time.monotonic() - begun, "s")
            field.expect(time.monotonic() - begun < field.patience(1.0), "it waited for a scraper")
        finally:
            first.kill()
        second = Service(field.binary, setup)
        try:
            second.wait_ready()
            field.expect(second.page().pending > 0, "spans were decided before their time")
            for difference in list(batch.differences(before, second.settled()))[:3]:
                field.fail(f"in the next process: {difference}")
            field.expect(second.stop() == 0, f"the next process ended with {second.ending}")
        finally:
            second.kill()


def _refused(field: Field, setup: Setup) -> None:
    """Starts a second process on the folder of the first."""
    command = [str(field.binary), "serve", "--storage.path", str(setup.ledger)]
    command += ["--otlp.listen-address", f"{HOST}:0", "--web.listen-address", f"{HOST}:0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    field.expect(done.returncode == 1, f"a second process on the folder ended with {done.returncode}")
    field.expect("in use by process" in done.stderr, f"a second process on the folder said {done.stderr[-200:]}")
