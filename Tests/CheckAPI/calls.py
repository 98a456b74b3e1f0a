# SPDX-License-Identifier: Apache-2.0
"""The calls that the service has stored when it is asked."""

from __future__ import annotations

import json
import random
import time
from dataclasses import dataclass

from Attack import otlp
from Attack.service import Failed, Service, poll

SESSIONS = ("chat-1", "chat/2", "Gespräch 3 & 50 %", "=1+1")
_MODELS = ("gpt-4o", "claude-sonnet-4-5", "nobody-knows-this-model")
_USERS = ("ada", "Zoë", "bob, or not *", "back\\slash")
_COUNT = 300
_DAYS = 5


@dataclass(frozen=True)
class Stored:
    """What questions can name: spans as pairs of the ids of trace and span, in hexadecimal digits."""

    spans: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        return json.dumps(self.spans)

    @classmethod
    def read(cls, text: str) -> Stored:
        return cls(tuple((trace, span) for trace, span in json.loads(text)))


def store(service: Service, seed: int) -> Stored:
    """Sends calls of some days and waits until all of them are stored."""
    rng = random.Random(seed)
    spans, ids = [], []
    for _ in range(_COUNT):
        trace, identity = rng.randbytes(16), rng.randbytes(8)
        end = time.time_ns() - rng.randrange(60 * otlp.SECOND, _DAYS * 86_400 * otlp.SECOND)
        attributes: dict[str, otlp.Value] = {
            "gen_ai.operation.name": rng.choice(["chat", "embeddings"]), "gen_ai.provider.name": "openai",
            "gen_ai.request.model": rng.choice(_MODELS), "gen_ai.usage.input_tokens": rng.randrange(1000),
            "gen_ai.usage.output_tokens": rng.randrange(100), "session.id": rng.choice(SESSIONS),
        }
        if rng.random() < 0.8:
            attributes["user.id"] = rng.choice(_USERS)
        spans.append(otlp.span(
            rng, attributes.items(), trace=trace, identity=identity, start=end - otlp.SECOND, end=end,
            status=rng.choice([None, None, 2])))
        ids.append((trace.hex(), identity.hex()))
    answer = service.post(otlp.request(spans))
    if answer.status != 200:
        raise Failed(f"the calls were answered {answer.status}")
    poll("the stored calls", lambda: _stored(service) == _COUNT, 60, every=0.1)
    return Stored(tuple(ids))


def _stored(service: Service) -> int:
    answer = service.get(f"/api/v1/summary?from=now-{_DAYS + 1}d", headers={"Host": "127.0.0.1"})
    return json.loads(answer.body)["totals"]["calls"] if answer.status == 200 else 0
