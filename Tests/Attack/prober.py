# SPDX-License-Identifier: Apache-2.0
"""Scrapes ``/metrics`` again and again and says how long the slowest answer took: ``python -m Attack.prober PORT``.

A process of its own, so that what the attack does in Python does not add to what is measured. It ends when its
standard input does, and then prints one JSON object.
"""

from __future__ import annotations

import json
import select
import sys
import time

from .wire import Connection, NoAnswer, head

PATIENCE = 20.0
"""Seconds after which a scrape is given up."""


def main() -> None:
    port, interval = int(sys.argv[1]), float(sys.argv[2])
    slowest, count, failures = 0.0, 0, []
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], interval)[0]:
        # Every second one as Prometheus asks; the others without the work of compressing.
        headers = {"User-Agent": "prober"} | ({"Accept-Encoding": "gzip"} if count % 2 else {})
        begun = time.monotonic()
        try:
            with Connection(port, timeout=PATIENCE) as connection:
                status = connection.ask(head("/metrics", method="GET", headers=headers)).status
            if status != 200:
                failures.append(f"status {status}")
        except (OSError, NoAnswer) as error:
            failures.append(str(error) or type(error).__name__)
        slowest = max(slowest, time.monotonic() - begun)
        count += 1
    print(json.dumps({"count": count, "slowest": slowest, "failures": failures[:3], "failed": len(failures)}))


if __name__ == "__main__":
    main()
