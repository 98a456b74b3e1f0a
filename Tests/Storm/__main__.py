# SPDX-License-Identifier: Apache-2.0
"""The command line: see the package's docstring."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path
from types import FrameType

import Storm
from Attack.driver import Driver

from .catalogue import trials

_ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="Storm", description=Storm.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--list", action="store_true", help="say what there is and run nothing")
    parser.add_argument("--only", action="append", metavar="NAME", help="run this one; may be given several times")
    parser.add_argument("--short", action="store_true", help="small sizes, which a debug build can bear")
    parser.add_argument("--binary", type=Path, help="the service; by default the release build")
    parser.add_argument("--seed", type=int, default=20261129, help="of all random data")
    parser.add_argument("--kills", type=int, default=0, help="how often the service is killed")
    arguments = parser.parse_args()

    listed = trials(arguments.kills or (10 if arguments.short else 100))
    if arguments.list:
        for trial in listed:
            print(f"{trial.name:<14} {trial.about}")
        return 0
    chosen = [trial for trial in listed if not arguments.only or trial.name in arguments.only]
    if arguments.only and len(chosen) != len(set(arguments.only)):
        parser.error("there is no trial of that name; --list shows them all")
    binary: Path = arguments.binary or _ROOT / ".build/release/llm-cost-exporter"
    if not binary.exists():
        parser.error(f"{binary} does not exist; `make release` builds it")

    signal.signal(signal.SIGTERM, _leave)
    begun = time.monotonic()
    driver = Driver(binary.resolve(), arguments.seed, arguments.short)
    driver.run(chosen)
    results = driver.results
    print(
        f"{results['pass']} passed, {results['fail']} failed, {results['skip']} skipped "
        f"in {time.monotonic() - begun:.0f} s (seed {arguments.seed})"
    )
    return 1 if results["fail"] else 0


def _leave(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
