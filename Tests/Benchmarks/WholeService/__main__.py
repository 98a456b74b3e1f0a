# SPDX-License-Identifier: Apache-2.0
"""The command line: see the package's docstring."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

import Benchmarks.WholeService
from Attack.service import Failed

from . import bodies, rounds, table
from .catalogue import COMPARED, LOADS

_ROOT = Path(__file__).resolve().parents[3]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="Benchmarks.WholeService",
        description=Benchmarks.WholeService.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("loads", nargs="*", metavar="LOAD", help="measure only these")
    parser.add_argument("--list", action="store_true", help="say what there is and run nothing")
    parser.add_argument("--binary", type=Path, default=_ROOT / ".build/release/llm-cost-exporter")
    parser.add_argument("--baseline", type=Path, help="another binary, to compare with")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--bodies", type=Path, default=_ROOT / ".build/benchmark-bodies", help="where bodies are kept")
    parser.add_argument("--page", type=Path, help="a Markdown page to write the table of the binary into")
    arguments = parser.parse_args()

    if arguments.list:
        for load in LOADS:
            print(f"{load.name:<16} {load.title}, {load.unit}")
        return 0
    if unknown := set(arguments.loads) - {load.name for load in LOADS}:
        parser.error(f"no load is named {', '.join(sorted(unknown))}; --list shows them all")
    chosen = [load for load in LOADS if load.name in arguments.loads or not arguments.loads]
    if arguments.rounds < 1:
        parser.error("--rounds is 1 or more")
    for binary in filter(None, (arguments.binary, arguments.baseline)):
        if not os.access(binary, os.X_OK):
            parser.error(f"{binary} is no program; `make release` builds one")
    if len(os.sched_getaffinity(0)) < 2:
        parser.error("two cores are needed, one for the service and one for the sender")

    signal.signal(signal.SIGTERM, _leave)
    try:
        contents = bodies.ready(arguments.bodies.resolve(), set().union(*(load.bodies for load in chosen)), _say)
        baseline = arguments.baseline.resolve() if arguments.baseline else None
        rows = rounds.run(chosen, contents, arguments.binary.resolve(), baseline, arguments.rounds, _say)
    except Failed as failure:
        print(f"could not measure: {failure}", file=sys.stderr)
        return 1
    print(table.comparison(rows) if baseline else table.figures(rows))
    for text in (table.multiples(rows, COMPARED), table.verdict(rows)):
        print(f"\n{text}" if text else "")
    if arguments.page:
        arguments.page.write_text(table.placed(arguments.page.read_text(), table.figures(rows)))
    return 1 if any(sample.wrong for row in rows for sample in row.now + row.before) else 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _leave(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
