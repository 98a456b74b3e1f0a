# SPDX-License-Identifier: Apache-2.0
"""A well-behaved sender beside an attack: ``python -m Attack.steady_sender PORT SOURCE SEED``.

It posts a batch of 20 calls every 20 ms on one connection from an address of its own, as an SDK would, and connects
again when the connection was closed. It ends when its standard input does, and then prints one JSON object.
"""

from __future__ import annotations

import json
import random
import select
import sys
import time
from collections import Counter

from . import otlp
from .wire import Connection, NoAnswer, post

MODEL = "gpt-4.1-mini"
CALLS = 20
TOKENS = 1000
"""Input tokens of each call."""


def main() -> None:
    port, source, rng = int(sys.argv[1]), sys.argv[2], random.Random(int(sys.argv[3]))
    outcomes: Counter[str] = Counter()
    seconds: list[float] = []
    connection: Connection | None = None
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], 0.02)[0]:
        body = otlp.request(
            [otlp.call(rng, MODEL, input=TOKENS, output=rng.randrange(1, 500)) for _ in range(CALLS)], scope="steady"
        )
        begun = time.monotonic()
        try:
            connection = connection or Connection(port, source=source, timeout=20)
            answer = connection.ask(post(body))
            outcomes[str(answer.status)] += 1
            if answer.closes:
                connection.close()
                connection = None
        except (OSError, NoAnswer) as error:
            outcomes[str(error) or type(error).__name__] += 1
            if connection is not None:
                connection.close()
            connection = None
        seconds.append(time.monotonic() - begun)
    seconds.sort()
    p99 = seconds[int(len(seconds) * 0.99)] if seconds else 0.0
    accepted = outcomes.pop("200", 0)
    print(json.dumps({"accepted": accepted, "others": outcomes, "p99": p99, "slowest": max(seconds, default=0.0)}))


if __name__ == "__main__":
    main()
