# SPDX-License-Identifier: Apache-2.0
"""Sends fresh bodies as fast as they are answered: ``python -m Benchmarks.Ledger.filler PORT SEED``.

It writes the number of calls that were answered 200, a line after each body, until the service is gone.
"""

from __future__ import annotations

import itertools
import random
import sys

from Attack.wire import Connection, NoAnswer

from .fresh import SPANS, request, templates


def main() -> None:
    port, rng = int(sys.argv[1]), random.Random(int(sys.argv[2]))
    kept = templates(seed=7)
    answered = 0
    try:
        with Connection(port, timeout=60) as connection:
            for template in itertools.cycle(kept):
                if connection.ask(request(template, rng)).status == 200:
                    answered += SPANS
                print(answered, flush=True)
    except (OSError, NoAnswer):
        pass


if __name__ == "__main__":
    main()
