# SPDX-License-Identifier: Apache-2.0
"""The book's match rules: how they are made from genai-prices clauses, and how they match.

The service matches regular expressions against the whole name; genai-prices searches for them.
They are rewritten here so that a whole match means the same.
"""

import re


class UnknownClauseError(ValueError):
    """The source matches names in a way that the book has no rule for."""


_SIMPLE = {"starts_with": "prefix", "ends_with": "suffix", "contains": "contains"}


def whole_match_regex(pattern: str) -> str:
    """Turns a pattern that was searched for into one that matches the whole name.

    An alternative at the top level is wrapped first, as its anchors belong to one branch only.
    """
    if _has_top_level_bar(pattern):
        return f".*(?:{pattern}).*"
    head = pattern[1:] if pattern.startswith("^") else ".*" + pattern
    if head.endswith("$") and not head.endswith(r"\$"):
        return head[:-1]
    return head + ".*"


def _has_top_level_bar(pattern: str) -> bool:
    depth = 0
    in_class = False
    escaped = False
    for char in pattern:
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == "|" and depth == 0:
            return True
    return False


def split_clauses(clause: dict) -> tuple[list[str], list[dict]]:
    """Exact names and pattern rules of one genai-prices match clause."""
    (kind, value), = clause.items()
    if kind == "equals":
        return [value.lower()], []
    if kind != "or":
        return [], [_rule(clause)]
    names: list[str] = []
    rules: list[dict] = []
    for inner in value:
        more_names, more_rules = split_clauses(inner)
        names += more_names
        rules += more_rules
    return names, rules


def _rule(clause: dict) -> dict:
    (kind, value), = clause.items()
    if kind in _SIMPLE:
        return {_SIMPLE[kind]: value.lower()}
    if kind == "regex":
        return {"regex": whole_match_regex(value)}
    if kind == "equals":
        return {"equals": value.lower()}
    if kind == "and":
        return {"all": [_rule(inner) for inner in value]}
    if kind == "or":
        return {"any": [_rule(inner) for inner in value]}
    raise UnknownClauseError(f"unknown match clause {kind!r}; teach scripts/prices/matching.py about it")


def matches(rule: dict, name: str) -> bool:
    """Whether one rule of the book matches a lower-case name."""
    (kind, value), = rule.items()
    if kind == "prefix":
        return name.startswith(value)
    if kind == "suffix":
        return name.endswith(value)
    if kind == "contains":
        return value in name
    if kind == "equals":
        return name == value
    if kind == "regex":
        return re.fullmatch(value, name) is not None
    if kind == "all":
        return all(matches(inner, name) for inner in value)
    if kind == "any":
        return any(matches(inner, name) for inner in value)
    raise UnknownClauseError(f"unknown match rule {kind!r}")


def rank(rule: dict) -> tuple[int, int]:
    """Sort key of a rule, the one to try first being the smallest.

    The longest literal goes first; at equal length prefix, suffix, contains, regex.
    """
    order = {"equals": 0, "prefix": 1, "all": 1, "suffix": 2, "any": 3, "contains": 3, "regex": 4}
    (kind, _), = rule.items()
    return -literal_length(rule), order[kind]


def literal_length(rule: dict) -> int:
    """Length of the longest text that every match of the rule contains; 0 for a regex."""
    (kind, value), = rule.items()
    if kind == "regex":
        return 0
    if kind == "all":
        return max(literal_length(inner) for inner in value)
    if kind == "any":
        return min(literal_length(inner) for inner in value)
    return len(value)
