# SPDX-License-Identifier: Apache-2.0
"""Plays the simulated week and evaluates every query of the dashboards and rules: `python -m demo.proof`.

The exit status is 1 if a query fails, if one is empty without a stated reason, or if the counters differ from the sender's books.
"""
from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from .. import tools
from ..children import ChildError, Children
from ..past import PastError
from . import books, reasons, rules
from .dashboards import Dashboard, Result
from .play import Scene, play

TOLERANCE = Decimal("0.01")
"""`increase` extrapolates to the ends of its range."""
SPEND = {"spend: Cost in this range: A"} | {f"{of}: A by {label}" for of in ("spend: Label by model", "attribution: All values")
                                            for label in ("agent", "team", "user")}
"""Instant queries whose values add up to the spend of their range."""


def main() -> int:
    """Runs the proof; the result is its exit status."""
    arguments = _arguments()
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="llm-cost-proof-") as made, Children(Path(made)) as children:
            scene = play(
                arguments.exporter, Path(made), children, arguments.days, arguments.volume, arguments.step, arguments.requests
            )
            played = time.monotonic() - began
            results = list(_results(scene))
            faults = list(_faults(scene, results))
    except (ChildError, PastError, FileNotFoundError) as error:
        print(f"proof: {error}", file=sys.stderr)
        return 1
    for fault in faults:
        print(fault)
    print(
        f"{len(results)} queries, {sum(not result.values for result in results)} of them empty; {len(faults)} faults; "
        f"played in {played:.1f} s, evaluated in {time.monotonic() - began - played:.1f} s"
    )
    return 1 if faults else 0


def _results(scene: Scene) -> Iterator[Result]:
    for path in tools.dashboard_files():
        yield from Dashboard(path, scene.server, scene.end, scene.scrape).results()
    yield from rules.results(rules.load(tools.rule_files()), scene.server, scene.end)


def _faults(scene: Scene, results: list[Result]) -> Iterator[str]:
    yield from (f"error: {result}" for result in results if result.error)
    yield from (f"empty: {result}" for result in reasons.unexplained(results))
    yield from (f"exception that matches no query: {pattern}" for pattern in reasons.idle(results))
    for rule in scene.server.rules():
        if rule["health"] == "err":
            yield f"rule: {rule['name']}: {rule['lastError']}"
    first = scene.week.start - 3_600
    for difference in books.differences(scene.server, scene.made.ledger, first, scene.made.end):
        yield f"past: {difference}"
    for difference in books.differences(scene.server, scene.ledger, scene.began, scene.end):
        yield f"present: {difference}"
    yield from _spend(scene, results)


def _spend(scene: Scene, results: list[Result]) -> Iterator[str]:
    """Whether panels show the spend of their range."""
    yield from (f"spend: there is no query {name}" for name in sorted(SPEND - {result.where for result in results}))
    for result in results:
        if result.where not in SPEND:
            continue
        shown = Decimal(str(sum(value for _, value in result.series)))
        start = scene.end - 7 * 86_400
        spent = scene.made.ledger.dollars_between(start, scene.end) + scene.ledger.dollars
        if abs(shown - spent) > TOLERANCE * spent:
            yield f"spend: {result.where} shows ${shown:.4f}, the sender's books have ${spent:.4f}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="demo.proof", description=__doc__)
    parser.add_argument("--days", type=int, default=15, help="days of the past (default 15)")
    parser.add_argument("--volume", type=float, default=1, help="size of the company (default 1)")
    parser.add_argument("--step", type=int, default=120, help="seconds between two samples of the past (default 120)")
    parser.add_argument("--requests", type=int, default=10, help="live requests of each kind in each of three parts (default 10)")
    parser.add_argument(
        "--exporter", type=Path, default=tools.REPOSITORY / ".build/release/llm-cost-exporter", help="the service's program"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
