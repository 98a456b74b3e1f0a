# SPDX-License-Identifier: Apache-2.0
"""Writes model calls, agents and tools as spans, by OpenTelemetry's conventions for generative AI."""
from __future__ import annotations

from .models import Model
from .spans import SECOND, Call, Span, Trace, Value

Labels = tuple[str, str, str]
"""Team, agent and user of a call."""
TWIN_SCOPE = "openinference.instrumentation"


def seconds(value: float) -> int:
    """Seconds in nanoseconds."""
    return int(value * SECOND)


def chat(
    trace: Trace, model: Model, labels: Labels, start: int, duration: float, tokens: dict[str, int], *,
    parent: Span | None = None, operation: str = "chat", first_token: float | None = None, error: str = "",
    tier: str = "", reported_microdollars: int | None = None,
) -> Span:
    """Adds one model call.

    Args:
        tokens: By disjoint token class; empty for a failed call, or for an answer whose span has no counts.
        first_token: Seconds until the first token of a streamed answer.
        error: The type of the error of a failed call.
        reported_microdollars: The cost that the gateway reports.
    """
    attributes = _of_model(model, labels, operation)
    if not error:
        attributes["gen_ai.response.model"] = model.name
        if operation == "chat":
            attributes["gen_ai.response.id"] = trace.response_id("resp_")
        attributes |= _usage(tokens) if tokens else {}
    if tier:
        attributes["openai.request.service_tier"] = tier
    if first_token is not None:
        attributes["gen_ai.request.stream"] = True
        attributes["gen_ai.response.time_to_first_chunk"] = first_token
    if reported_microdollars is not None:
        attributes["gen_ai.usage.cost"] = reported_microdollars / 1_000_000
    if error:
        attributes["error.type"] = error
    span = trace.add(
        f"{operation} {model.name}", start, start + seconds(duration), attributes, parent=parent, is_client=True, error=error,
        fate="counted",
    )
    span.call = Call(model, operation, labels, tokens, span.end, error, reported_microdollars)
    return span


def twin(trace: Trace, of: Span) -> Span:
    """Adds the same call as a second instrumentation sees it, around the first one."""
    assert of.call is not None
    counts = _usage(of.call.tokens)
    attributes: dict[str, Value] = {
        "openinference.span.kind": "LLM",
        "llm.model_name": of.call.model.name,
        "llm.token_count.prompt": counts["gen_ai.usage.input_tokens"],
        "llm.token_count.completion": counts["gen_ai.usage.output_tokens"],
    }
    span = trace.add(
        "ChatModel", of.start - seconds(0.002), of.end + seconds(0.003), attributes, parent=of.parent, scope=TWIN_SCOPE,
        fate="twin",
    )
    of.parent = span
    return span


def agent(trace: Trace, labels: Labels, start: int, parent: Span | None = None) -> Span:
    """Adds an agent, whose end and usage :func:`finish` sets once its calls are known."""
    attributes: dict[str, Value] = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": labels[1],
        "enduser.id": labels[2],
    }
    return trace.add(f"invoke_agent {labels[1]}", start, start, attributes, parent=parent)


def finish(span: Span, calls: list[Span]) -> None:
    """Ends an agent after its last call, with the sum of the tokens below it, which must not count again."""
    span.end = max(call.end for call in calls) + seconds(0.05)
    answered = [call.call for call in calls if call.call and call.call.tokens]
    totals = [_usage(call.tokens) for call in answered]
    if totals:
        span.attributes["gen_ai.request.model"] = answered[-1].model.name
        span.attributes["gen_ai.provider.name"] = answered[-1].model.provider
        for key in ("gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"):
            span.attributes[key] = sum(int(total[key]) for total in totals)
        span.fate = "repeats_children"


def tool(trace: Trace, name: str, start: int, duration: float, parent: Span) -> Span:
    """Adds a run of a tool, which is no model call."""
    attributes: dict[str, Value] = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name}
    return trace.add(f"execute_tool {name}", start, start + seconds(duration), attributes, parent=parent)


def _of_model(model: Model, labels: Labels, operation: str) -> dict[str, Value]:
    return {
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": model.provider,
        "gen_ai.request.model": model.name,
        "server.address": model.host,
        "gen_ai.agent.name": labels[1],
        "enduser.id": labels[2],
    }


def _usage(tokens: dict[str, int]) -> dict[str, Value]:
    """The counts by the conventions: input includes cached tokens, output includes reasoning."""
    parts = {
        "gen_ai.usage.cache_read.input_tokens": tokens.get("cache_read", 0),
        "gen_ai.usage.cache_creation.input_tokens": tokens.get("cache_write", 0),
        "gen_ai.usage.reasoning.output_tokens": tokens.get("reasoning", 0),
    }
    whole: dict[str, Value] = {
        "gen_ai.usage.input_tokens": sum(tokens.get(part, 0) for part in ("input", "cache_read", "cache_write")),
        "gen_ai.usage.output_tokens": tokens.get("output", 0) + tokens.get("reasoning", 0),
    }
    return whole | {key: count for key, count in parts.items() if count}
