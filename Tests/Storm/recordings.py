# SPDX-License-Identifier: Apache-2.0
"""Recordings of real senders, sent one after the other until each is answered."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from Attack.service import Failed
from Attack.wire import Connection, NoAnswer, post

_CAPTURES = Path(__file__).resolve().parents[1] / "Captures"
_MERGED = "collector-merged"
"""The folder whose spans have the ids of others."""
_OF_SENDERS = ("content-type", "content-encoding", "user-agent")


@dataclass(frozen=True)
class Post:
    """A body with the headers that say what it is."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def recorded_posts() -> list[Post]:
    """All bodies with spans, those of one run in their order."""
    posts = []
    for run in sorted(_CAPTURES.glob("*/*.expected.json")):
        if run.parent.name == _MERGED:
            continue
        first = run.with_name(run.name.removesuffix(".expected.json"))
        number, path = 1, first.with_name(f"{first.name}.bin")
        while path.exists():
            said = json.loads(path.with_suffix(".headers.json").read_text())["headers"]
            headers = {name.title(): text for name, text in said.items() if name.lower() in _OF_SENDERS}
            posts.append(Post(path.read_bytes(), headers))
            number += 1
            path = first.with_name(f"{first.name}.{number}.bin")
    return posts


class RecordingSender(threading.Thread):
    """Repeats each body until it is answered 200, and now and then one whose answer it lost."""

    def __init__(self, port: int, posts: Sequence[Post], interval: float, seed: int) -> None:
        super().__init__(daemon=True)
        self._port, self._posts, self._interval = port, posts, interval
        self._random = random.Random(seed)
        self._ending = threading.Event()
        self.repeats = 0
        self._wrong: int | None = None

    def run(self) -> None:
        for one in self._posts:
            while (status := self._status(one)) != 200 or self._random.random() < 0.05:
                self.repeats += 1
                if status not in (0, 200, 503):
                    self._wrong = status
                    return
                time.sleep(0.03)
            self._ending.wait(self._interval)

    def finish(self) -> None:
        """Lets it send the rest without pauses.

        Raises ``Failed`` if a body was not taken.
        """
        self._ending.set()
        self.join(60)
        if self._wrong or self.is_alive():
            raise Failed(f"a recording was answered {self._wrong or 'never'}")

    def _status(self, one: Post) -> int:
        """The status of the answer, 0 if there was none."""
        try:
            with Connection(self._port, timeout=20) as connection:
                return connection.ask(post(one.body, one.headers)).status
        except (OSError, NoAnswer):
            return 0
