# SPDX-License-Identifier: Apache-2.0
"""Files of whole HTTP requests, made once and kept in the build folder.

The bodies of a file never repeat a span, and depend only on the generators' seed and source: a file is made anew when its
row below or a module that it comes from has changed. One process makes one file at a time and holds one body of it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from . import calls, encodings, traces
from .spans import Body

_SOURCES = ("bodies.py", "calls.py", "encodings.py", "spans.py", "traces.py")


@dataclass(frozen=True)
class BodyFile:
    """One file: which bodies, how many of them, and how they are written."""

    name: str
    count: int
    make: Callable[[random.Random], Iterator[Body]]
    seed: int
    json: bool = False
    gzip: bool = False


@dataclass(frozen=True)
class Contents:
    """What a file has, one number for each body."""

    path: str
    ends: list[int]
    """Where each request ends in the file, in bytes."""
    spans: list[int]
    calls: list[int]
    input: list[int]
    """Input tokens, cached ones included."""
    output: list[int]

    def first(self, count: int | None) -> Contents:
        """The same for the first bodies only; ``None`` means all."""
        lists = (self.ends, self.spans, self.calls, self.input, self.output)
        return Contents(self.path, *(numbers[:count] for numbers in lists))


_ALL = [
    BodyFile("lean-gzip", 1200, lambda rng: calls.lean(rng, 512), seed=1, gzip=True),
    BodyFile("lean-identity", 1200, lambda rng: calls.lean(rng, 512), seed=1),
    BodyFile("fat-gzip", 140, lambda rng: calls.fat(rng, 512), seed=2, gzip=True),
    BodyFile("fat-identity", 140, lambda rng: calls.fat(rng, 512), seed=2),
    BodyFile("json-gzip", 1200, lambda rng: calls.lean(rng, 512), seed=1, json=True, gzip=True),
    BodyFile("json-fat-gzip", 140, lambda rng: calls.fat(rng, 512), seed=2, json=True, gzip=True),
    BodyFile("mix-identity", 1200, traces.mixed, seed=3),
    BodyFile("mix-gzip", 1200, traces.mixed, seed=3, gzip=True),
    BodyFile("small-identity", 40_000, lambda rng: calls.lean(rng, 8), seed=4),
    BodyFile("small-gzip", 40_000, lambda rng: calls.lean(rng, 8), seed=4, gzip=True),
    BodyFile("labelled", 1000, lambda rng: calls.labelled(rng, 512), seed=5),
]
FILES = {file.name: file for file in _ALL}
"""All files by name, 3 GB together."""


def ready(folder: Path, names: set[str], say: Callable[[str], None]) -> dict[str, Contents]:
    """Makes the files that are missing, as many at once as there are processors, and returns what each file has.

    A file is written under another name first, so that one that exists is whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = sorted((n for n in names if not _index(folder, FILES[n]).exists()), key=lambda n: "gzip" not in n)
    if missing:
        say(f"making bodies, once: {', '.join(missing)}")
        with ProcessPoolExecutor(os.cpu_count()) as processes:
            list(processes.map(_make, [folder] * len(missing), missing))
    return {name: _contents(_index(folder, FILES[name])) for name in names}


def request(body: bytes, as_json: bool, packed: bool) -> bytes:
    """A whole request, with the headers that an SDK sends."""
    lines = [
        "POST /v1/traces HTTP/1.1",
        "Host: 127.0.0.1:4318",
        "User-Agent: OTel-OTLP-Exporter-Python/1.45.2",
        "Accept-Encoding: gzip, deflate",
        "Accept: */*",
        "Connection: keep-alive",
        f"Content-Type: {'application/json' if as_json else 'application/x-protobuf'}",
        *(["Content-Encoding: gzip"] if packed else []),
        f"Content-Length: {len(body)}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def _index(folder: Path, file: BodyFile) -> Path:
    digest = hashlib.sha256(f"{file.count} {file.seed} {file.json} {file.gzip}".encode())
    for source in _SOURCES:
        digest.update(Path(__file__).with_name(source).read_bytes())
    return folder / f"{file.name}.{digest.hexdigest()[:16]}.json"


def _contents(index: Path) -> Contents:
    # The path is that of today: the folder may have moved since the file was made.
    return Contents(**{**json.loads(index.read_text()), "path": str(index.with_suffix(".requests"))})


def _make(folder: Path, name: str) -> None:
    file = FILES[name]
    index = _index(folder, file)
    for old in folder.glob(f"{name}.*"):
        old.unlink()
    contents = Contents(str(index.with_suffix(".requests")), [], [], [], [], [])
    bodies = file.make(random.Random(file.seed))
    at = 0
    with open(contents.path, "wb") as out:
        for _ in range(file.count):
            body = next(bodies)
            written = encodings.as_json(body) if file.json else encodings.protobuf(body)
            if file.gzip:
                written = gzip.compress(written, 6, mtime=0)
            at += out.write(request(written, file.json, file.gzip))
            contents.ends.append(at)
            contents.spans.append(sum(1 for _ in body.spans))
            contents.calls.append(body.calls)
            contents.input.append(body.input)
            contents.output.append(body.output)
    partial = index.with_suffix(".partial")
    partial.write_text(json.dumps(asdict(contents)))
    partial.rename(index)
