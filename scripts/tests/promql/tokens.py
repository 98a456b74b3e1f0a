# SPDX-License-Identifier: Apache-2.0
"""Takes a PromQL query apart into tokens, with Grafana's variables among them."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The order matters: a duration begins like a number, and `=~` like `=`. A name that begins with a colon would be legal, but in
# `[1h:5m]` the colon is no part of one.
KINDS = {
    "space": r"\s+",
    "comment": r"\#[^\n]*",
    "string": r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|`[^`]*`',
    "variable": r"\$\{[^}]*\}|\$[a-zA-Z_][a-zA-Z0-9_]*|\[\[[a-zA-Z_][a-zA-Z0-9_]*\]\]",
    "duration": r"(?:[0-9]+(?:ms|[smhdwy]))+(?![a-zA-Z0-9_])",
    "number": r"0[xX][0-9a-fA-F]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?",
    "name": r"[a-zA-Z_][a-zA-Z0-9_:]*",
    "operator": r"=~|!~|==|!=|<=|>=|[-+*/%^<>=@]",
    "punctuation": r"[(){}\[\],:]",
}
PATTERN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in KINDS.items()))
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


class NotPromQL(ValueError):
    """A text with a character that no query has."""


@dataclass(frozen=True)
class Token:
    """A word of a query: its kind, its text as it stands there, and its line, from 1 on."""

    kind: str
    text: str
    line: int

    @property
    def value(self) -> str:
        """The value of a string."""
        inner = self.text[1:-1]
        if self.text[0] == "`":
            return inner
        return re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[1]), inner)


def tokens(query: str, strict: bool = True) -> list[Token]:
    """The tokens of a query without spaces and comments.

    A character that no token begins with is an error; if not `strict`, it becomes a token of the kind `other`.
    """
    found, position, line = [], 0, 1
    while position < len(query):
        match = PATTERN.match(query, position)
        if match is None:
            if strict:
                raise NotPromQL(f"line {line}: unexpected {query[position]!r}")
            found.append(Token("other", query[position], line))
            position += 1
            continue
        kind, text = str(match.lastgroup), match[0]
        if kind not in ("space", "comment"):
            found.append(Token(kind, text, line))
        line += text.count("\n")
        position = match.end()
    return found
