# SPDX-License-Identifier: Apache-2.0
"""Writes and reads the price book: one header line, then one model a line.

The service finds a model by scanning the lines and decodes only those it needs, so the shape of
the lines is part of the format: "id", "provider" and "names" come first and in this order.
"""

import json
import re

from . import money

FORMAT = "pricebook/1"
_PLAIN = re.compile(r'[ !#-\[\]-~]*')
_HEAD = '"models":['

_RATE_ORDER = [
    "input", "output", "cache_read", "cache_write", "cache_write_1h", "cache_write_12h", "reasoning",
    "input_audio", "output_audio", "cache_read_audio", "input_image", "output_image", "cache_read_image",
    "input_video", "output_video", "citation",
]  # fmt: skip


class BookError(ValueError):
    """A text that the line format cannot hold, or a file that is no book."""


def render(header: dict, entries: list[dict]) -> str:
    """The whole file. The header's keys keep their order; entries are sorted by id."""
    lines = [_line(entry) for entry in sorted(entries, key=lambda entry: entry["id"])]
    top = _compact({"format": FORMAT} | header)
    return top[:-1] + "," + _HEAD + "\n" + ",\n".join(lines) + "\n]}\n"


def parse(text: str) -> dict:
    """Reads a book back, rates as text."""
    book = json.loads(text)
    if book.get("format") != FORMAT:
        raise BookError(f"not a {FORMAT} file: format is {book.get('format')!r}")
    return book


def _line(entry: dict) -> str:
    for value in (entry["id"], entry["provider"], *entry["names"]):
        if not _PLAIN.fullmatch(value):
            raise BookError(f"{value!r}: only printable ASCII without quotes and backslashes fits in a name")
    return _compact(public(entry))


def _compact(value) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def public(entry: dict) -> dict:
    """An entry with the keys of the format only, in the order of the format."""
    out = {"id": entry["id"], "provider": entry["provider"], "names": sorted(entry["names"])}
    if entry.get("match"):
        out["match"] = entry["match"]
    if entry.get("kind"):
        out["kind"] = entry["kind"]
    out["prices"] = [_price(price) for price in entry["prices"]]
    if entry.get("variants"):
        out["variants"] = [_price(variant) for variant in entry["variants"]]
    if entry.get("multipliers"):
        out["multipliers"] = [{"when": m["when"], "by": money.text(m["by"])} for m in entry["multipliers"]]
    if entry.get("dates_from"):
        out["dates_from"] = entry["dates_from"]
    out["source"] = entry["source"]
    return out


def _price(price: dict) -> dict:
    out = {key: price[key] for key in ("when", "from", "windows") if key in price}
    if price["rates"]:
        out["rates"] = _rates(price["rates"])
    if price["above"]:
        out["above"] = [{"over": step["over"], "rates": _rates(step["rates"])} for step in price["above"]]
    if price["fees"]:
        out["fees"] = {name: money.text(price["fees"][name]) for name in sorted(price["fees"])}
    return out


def _rates(rates: dict) -> dict:
    return {key: money.text(rates[key]) for key in _RATE_ORDER if key in rates}
