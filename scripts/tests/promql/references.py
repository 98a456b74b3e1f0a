# SPDX-License-Identifier: Apache-2.0
"""Finds the metrics that a query asks for, the labels it selects and groups by, and the values it compares with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .tokens import NotPromQL, Token, tokens

AGGREGATIONS = frozenset("sum min max avg group stddev stdvar count count_values bottomk topk quantile".split())
GROUPINGS = frozenset(["by", "without"])
MATCHINGS = frozenset(["on", "ignoring", "group_left", "group_right"])
KEYWORDS = GROUPINGS | MATCHINGS | frozenset("and or unless atan2 offset bool inf nan".split())
FUNCTIONS = frozenset("""
    abs absent absent_over_time acos acosh asin asinh atan atanh avg_over_time ceil changes clamp clamp_max clamp_min cos cosh
    count_over_time day_of_month day_of_week day_of_year days_in_month deg delta deriv double_exponential_smoothing end exp
    floor histogram_avg histogram_count histogram_fraction histogram_quantile histogram_sum holt_winters hour idelta increase
    irate label_join label_replace last_over_time ln log10 log2 max_over_time min_over_time minute month pi predict_linear
    present_over_time quantile_over_time rad rate resets round scalar sgn sin sinh sort sort_desc sqrt start stddev_over_time
    stdvar_over_time sum_over_time tan tanh time timestamp vector year
""".split())
MATCHERS = frozenset(["=", "!=", "=~", "!~"])
CLOSING = {"(": ")", "{": "}", "[": "]"}


@dataclass(frozen=True)
class Matcher:
    """A condition on a label, such as `source="computed"`."""

    label: str
    operator: str
    value: str


@dataclass(frozen=True)
class Selector:
    """A metric that a query asks for; the name is empty in `{job="x"}`."""

    name: str
    matchers: tuple[Matcher, ...]
    index: int
    line: int


@dataclass(frozen=True)
class LabelUse:
    """Labels that a query groups or matches by, and the names of the metrics that they can be of."""

    labels: tuple[str, ...]
    of: tuple[str, ...]
    line: int


@dataclass
class References:
    """Everything in a query that the catalogue knows."""

    selectors: list[Selector] = field(default_factory=list)
    uses: list[LabelUse] = field(default_factory=list)
    unknown_functions: list[str] = field(default_factory=list)
    # Labels that the query makes itself, with label_replace, label_join or count_values.
    made: set[str] = field(default_factory=set)


def references(query: str, strict: bool = True) -> References:
    """The references of a query. Brackets must match, unless the text is not `strict`ly a query."""
    words = tokens(query, strict)
    ends = _ends(words, strict)
    found = References()
    inside: set[int] = set()
    for index, word in enumerate(words):
        if index in inside:
            continue
        following = words[index + 1].text if index + 1 < len(words) else ""
        if word.text == "{":
            inside |= _select(words, ends, index, "", found)
        elif word.kind == "name" and word.text in GROUPINGS | MATCHINGS and following == "(":
            inside |= set(range(index + 1, ends.get(index + 1, index + 1) + 1))
        elif word.kind == "name" and following == "(" and word.text in AGGREGATIONS | FUNCTIONS:
            _note_made(words, ends, index, found)
        elif word.kind == "name" and following == "(" and strict and word.text.lower() not in KEYWORDS:
            found.unknown_functions.append(word.text)
        elif word.kind == "name" and word.text.lower() not in KEYWORDS and word.text not in AGGREGATIONS:
            if following == "{":
                inside |= _select(words, ends, index + 1, word.text, found)
            else:
                found.selectors.append(Selector(word.text, (), index, word.line))
    found.uses = list(_uses(words, ends, found.selectors))
    return found


def _ends(words: list[Token], strict: bool) -> dict[int, int]:
    """For each opening bracket, the index of its closing one."""
    ends: dict[int, int] = {}
    open_: list[int] = []
    for index, word in enumerate(words):
        if word.kind == "punctuation" and word.text in CLOSING:
            open_.append(index)
        elif word.kind == "punctuation" and word.text in CLOSING.values():
            if open_ and CLOSING[words[open_[-1]].text] == word.text:
                ends[open_.pop()] = index
            elif strict:
                raise NotPromQL(f"line {word.line}: {word.text!r} closes nothing")
    if open_ and strict:
        raise NotPromQL(f"line {words[open_[-1]].line}: {words[open_[-1]].text!r} is not closed")
    return ends


def _select(words: list[Token], ends: dict[int, int], brace: int, name: str, found: References) -> set[int]:
    """Notes a selector with matchers, and returns the indices of its braces and what is between them."""
    end = ends.get(brace, brace)
    matchers = []
    for label, operator, value in zip(words[brace + 1:end], words[brace + 2:end], words[brace + 3:end]):
        if label.kind in ("name", "variable") and operator.text in MATCHERS and value.kind == "string":
            matchers.append(Matcher(label.text, operator.text, value.value))
    named = [matcher.value for matcher in matchers if matcher.label == "__name__" and matcher.operator == "="]
    found.selectors.append(Selector(named[0] if named else name, tuple(matchers), brace, words[brace].line))
    return set(range(brace, end + 1))


def _note_made(words: list[Token], ends: dict[int, int], call: int, found: References) -> None:
    """Notes the label that a function makes: the string in front of its first or behind its first comma."""
    strings = [word.value for word in words[call + 2:ends.get(call + 1, call)] if word.kind == "string"]
    if words[call].text == "count_values" and strings:
        found.made.add(strings[0])
    if words[call].text in ("label_replace", "label_join"):
        arguments = _arguments(words, ends, call + 1)
        if len(arguments) > 1 and arguments[1] and arguments[1][0].kind == "string":
            found.made.add(arguments[1][0].value)


def _arguments(words: list[Token], ends: dict[int, int], opening: int) -> list[list[Token]]:
    """The tokens of each argument of a call."""
    arguments: list[list[Token]] = [[]]
    index = opening + 1
    while index < ends.get(opening, opening):
        if words[index].text == ",":
            arguments.append([])
            index += 1
            continue
        last = ends.get(index, index)
        arguments[-1] += words[index:last + 1]
        index = last + 1
    return arguments


def _uses(words: list[Token], ends: dict[int, int], selectors: list[Selector]) -> Iterable[LabelUse]:
    """The labels behind by, without, on, ignoring and group_…, with the metrics that they can be of."""
    for index, word in enumerate(words):
        if word.kind != "name" or index + 1 not in ends or words[index + 1].text != "(":
            continue
        close = ends[index + 1]
        labels = tuple(part.text for part in words[index + 2:close] if part.kind in ("name", "variable"))
        if word.text in GROUPINGS:
            first, last = _aggregated(words, ends, index, close)
            names = [each.name for each in selectors if first < each.index < last]
        elif word.text in MATCHINGS:
            names = [each.name for each in selectors]
        else:
            continue
        yield LabelUse(labels, tuple(names), word.line)


def _aggregated(words: list[Token], ends: dict[int, int], grouping: int, close: int) -> tuple[int, int]:
    """The brackets of what an aggregation is over, which stand behind its grouping or in front of it."""
    if close + 1 in ends and words[close + 1].text == "(":
        return close + 1, ends[close + 1]
    before: Callable[[int], bool] = lambda opening: ends[opening] == grouping - 1
    opening = next((opening for opening in ends if before(opening)), grouping)
    return opening, grouping
