# SPDX-License-Identifier: Apache-2.0
"""The command line: see the package's docstring."""

from __future__ import annotations

import argparse
import resource
import signal
import sys
import time
from pathlib import Path
from types import FrameType

import Attack

from .catalogue import all_attacks
from .driver import Driver

_ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="Attack", description=Attack.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--list", action="store_true", help="say what there is and run nothing")
    parser.add_argument("--only", action="append", metavar="NAME", help="run this one; may be given several times")
    parser.add_argument("--short", action="store_true", help="small sizes, and only what a debug build can bear")
    parser.add_argument("--binary", type=Path, help="the service; by default the release build")
    parser.add_argument("--seed", type=int, default=20261128, help="of all random data")
    arguments = parser.parse_args()

    attacks = all_attacks()
    if arguments.list:
        for attack in attacks:
            print(f"{'short' if attack.short else '':<6} {attack.name:<26} {attack.about}")
        return 0
    if arguments.only:
        unknown = set(arguments.only) - {attack.name for attack in attacks}
        if unknown:
            parser.error(f"no attack is named {', '.join(sorted(unknown))}; --list shows them all")
        attacks = [attack for attack in attacks if attack.name in arguments.only]
    elif arguments.short:
        attacks = [attack for attack in attacks if attack.short]
    binary: Path = arguments.binary or _ROOT / ".build/release/llm-cost-exporter"
    if not binary.exists():
        parser.error(f"{binary} does not exist; `make release` builds it")

    # Attacks need more connections than most shells allow; children are killed on the way out.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536) if hard >= 0 else 65536, hard))
    signal.signal(signal.SIGTERM, _leave)
    begun = time.monotonic()
    driver = Driver(binary.resolve(), arguments.seed, arguments.short)
    driver.run(attacks)
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
