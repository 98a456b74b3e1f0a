# SPDX-License-Identifier: Apache-2.0
"""Bodies whose spans never repeat, made from a few by writing other ids into them."""

from __future__ import annotations

import random

from ..WholeService import bodies, calls, encodings
from ..WholeService.spans import Body

SPANS = 512
_TEMPLATES = 16


class Template:
    """A body, and where its ids are."""

    def __init__(self, body: Body) -> None:
        self._bytes = encodings.protobuf(body)
        self._places: list[tuple[int, int]] = []
        at = 0
        for span in body.spans:
            answer = next(str(value) for key, value in span.attributes if key == "gen_ai.response.id")
            for known in (span.trace, span.identity, answer.rpartition("-")[2].encode()):
                at = self._bytes.index(known, at)
                self._places.append((at, len(known)))
                at += len(known)

    def fresh(self, rng: random.Random) -> bytes:
        """The body with ids of its own."""
        body = bytearray(self._bytes)
        for at, length in self._places:
            # Ids of answers are hexadecimal digits, the others bytes.
            body[at : at + length] = b"%024x" % rng.getrandbits(96) if length == 24 else rng.randbytes(length)
        return bytes(body)


def templates(seed: int) -> list[Template]:
    """Some bodies of 512 calls."""
    made = calls.lean(random.Random(seed), SPANS)
    return [Template(next(made)) for _ in range(_TEMPLATES)]


def request(template: Template, rng: random.Random) -> bytes:
    """A whole request with a fresh body."""
    return bodies.request(template.fresh(rng), as_json=False, packed=False)
