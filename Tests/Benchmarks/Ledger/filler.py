# SPDX-License-Identifier: Apache-2.0
"""Sends fresh bodies as fast as they are answered: ``python -m Benchmarks.Ledger.filler PORT SEED [CALLS DAYS]``.

With CALLS and DAYS, the calls have users, and their ends spread over that many days up to now. After each body, it writes the
number of calls that were answered 200 so far, as a line. It ends once all CALLS are, or the service is gone.
"""

from __future__ import annotations

import itertools
import random
import sys
import time

from Attack.wire import Connection, NoAnswer

from .fresh import SPANS, request, templates

_USERS = 5_000
_MARGIN = 600 * 10**9
"""In nanoseconds: the last spans end ten minutes before now."""


def main() -> None:
    port, rng = int(sys.argv[1]), random.Random(int(sys.argv[2]))
    most, days = (int(text) for text in sys.argv[3:]) if len(sys.argv) > 3 else (0, 0)
    kept = templates(seed=7, users=_USERS if days else 0)
    end, length = time.time_ns() - _MARGIN, days * 86_400 * 10**9
    answered = 0
    try:
        with Connection(port, timeout=60) as connection:
            for template in itertools.cycle(kept):
                at = end - length + length * answered // most if most else None
                if connection.ask(request(template, rng, at)).status == 200:
                    answered += SPANS
                print(answered, flush=True)
                if most and answered >= most:
                    break
    except (OSError, NoAnswer):
        pass


if __name__ == "__main__":
    main()
