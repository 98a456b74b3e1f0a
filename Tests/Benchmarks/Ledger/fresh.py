# SPDX-License-Identifier: Apache-2.0
"""Bodies whose spans never repeat: copies of a few bodies with other ids and times."""

from __future__ import annotations

import random
import struct

from ..WholeService import bodies, calls, encodings
from ..WholeService.spans import NOW, Body

SPANS = 512
_TEMPLATES = 16


class Template:
    """A body, and the offsets of its ids and times."""

    def __init__(self, body: Body) -> None:
        self._bytes = encodings.protobuf(body)
        self._places: list[tuple[int, int]] = []
        self._times: list[tuple[int, int]] = []
        self._sessions: list[int] = []
        at = 0
        for span in body.spans:
            answer = next(str(value) for key, value in span.attributes if key == "gen_ai.response.id")
            for known in (span.trace, span.identity, answer.rpartition("-")[2].encode()):
                at = self._bytes.index(known, at)
                self._places.append((at, len(known)))
                if known is span.identity:
                    for time in (span.start, span.end):
                        self._times.append((self._bytes.index(struct.pack("<Q", time), at), time))
                at += len(known)
            self._sessions.append(self._bytes.index(b"conv-", at) + len(b"conv-"))

    def fresh(self, rng: random.Random, at: int | None = None) -> bytes:
        """The body with ids of its own.

        With a time (nanoseconds since 1970) its spans end in the second after it, and belong to some sessions of its hour.
        """
        body = bytearray(self._bytes)
        if at is not None:
            for place, time in self._times:
                struct.pack_into("<Q", body, place, time - NOW + 10**9 + at)
            hour = at // (3600 * 10**9) % 10**5
            for place in self._sessions:
                body[place : place + 8] = b"%05d%03d" % (hour, rng.randrange(1000))
        for at, length in self._places:
            # Ids of answers are hexadecimal digits, the others bytes.
            body[at : at + length] = b"%024x" % rng.getrandbits(96) if length == 24 else rng.randbytes(length)
        return bytes(body)


def templates(seed: int, users: int = 0) -> list[Template]:
    """Some bodies of 512 calls; each call has one of `users` users, if that is not 0."""
    rng = random.Random(seed)
    made = calls.lean(rng, SPANS)
    chosen = [next(made) for _ in range(_TEMPLATES)]
    for span in (span for body in chosen for span in body.spans if users):
        span.attributes.append(("user.id", f"user-{rng.randrange(users):05d}"))
    return [Template(body) for body in chosen]


def request(template: Template, rng: random.Random, at: int | None = None) -> bytes:
    """A whole request with a fresh body; ``at`` as in ``Template.fresh``."""
    return bodies.request(template.fresh(rng, at), as_json=False, packed=False)
