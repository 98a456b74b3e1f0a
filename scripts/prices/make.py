# SPDX-License-Identifier: Apache-2.0
"""From the two sources as read to the text of the book."""

from dataclasses import dataclass, field

from . import book, checks, from_genai_prices, from_litellm, same_price
from .merge import Merger
from .providers import ProviderTable


@dataclass
class Result:
    """A made book: its text and what a person should hear about it."""

    text: str
    date: str
    entries: list[dict]
    counts: dict
    conflicts: list[dict]
    excluded: list[dict]
    warnings: list[str] = field(default_factory=list)
    skipped: dict = field(default_factory=dict)


def make(genai: list[dict], litellm: dict, pins: dict, exclusions: dict[str, dict[str, str]], table: ProviderTable) -> Result:
    """Converts, merges and checks. Raises checks.CheckError when the book must not be written."""
    today = pins["book"]["date"]
    base, fallbacks = _base(genai, table, exclusions["not_free"])
    rows, skipped = from_litellm.entries(litellm, table, exclusions["free"])
    used = {entry["provider"] for entry in base + rows}
    providers = table.for_book(used, fallbacks)
    merger = Merger(base, today, {p: row.get("fallback", []) for p, row in providers.items()})
    merger.add_all(rows)
    dated = merger.take_over_history()
    entries, excluded = checks.split_unbelievable(merger.entries, exclusions["unit_mistakes"])
    wrong = checks.errors(entries, providers)
    if wrong:
        raise checks.CheckError("the book has mistakes:\n" + "\n".join(f"  {line}" for line in wrong))
    counts = _counts(entries, providers, merger, dated)
    header = _header(pins, counts, excluded, merger.conflicts, providers, table)
    header["same_price_words"] = same_price.words(entries, today, set(exclusions["other_products"]))
    text = book.render(header, entries)
    wrong = checks.lines(text)
    if wrong:
        raise checks.CheckError("the book has lines of the wrong shape:\n" + "\n".join(wrong))
    return Result(text, today, entries, counts, merger.conflicts, excluded, checks.warnings(entries), skipped)


def _base(genai: list[dict], table: ProviderTable, not_free: dict[str, str]) -> tuple[list[dict], dict[str, list[str]]]:
    entries, fallbacks = [], {}
    for provider in genai:
        ours = table.from_genai_prices(provider["id"])
        entries += from_genai_prices.entries(provider, ours, not_free)
        fallbacks[ours] = [table.from_genai_prices(other) for other in provider["fallback"]]
    return entries, fallbacks


def _counts(entries: list[dict], providers: dict, merger: Merger, dated: int) -> dict:
    by_source = [entry["source"] for entry in entries]
    return {
        "models": len(entries),
        "names": sum(len(entry["names"]) for entry in entries),
        "providers": len(providers),
        "from_genai_prices": by_source.count("genai-prices"),
        "from_litellm": by_source.count("litellm"),
        "in_both": merger.merged,
        "dates_taken_over": dated,
        "conflicts": len(merger.conflicts),
    }


def _header(pins: dict, counts: dict, excluded: list, conflicts: list, providers: dict, table: ProviderTable) -> dict:
    sources = [
        {"name": name} | {key: pins[name][key] for key in ("version", "retrieved", "licence")}
        for name in ("genai-prices", "litellm")
    ]
    return {
        "version": pins["book"]["version"],
        "date": pins["book"]["date"],
        "currency": "USD",
        "sources": sources,
        "counts": counts,
        "excluded": excluded,
        # Names only; the importer prints the rates.
        "conflicts": _conflict_names(conflicts),
        "gateways": table.gateways,
        "providers": providers,
        "aliases": [],
    }


def _conflict_names(conflicts: list[dict]) -> dict[str, dict[str, list[str]]]:
    out: dict[str, dict[str, list[str]]] = {}
    for row in conflicts:
        out.setdefault(row["kept"], {}).setdefault(row["provider"], []).append(row["name"])
    return {
        kept: {provider: sorted(names) for provider, names in sorted(rows.items())} for kept, rows in sorted(out.items())
    }
