# SPDX-License-Identifier: Apache-2.0
"""What the company's applications do: each function makes the spans of one request.

Four teams: support answers customers, engineering works with a coding agent, search embeds documents at night, and growth tries
out models. Requests of support and engineering belong to sessions.
"""
from __future__ import annotations

import random
from datetime import datetime, timezone

from .calls import Labels, agent, chat, finish, seconds, tool, twin
from .models import EMBEDDER, GEMINI, GPT, HAIKU, REASONER, ROUTED, SONNET, UNKNOWN
from .spans import SECOND, Span, Trace

TEAMS = {
    "support-assistant": "support",
    "coding-agent": "engineering",
    "search-indexer": "search",
    "growth-experiments": "growth",
}
"""The team of each service, a resource attribute."""
ENVIRONMENTS = {"coding-agent": "development", "growth-experiments": "development"}
"""The environment of each service that is not in production."""
DESKS = ("desk-americas", "desk-asia", "desk-europe")
ENGINEERS = ("ada", "bruno", "chen", "dora", "emil", "fatima")
TOOLS = ("read_file", "edit_file", "run_tests", "search")
TASKS = (
    "fix a failing test", "add an endpoint", "upgrade a library", "write a migration", "explain a stack trace", "speed up a query",
)
LOOPING_TASK = "clean up the build"
LOOPING_ENGINEER = "emil"
OVERLOADED = "overloaded_error"
RATE_LIMITED = "rate_limit_error"


def _trace(service: str, chance: random.Random, session: str = "") -> Trace:
    scope = {"search-indexer": "opentelemetry.instrumentation.openai_v2"}.get(service, "company.llm")
    return Trace(service, scope, chance, session)


