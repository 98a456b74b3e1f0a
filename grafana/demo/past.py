# SPDX-License-Identifier: Apache-2.0
"""The past: `replay` prints what a server would have scraped, promtool makes blocks of it, `import` fills the ledger."""
from __future__ import annotations

import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from . import otlp
from .ledger import Ledger
from .spans import SECOND, Span, Trace
from .tools import Tools
from .week import HOUR, Week

BLOCK = "54h"
"""promtool reads its whole input again for each block, so that blocks of its usual two hours would take minutes."""


class PastError(Exception):
    """A program that makes the past failed; the text has its message."""


@dataclass(frozen=True)
class Target:
    """What Prometheus calls the service."""

    job: str
    instance: str

    @property
    def labels(self) -> dict[str, str]:
        """The labels that a scrape adds."""
        return {"job": self.job, "instance": self.instance}


@dataclass(frozen=True)
class Past:
    """The company's past.

    Attributes:
        ledger: The sender's own books.
        spans: All spans, sent once.
        end: The time of the last page, in seconds since 1970.
        sent: The file with the bodies, one a line.
        failed: The id of a trace of the hour in which a provider failed, with twins; `None` if there is none.
    """

    ledger: Ledger
    spans: int
    end: int
    sent: Path
    failed: str | None


def make(tools: Tools, week: Week, target: Target, settings: Path, step: int, folder: Path, blocks: Path) -> Past:
    """Makes the blocks of a week.

    Args:
        settings: The settings of the service.
        step: Seconds between two pages.
        folder: For files on the way.
        blocks: Where Prometheus will find the blocks.
    """
    ledger = Ledger(week.price_change)
    spans: list[Span] = []
    failed: str | None = None
    for trace in week.traces():
        if not failed and week.failure <= trace.spans[0].start // SECOND < week.failure + HOUR and _is_telling(trace):
            failed = f"{trace.trace_id:032x}"
        ledger.add(trace)
        spans += trace.spans
    sent = folder / "week.jsonl"
    with sent.open("w") as file:
        for body, again in otlp.bodies(spans, week.seed):
            file.write(body + "\n")
            ledger.add_again(again)
    pages = folder / "week.openmetrics"
    labels = [part for name, value in target.labels.items() for part in ("--label", f"{name}={value}")]
    with pages.open("wb") as file:
        _run([tools.exporter, "replay", "--config.file", settings, "--step", f"{step}s", *labels, sent], file)
    with pages.open("r+") as file:
        end = _add_target(file, spans, week, target, step)
    _run([tools.promtool, "tsdb", "create-blocks-from", "openmetrics", f"--max-block-duration={BLOCK}", "-q", pages, blocks])
    pages.unlink()
    return Past(ledger, len(spans), end, sent, failed)


def keep(tools: Tools, settings: Path, sent: Path, folder: Path) -> None:
    """Brings the bodies of a file into a ledger, under their own dates.

    Args:
        settings: The settings of the service.
        sent: The file.
        folder: The folder of the ledger, in which a service has run.
    """
    _run([tools.exporter, "import", "--storage.path", folder, "--config.file", settings, sent])


def _is_telling(trace: Trace) -> bool:
    """Whether a trace has both a twin and a call that failed."""
    return any(span.fate == "twin" for span in trace) and any(span.error for span in trace)


def _run(command: list[object], output: BinaryIO | int = subprocess.DEVNULL) -> None:
    done = subprocess.run(list(map(str, command)), stdout=output, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise PastError(f"{command[0]} failed:\n{done.stderr.decode(errors='replace')[-2000:]}")


def _add_target(file: TextIO, spans: list[Span], week: Week, target: Target, step: int) -> int:
    """Adds what a server or the process itself would have had in addition, and returns the time of the last page."""
    file.seek(0, 2)
    file.seek(file.tell() - len("# EOF\n"))
    # The service began when its first page does.
    first = min(span.end for span in spans) // SECOND // step * step
    # Calls wait up to 20 s, and a new series is at 0 on its first page.
    last = week.end + 20 + 2 * step + 1
    times = range(first, last, step)
    own = ",".join(f'{name}="{value}"' for name, value in target.labels.items())
    for name, value in (
        ("up", 1),
        ("process_start_time_seconds", first),
        ("llm_cost_exporter_config_last_reload_successful", 1),
        ("llm_cost_exporter_config_last_reload_success_timestamp_seconds", first),
    ):
        file.write(f"# TYPE {name} gauge\n")
        file.writelines(f"{name}{{{own}}} {value} {time}\n" for time in times)
    name = "llm_cost_exporter_last_span_timestamp_seconds"
    file.write(f"# TYPE {name} gauge\n")
    for service, arrivals in _arrivals(spans).items():
        file.writelines(f'{name}{{{own},service="{service}"}} {seen} {time}\n' for time, seen in _latest(arrivals, times))
    file.write("# EOF\n")
    return times[-1]


def _arrivals(spans: Iterable[Span]) -> dict[str, list[int]]:
    """The ends of spans in seconds, in order, by service."""
    arrivals: dict[str, list[int]] = defaultdict(list)
    for span in spans:
        arrivals[span.service].append(span.end // SECOND)
    return {service: sorted(ends) for service, ends in sorted(arrivals.items())}


def _latest(arrivals: list[int], times: range) -> Iterator[tuple[int, int]]:
    """For each time after the first arrival, the latest arrival at or before it."""
    position = 0
    for time in times:
        while position < len(arrivals) and arrivals[position] <= time:
            position += 1
        if position:
            yield time, arrivals[position - 1]
