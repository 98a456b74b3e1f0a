# SPDX-License-Identifier: Apache-2.0
"""The command line: see the package's docstring."""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path

import Histories
from Attack.service import described

from .trial import Trial

_ROOT = Path(__file__).resolve().parents[2]
_IN_ONE_SERVICE = 100


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="Histories", description=Histories.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--binary", type=Path, default=_ROOT / ".build/release/llm-cost-exporter", help="the service")
    parser.add_argument("--seed", type=int, default=20261129, help="of all random data")
    parser.add_argument("--histories", type=int, help="number of histories (1,000, or 10 for a short run)")
    parser.add_argument("--questions", type=int, help="questions about each history (20, or 8 for a short run)")
    parser.add_argument("--short", action="store_true", help="a few histories, which a debug build can bear")
    arguments = parser.parse_args()
    if not arguments.binary.exists():
        parser.error(f"{arguments.binary} does not exist; `make release` builds it")

    rest = arguments.histories or (10 if arguments.short else 1_000)
    questions = arguments.questions or (8 if arguments.short else 20)
    seeds, count, failed = random.Random(arguments.seed), 0, 0
    print(f"seed {arguments.seed}", flush=True)
    while rest > 0:
        begun, seed = time.monotonic(), seeds.getrandbits(32)
        histories = min(rest, _IN_ONE_SERVICE)
        trial = Trial(arguments.binary.resolve(), seed, histories, questions)
        faults: list[str] = []
        try:
            # Those from before an error are kept.
            for fault in trial.faults():
                faults.append(fault)
        except Exception as error:
            faults.append(described(error))
        result = "fail" if faults else "pass"
        without = f" without {' and '.join(trial.left_out)}" if trial.left_out else ""
        print(f"{result}  {histories} histories, {trial.calls:,} calls, {trial.asked:,} questions{without}; "
              f"{time.monotonic() - begun:.0f} s", flush=True)
        for fault in faults:
            print(f"        {fault}", flush=True)
        rest, count, failed = rest - histories, count + 1, failed + bool(faults)
    print(f"{count - failed} passed, {failed} failed (seed {arguments.seed})")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
