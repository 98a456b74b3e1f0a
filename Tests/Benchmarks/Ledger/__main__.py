# SPDX-License-Identifier: Apache-2.0
"""The command line: see the package's docstring."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

import Benchmarks.Ledger
from Attack.service import Failed

from ..WholeService import bodies
from . import pairs, questions, recovery
from .figures import written

_ROOT = Path(__file__).resolve().parents[3]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="Benchmarks.Ledger",
        description=Benchmarks.Ledger.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--binary", type=Path, default=_ROOT / ".build/release/llm-cost-exporter")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--calls", type=int, default=10_000_000, help="on disk before the kill")
    parser.add_argument("--bodies", type=Path, default=_ROOT / ".build/benchmark-bodies", help="where bodies are kept")
    parser.add_argument("--place", type=Path, default=_ROOT / ".build", help="where folders are made, on a real disk")
    arguments = parser.parse_args()
    if not os.access(arguments.binary, os.X_OK):
        parser.error(f"{arguments.binary} is no program; `make release` builds one")
    if arguments.rounds < 1 or arguments.calls < 1:
        parser.error("--rounds and --calls are 1 or more")
    if len(os.sched_getaffinity(0)) < 2:
        parser.error("two cores are needed, one for the service and one for the sender")

    signal.signal(signal.SIGTERM, _leave)
    try:
        names = {load.file for load in (pairs.MIX, pairs.CALLS, pairs.POSTS)}
        contents = bodies.ready(arguments.bodies.resolve(), names, _say)
        binary, place = arguments.binary.resolve(), arguments.place.resolve()
        measured = pairs.run(contents, binary, place, arguments.rounds, _say)
        figures = pairs.figures(measured) + recovery.measure(binary, place, arguments.calls, _say)
        figures += questions.measure(binary, place, arguments.calls, _say)
    except Failed as failure:
        print(f"could not measure: {failure}", file=sys.stderr)
        return 1
    print(written(figures))
    wrong = [f"WRONG {pair.load.name}: {pair.wrong}" for pair in measured if pair.wrong]
    print("\n" + ("\n".join(wrong) or "Every call was counted exactly, and every body was answered 200."))
    return 1 if wrong or not all(figure.holds for figure in figures) else 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _leave(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
