# SPDX-License-Identifier: Apache-2.0
"""Shows the simulated company: `make demo`, or `PYTHONPATH=grafana python -m demo`."""
from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from types import FrameType
import urllib.request

from . import past, told, tools
from .children import ChildError, Children, until
from .ledger import Ledger
from .live import Company
from .past import PastError
from .stage import Ports, Stage
from .week import Week


MOST_DAYS = 90


class Ended(Exception):
    """A signal asks the demo to end."""


def main() -> int:
    """Runs the demo; the result is its exit status."""
    arguments = _arguments()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        with _folder(arguments.folder) as folder, Children(folder) as children:
            _run(arguments, folder, children)
    except Ended:
        print("\nended")
    except (ChildError, PastError, FileNotFoundError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    return 0


def _run(arguments: argparse.Namespace, folder: Path, children: Children) -> None:
    found = tools.find(arguments.exporter)
    stage = Stage(found, children, folder, Ports().checked())
    # The last pages are some steps after the last span; no page may be in the future.
    week = Week(int(time.time()) - 3 * arguments.step - 20, arguments.days, arguments.volume, arguments.seed)
    stage.write_settings(week.price_change)
    _say(f"making {week.days} days of a company's AI traffic …")
    began = time.monotonic()
    made = past.make(found, week, stage.target, stage.settings, arguments.step, folder, stage.blocks)
    stage.keep_past(made.sent)
    stage.start_exporter(keeps=True)
    _say(told.past(made, week, stage, time.monotonic() - began))
    if found.alertmanager:
        stage.start_alertmanager()
    stage.start_prometheus()
    if found.grafana:
        stage.start_grafana()
    _say(told.links(stage, week, made))
    if not found.grafana:
        _say(told.paste(stage))
    _live(arguments, stage, week)
    if not arguments.leave:
        _say("Everything keeps running. Ctrl-C ends it.")
        while True:
            children.check()
            time.sleep(1)


def _live(arguments: argparse.Namespace, stage: Stage, week: Week) -> None:
    _say(f"present: the company works for {arguments.minutes:g} minutes; in the second half a provider fails …")
    ledger = Ledger(week.price_change)
    company = Company(stage.endpoint, ledger, arguments.seed)
    is_new = False

    def each_second(share: float) -> None:
        nonlocal is_new
        stage.children.check()
        if share > 0.5 and not is_new:
            # Announces another version of the prices, which the service loads by itself; the prices of today stay.
            is_new = True
            stage.write_settings(week.price_change, "house-prices-2")

    try:
        company.work(arguments.minutes * 60, each_second)
    finally:
        company.close()
    until("the service to count what was sent", 60, lambda: _counted(stage) >= ledger.dollars)
    _say(told.present(ledger, _counted(stage)))


def _counted(stage: Stage) -> Decimal:
    """What the service itself shows; the sum of its exact decimals."""
    with urllib.request.urlopen(f"{stage.web}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    return sum((Decimal(line.rsplit(" ", 1)[1]) for line in lines if line.startswith("llm_cost_dollars_total{")), Decimal(0))


@contextmanager
def _folder(wanted: Path | None) -> Iterator[Path]:
    if wanted:
        wanted.mkdir(parents=True, exist_ok=True)
        yield wanted.resolve()
    else:
        with tempfile.TemporaryDirectory(prefix="llm-cost-demo-", ignore_cleanup_errors=True) as made:
            yield Path(made)


def _end(_number: int, _frame: FrameType | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise Ended


def _say(text: str) -> None:
    print(text, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2, help="minutes of live traffic (default 2)")
    parser.add_argument("--days", type=int, default=7, help="days of the past (default 7)")
    parser.add_argument("--step", type=int, default=120, help="seconds between two samples of the past (default 120)")
    parser.add_argument("--volume", type=float, default=1, help="size of the company (default 1)")
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other requests")
    parser.add_argument("--leave", action="store_true", help="end after the live traffic")
    parser.add_argument("--folder", type=Path, help="keep all files here, in a new folder")
    parser.add_argument(
        "--exporter", type=Path, default=tools.REPOSITORY / ".build/release/llm-cost-exporter", help="the service's program"
    )
    arguments = parser.parse_args()
    if not 4 <= arguments.days <= MOST_DAYS:
        parser.error(f"--days is 4 to {MOST_DAYS}: the events need four days, and the ledger keeps single calls for 100")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