def session(user: str, start: int, minutes: int) -> str:
    """The session of a user's requests within a part of an hour or day, such as `ada-1104-0800`.

    Args:
        start: Nanoseconds since 1970 (UTC).
        minutes: The length of that part.
    """
    length = minutes * 60
    begin = datetime.fromtimestamp(start // SECOND // length * length, timezone.utc)
    return f"{user}-{begin:%m%d-%H%M}"


def support_chat(chance: random.Random, start: int, is_failing: bool) -> Trace:
    """A customer's question: triage by a small model, an answer with a cached prompt, and a fallback when the provider fails."""
    desk = chance.choice(DESKS)
    trace = _trace("support-assistant", chance, session(desk, start, 15))
    root = trace.add("POST /chat", start, start, {"http.request.method": "POST"})
    now = start + seconds(0.01)
    triage = chat(
        trace, GPT, ("support", "triage", desk), now, chance.uniform(0.25, 0.8),
        {"input": chance.randint(180, 420), "output": chance.randint(4, 12)}, parent=root,
    )
    if chance.random() < 0.5:
        twin(trace, triage)
    now = triage.end + seconds(0.02)
    answer: Labels = ("support", "assistant", desk)
    if is_failing and chance.random() < 0.85:
        for pause in (0.5, 2.0):
            failed = chat(trace, HAIKU, answer, now, chance.uniform(0.2, 1.2), {}, parent=root, error=OVERLOADED)
            now = failed.end + seconds(pause)
        tokens = {"input": chance.randint(700, 1500), "cache_read": 1024, "output": chance.randint(120, 420)}
        last = chat(trace, GPT, answer, now, chance.uniform(1.5, 5), tokens, parent=root, first_token=chance.uniform(0.3, 0.9))
    else:
        prompt = 4_096
        is_cached = chance.random() < 0.93
        tokens = {
            "input": chance.randint(150, 900),
            "cache_read" if is_cached else "cache_write": prompt,
            "output": chance.randint(120, 520),
        }
        first = chance.uniform(0.25, 0.7) if is_cached else chance.uniform(0.7, 1.6)
        duration = first + tokens["output"] * chance.uniform(0.006, 0.012)
        last = chat(trace, HAIKU, answer, now, duration, tokens, parent=root, first_token=first)
    root.end = last.end + seconds(0.02)
    return trace


def health_check(chance: random.Random, end: int) -> Trace:
    """A request without a model call, which shows that the company's clock goes on."""
    trace = _trace("support-assistant", chance)
    trace.add("GET /health", end - seconds(0.002), end, {"http.request.method": "GET"})
    return trace


def coding_run(chance: random.Random, start: int, user: str | None = None) -> Trace:
    """A task for the coding agent: calls with a growing cached context, tools in between, retries, and a review at the end."""
    user = user or chance.choice(ENGINEERS)
    trace = _trace("coding-agent", chance, session(user, start, 120))
    labels: Labels = ("engineering", "coder", user)
    task = trace.add(chance.choice(TASKS), start, start, {})
    root = agent(trace, labels, start, task)
    now = start + seconds(0.05)
    context, calls = chance.randint(9_000, 16_000), list[Span]()
    cached = 0
    for _ in range(chance.randint(3, 12)):
        if chance.random() < 0.08:
            refused = chat(trace, SONNET, labels, now, chance.uniform(0.1, 0.4), {}, parent=root, error=RATE_LIMITED)
            calls.append(refused)
            now = refused.end + seconds(chance.uniform(1, 3))
        output = chance.randint(150, 1_100)
        tokens = {"input": chance.randint(20, 400), "cache_write": context - cached, "output": output}
        if cached:
            tokens["cache_read"] = cached
        first = chance.uniform(0.6, 2.2)
        duration = first + output * chance.uniform(0.012, 0.02)
        call = chat(trace, SONNET, labels, now, duration, tokens, parent=root, first_token=first)
        calls.append(call)
        cached, context = context, context + output + chance.randint(300, 3_500)
        run = tool(trace, chance.choice(TOOLS), call.end, chance.uniform(0.05, 9), root)
        now = run.end + seconds(0.03)
    review = agent(trace, ("engineering", "reviewer", user), now, root)
    tokens = {
        "input": chance.randint(3_000, 12_000),
        "output": chance.randint(200, 700),
        "reasoning": chance.randint(300, 2_400),
    }
    judged = chat(
        trace, REASONER, ("engineering", "reviewer", user), now + seconds(0.02), chance.uniform(4, 28), tokens, parent=review
    )
    finish(review, [judged])
    finish(root, calls + [judged])
    task.end = root.end
    return trace


def runaway_call(chance: random.Random, start: int) -> Trace:
    """One turn of a loop: the agent sends the same large context again and again, with a time in it that defeats the cache."""
    trace = _trace("coding-agent", chance, session(LOOPING_ENGINEER, start, 120))
    labels: Labels = ("engineering", "coder", LOOPING_ENGINEER)
    task = trace.add(LOOPING_TASK, start, start, {})
    root = agent(trace, labels, start, task)
    tokens = {"input": chance.randint(54_000, 62_000), "output": chance.randint(500, 900)}
    call = chat(trace, SONNET, labels, start + seconds(0.02), chance.uniform(8, 20), tokens, parent=root, first_token=2.5)
    finish(root, [call])
    task.end = root.end
    return trace


def embedding_batch(chance: random.Random, start: int) -> Trace:
    """A batch of documents of the nightly index."""
    trace = _trace("search-indexer", chance)
    root = trace.add("index documents", start, start, {})
    tokens = {"input": chance.randint(60_000, 110_000)}
    labels: Labels = ("search", "indexer", "")
    call = chat(trace, EMBEDDER, labels, start, chance.uniform(0.4, 2.5), tokens, parent=root, operation="embeddings")
    root.end = call.end
    return trace


def nightly_digest(chance: random.Random, start: int) -> Trace:
    """A summary of a group of documents, half of it by a flexible tier for which the price file has no rate."""
    trace = _trace("search-indexer", chance)
    root = trace.add("write a digest", start, start, {})
    labels: Labels = ("search", "digest", "")
    tokens = {"input": chance.randint(6_000, 14_000), "output": chance.randint(300, 900)}
    if chance.random() < 0.5:
        call = chat(trace, GPT, labels, start, chance.uniform(4, 25), tokens, parent=root, tier="flex")
    else:
        call = chat(trace, GEMINI, labels, start, chance.uniform(2, 9), tokens, parent=root)
    root.end = call.end
    return trace


def experiment(chance: random.Random, start: int) -> Trace:
    """A trial of a new model: through a gateway that reports its charge, or of a preview that the price book does not know."""
    trace = _trace("growth-experiments", chance)
    root = trace.add("compare models", start, start, {})
    labels: Labels = ("growth", "trial", "")
    tokens = {"input": chance.randint(400, 2_500), "output": chance.randint(100, 600)}
    if chance.random() < 0.35:
        call = chat(trace, UNKNOWN, labels, start, chance.uniform(1, 6), tokens, parent=root)
    else:
        charge = round((tokens["input"] * 0.1 + tokens["output"] * 0.3) * 1.05)
        call = chat(trace, ROUTED, labels, start, chance.uniform(1, 6), tokens, parent=root, reported_microdollars=charge)
    root.end = call.end
    return trace
