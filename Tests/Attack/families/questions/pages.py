# SPDX-License-Identifier: Apache-2.0
"""Hostile texts in calls that pages show, and in every parameter of pages: no page becomes another one by them."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import quote

from ... import otlp
from ...catalogue import attack
from ...field import Field
from ...service import poll
from ...siege import Bars, Siege
from ...wire import NoAnswer
from .stored import ask, total

_TEXTS = [
    "<script>alert(1)</script>", "</title><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
    "javascript:alert(1)", "</svg><script>alert(1)</script>", "</style><b>", "&lt;script&gt;", "&#x3c;script>", "{{{unescaped}}}", "{{#x}}",
    "<!--", "]]>", "\u2028<b>", "\u202egnp.exe", "`${alert(1)}`", "../../traces", "//example.com/", "#", "?by=user", "%3Cscript%3E", "a" * 250,
    "'; DROP TABLE calls; --", "=1+1", "\x01\x1b[31m<b>"]
_PATHS = ["/", "/traces", "/users", "/unpriced"]
_PARAMETERS = ["period", "from", "to", "by", "where", "order", "trace", "id", "tz", "limit", "cursor", "nobody"]
_NAMED = ["/traces/{}", "/sessions/{}", "/models/{}"]


class _Page(HTMLParser):
    """What a browser would run or follow on a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "base"):
            self.faults.append(f"the element {tag}")
        for name, value in attributes:
            if name.startswith("on"):
                self.faults.append(f"the attribute {name} of {tag}")
            # Links lead to the service itself, or name a standard.
            if name in ("href", "src", "action", "xlink:href") and value and not value.startswith(("/", "#", "?", "https://", "http://")):
                self.faults.append(f"{name} of {tag} is {value[:60]!r}")
            if name in ("href", "src", "action") and value and value.startswith("//"):
                self.faults.append(f"{name} of {tag} leads to another host: {value[:60]!r}")


@attack("page-injection", short=True, keeps=True)
def injection(field: Field) -> None:
    """Names of users, sessions, models and spans that are markup, and markup in paths and parameters: pages show it as text."""
    with field.siege(bars=Bars(rise=192)) as siege:
        spans = [_call(field, text) for text in _TEXTS]
        answer = siege.service.post(otlp.request(spans, resource={"service.name": _TEXTS[0], "service.namespace": _TEXTS[2]}))
        field.expect(answer.status == 200, f"calls with markup were answered {answer.status}")
        siege.take(len(spans) if answer.status == 200 else 0)
        poll("the stored calls", lambda: total(siege) == len(spans), 60, every=0.2)
        siege.begin_again()
        chosen = field.random.sample(_TEXTS, 6) if field.short else _TEXTS
        for path in _PATHS:
            _page(field, siege, path)
            for by in ("user", "session", "agent", "service", "project", "trace", "error"):
                _page(field, siege, f"{path}?by={by}")
            for name in _PARAMETERS:
                for text in chosen:
                    _page(field, siege, f"{path}?{name}={quote(text, safe='')}")
        for path in _NAMED:
            for text in chosen:
                _page(field, siege, path.format(quote(text, safe="")))


def _call(field: Field, text: str) -> bytes:
    attributes: dict[str, otlp.Value] = {
        "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": text,
        "gen_ai.usage.input_tokens": field.random.randrange(1, 10**6), "gen_ai.usage.output_tokens": 7, "user.id": text, "session.id": text,
        "gen_ai.agent.name": text, "error.type": text, "server.address": text}
    return otlp.span(field.random, attributes.items(), name=text)


def _page(field: Field, siege: Siege, url: str) -> None:
    try:
        answer = ask(siege, url)
    except (OSError, NoAnswer) as error:
        field.fail(f"no answer to {url[:120]}: {error}")
        return
    field.expect(answer.status in (200, 302, 303, 400, 404), f"{url[:120]} was answered {answer.status}: {answer.body[:200]!r}")
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return
    field.expect("default-src 'none'" in answer.headers.get("content-security-policy", ""), f"{url[:120]} has no strict content policy")
    for fault in _Page(answer.body.decode()).faults[:2]:
        field.fail(f"{url[:120]} has {fault}")
