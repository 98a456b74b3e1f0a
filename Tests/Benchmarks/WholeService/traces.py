# SPDX-License-Identifier: Apache-2.0
"""Bodies of whole requests to an application that answers by retrieval: one span in ten is a model call.

A request has ten spans: the handler of the web framework, the agent, a look-up in a cache, the retrieval with two queries and
one search, the prompt, the call, and the HTTP request that the call makes. Children end, and are sent, before their
parents. The roots of a quarter of the requests come with the next body.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from .calls import call
from .spans import CLIENT, INTERNAL, NOW, SERVER, Attributes, Body, Resource, Scope, Span, service

_SERVICES = 4
_REQUESTS = [13, 13, 13, 12]
"""How many requests each service has in a body."""
_LIBRARIES = {
    "asyncpg": "opentelemetry.instrumentation.asyncpg",
    "httpx": "opentelemetry.instrumentation.httpx",
    "redis": "opentelemetry.instrumentation.redis",
    "rag": "app.rag",
    "openai": "opentelemetry.instrumentation.openai_v2",
    "fastapi": "opentelemetry.instrumentation.fastapi",
}
_TABLES = ["orders", "customers", "documents", "sessions", "tickets"]
_MILLISECOND = 10**6


@dataclass(slots=True)
class _Root:
    """The ids of the first span of a request."""

    trace: bytes
    identity: bytes


def mixed(rng: random.Random) -> Iterator[Body]:
    """Bodies of 510 spans, 51 of them calls; the first one has no roots of an earlier body, and so fewer spans."""
    waiting: list[list[_Root]] = [[] for _ in range(_SERVICES)]
    while True:
        body = Body([])
        for number, requests in enumerate(_REQUESTS):
            scopes = {short: Scope(name, "0.56b0") for short, name in _LIBRARIES.items()}
            body.resources.append(Resource(service(number), list(scopes.values())))
            roots, waiting[number] = waiting[number], []
            for request in range(requests):
                root = _request(rng, body, scopes)
                (waiting[number] if request % 4 == 0 else roots).append(root)
            for root in roots:
                handler = _span(rng, root.trace, b"", "POST /api/v1/chat", SERVER, 2000 * _MILLISECOND, _handler())
                handler.identity = root.identity
                scopes["fastapi"].spans.append(handler)
        yield body


def _request(rng: random.Random, body: Body, scopes: dict[str, Scope]) -> _Root:
    """Writes all spans of one request except its root."""
    root = _Root(rng.randbytes(16), rng.randbytes(8))
    agent, retrieval = rng.randbytes(8), rng.randbytes(8)

    def add(library: str, parent: bytes, name: str, kind: int, milliseconds: int, attributes: Attributes) -> Span:
        span = _span(rng, root.trace, parent, name, kind, milliseconds * _MILLISECOND, attributes)
        scopes[library].spans.append(span)
        return span

    add("redis", agent, "GET", CLIENT, 1, _cache())
    for _ in range(2):
        add("asyncpg", retrieval, "SELECT shop", CLIENT, 3, _query(rng))
    add("httpx", retrieval, "POST", CLIENT, 9, _http("vectors.internal", "/collections/docs/points/search"))
    found: Attributes = [("app.documents", 8), ("app.index", "docs"), ("app.score.best", 0.83)]
    add("rag", agent, "retrieve", INTERNAL, 20, found).identity = retrieval
    prompt: Attributes = [("app.template", "answer-v3"), ("app.characters", rng.randrange(9000))]
    add("rag", agent, "render prompt", INTERNAL, 1, prompt)
    chat = call(rng, body, operation="chat", trace=root.trace, parent=agent)
    scopes["openai"].spans.append(chat)
    add("httpx", chat.identity, "POST", CLIENT, 1000, _http("api.example.com", "/v1/chat/completions"))
    answer: Attributes = [("app.user.tier", "gold"), ("app.session", f"{rng.getrandbits(64):016x}")]
    add("rag", root.identity, "answer question", INTERNAL, 2000, answer).identity = agent
    return root


def _span(
    rng: random.Random, trace: bytes, parent: bytes, name: str, kind: int, nanoseconds: int, attributes: Attributes
) -> Span:
    end = NOW - rng.randrange(10**9)
    return Span(trace, rng.randbytes(8), parent, name, kind, end - nanoseconds, end, attributes)


def _handler() -> Attributes:
    return [
        ("http.request.method", "POST"),
        ("url.path", "/api/v1/chat"),
        ("url.scheme", "https"),
        ("http.route", "/api/v1/chat"),
        ("http.response.status_code", 200),
        ("server.address", "app.example.com"),
        ("server.port", 443),
        ("client.address", "10.2.3.4"),
        ("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64)"),
        ("network.protocol.version", "1.1"),
    ]


def _cache() -> Attributes:
    return [
        ("db.system.name", "redis"),
        ("db.operation.name", "GET"),
        ("server.address", "cache.internal"),
        ("server.port", 6379),
    ]


def _query(rng: random.Random) -> Attributes:
    table = rng.choice(_TABLES)
    text = f"SELECT id, name, state FROM {table} WHERE customer_id = $1 AND state = $2 ORDER BY created_at DESC LIMIT 50"
    return [
        ("db.system.name", "postgresql"),
        ("db.namespace", "shop"),
        ("db.operation.name", "SELECT"),
        ("db.collection.name", table),
        ("db.query.text", text),
        ("server.address", "db-1.internal"),
        ("server.port", 5432),
        ("db.client.operation.rows", rng.randrange(50)),
    ]


def _http(host: str, path: str) -> Attributes:
    return [
        ("http.request.method", "POST"),
        ("url.full", f"https://{host}{path}"),
        ("server.address", host),
        ("server.port", 443),
        ("http.response.status_code", 200),
    ]
