# SPDX-License-Identifier: Apache-2.0
"""Hostile texts in every parameter of every question, and cursors that no answer has given."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from ...catalogue import attack
from ...field import Field
from ...siege import Bars, Siege
from ...wire import NoAnswer
from .stored import ask, fill, target, total

_TEXTS = [
    "'", "' OR 1=1 --", "'; DROP TABLE calls; --", '"; DELETE FROM rollups; --', "1) UNION SELECT high, low FROM traces --", "x' || 'y",
    "cost; PRAGMA writable_schema=1", "\\", "\\\\\\", "%", "_", "*" * 500, "a*" * 2_000, "\\*" * 1_000, ",", ",,,,", ":", "::", "-", "--",
    "-user:", "user:" + "*a" * 3_000, ",".join(["user:*a*a*a*b"] * 100), ",".join(["user:x"] * 1_000), "user", "model,model",
    "label:", "label:label:user", "\x00", "\x01\x1b[31m", "\r\nX-Injected: yes\r\n\r\n", "\n", "\u202e\u2066", "\U0001f4a9" * 100,
    "e\u0301" * 200, "\ufeff", "../../../../etc/passwd", "/etc/passwd", "{{7*7}}", "${jndi:ldap://x}", "%s%s%n", "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0", "0", "-1", "1e309", "9" * 40, "9223372036854775807", "-9223372036854775808", "18446744073709551616", "0x10",
    "NaN", "now", "now-", "now-999999999d", "now" + "-1d" * 2_000, "now/d" * 1_000, "2026-02-30", "2026-13-01", "0000-00-00",
    "9999-12-31T23:59:60Z", "2026-11-28T00:00:00+99:99", "+99:99", "-00:00", "Europe/../../etc/passwd", "Etc/GMT+12", "posix/UTC", "A" * 8_000,
]
_BROKEN = ["%", "%z1", "%C0%AF", "%ED%A0%80", "%FF%FE", "%00", "%E2%82", "a%00b", "&&&", "=", "==", "%26%3D", "+", ";", "#"]
"""As they stand in a URL."""

_PATHS = ["/api/v1/traces/{}", "/api/v1/spans/{}/00f067aa0ba902b7", "/api/v1/spans/4bf92f3577b34da6a3ce929d0e0e4736/{}",
          "/api/v1/sessions/{}", "/api/v1/dimensions/{}/values"]
_PATIENCE = 5.0
"""Seconds; a question about few calls takes milliseconds."""


def _parameters(siege: Siege) -> Iterator[tuple[str, str]]:
    """Each question without parts in its path, and each of its parameters, as the service describes them."""
    document: Mapping[str, Any] = json.loads(ask(siege, "/api/v1/openapi.json").body)
    for path, operations in document["paths"].items():
        for parameter in operations["get"]["parameters"]:
            if parameter["in"] == "query" and "{" not in path:
                yield path, parameter["name"]


@attack("question-injection", short=True, keeps=True)
def injection(field: Field) -> None:
    """Hostile texts in every parameter and path: each is answered 200, 400 or 404 as JSON within seconds, and no row changes."""
    with field.siege(bars=Bars(rise=160)) as siege:
        fill(field, siege, 600)
        # No sender is beside: exports of all that it sends would be most of the work.
        before = total(siege)
        texts = [quote(text, safe="") for text in _TEXTS] + _BROKEN
        if field.short:
            texts = field.random.sample(texts, 12)
        for path, name in _parameters(siege):
            for text in texts:
                _hostile(field, siege, f"{path}?{name}={text}")
        for path in _PATHS:
            for text in texts:
                _hostile(field, siege, path.format(text.replace("#", "%23")))
        after = total(siege)
        field.expect(before == after, f"{before} calls became {after}")


def _hostile(field: Field, siege: Siege, url: str) -> None:
    begun = time.monotonic()
    try:
        answer = ask(siege, url)
    except (OSError, NoAnswer) as error:
        field.fail(f"no answer to {url[:120]}: {error}")
        return
    took = time.monotonic() - begun
    field.figure("longest answer", took, "s")
    field.expect(took < field.patience(_PATIENCE), f"{url[:120]} took {took:.1f} s")
    # A request line that is too long for the listener gets no answer of a question.
    field.expect(answer.status in (200, 400, 404, 414, 431), f"{url[:120]} was answered {answer.status}: {answer.body[:200]!r}")
    field.expect("x-injected" not in answer.headers, f"{url[:120]} made a header of the answer")
    if answer.status == 400 and answer.headers.get("content-type") == "application/json":
        error = json.loads(answer.body)["error"]
        field.expect(bool(error["message"]), f"{url[:120]} was refused without a sentence")
        shown = "".join(str(part) for part in error.values())
        field.expect(shown.isprintable() and len(shown) < 2_000, f"the refusal of {url[:120]} shows {shown[:200]!r}")


@attack("question-cursors", short=True, keeps=True)
def cursors(field: Field) -> None:
    """Garbled cursors, and those of other questions: each is refused, none gives rows of another place."""
    with field.siege(bars=Bars(rise=160)) as siege:
        fill(field, siege, 600)
        question = {"from": "2020-01-01", "group_by": "user", "limit": "7"}
        answer = json.loads(ask(siege, target("/api/v1/costs", **question)).body)
        cursor: str = answer["next"]
        field.expect(len(answer["rows"]) == 7 and bool(cursor), f"the first page has {len(answer['rows'])} rows and the cursor {cursor}")
        garbled = {cursor[:place] + character + cursor[place + 1 :] for place in range(len(cursor)) for character in "0z-~9"}
        garbled |= {cursor[:length] for length in range(1, len(cursor))} | {cursor + "0", cursor + "-0", cursor[::-1], cursor * 2}
        garbled |= {"-".join(["zzzzzzzzzzzzzz"] * 5), "0-0-0-0-0", "----", "-1-1-1-1-1", "9" * 2_000}
        for text in sorted(garbled - {cursor}):
            status = ask(siege, target("/api/v1/costs", **question, cursor=text)).status
            field.expect(status == 400, f"the cursor {text[:80]} was answered {status}")
        for other in ({"group_by": "session"}, {"where": "user:user-1*"}, {"from": "2020-01-02"}, {"order_by": "user"}, {"tz": "Asia/Tokyo"}):
            status = ask(siege, target("/api/v1/costs", **question | other, cursor=cursor)).status
            field.expect(status == 400, f"with {other}, the cursor of another question was answered {status}")
        page = json.loads(ask(siege, target("/api/v1/costs", **question, cursor=cursor)).body)
        users = {row["user"] for row in answer["rows"]} & {row["user"] for row in page["rows"]}
        field.expect(len(page["rows"]) == 7 and not users, f"the second page repeats {users}")
