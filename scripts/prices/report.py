# SPDX-License-Identifier: Apache-2.0
"""What a new book changes, name by name, as a page of Markdown.

Names are compared, not ids: what a call costs depends on the name that its span reports, and a name may move from one
entry to another.
"""

from . import money
from .compare import today_price

# Names of one provider that changed in the same way are one row, with at most as many of them written out.
_MOST_NAMES = 6


def changes(previous: dict, book: dict) -> str:
    """The page.

    Both books are as `book.parse` reads them. Prices are those of the day of the new book, without service tiers.
    """
    today = book["date"]
    before, after = _by_name(previous, today), _by_name(book, today)
    changed: dict[tuple, list[str]] = {}
    for key in sorted(before.keys() & after.keys()):
        for figure, pair in _differences(before[key], after[key]):
            changed.setdefault((key[0], figure, *pair), []).append(key[1])
    lines = [f"# Prices: {previous['version']} to {book['version']}", ""]
    lines += [f"- {name}: {_version(previous, name)} to {_version(book, name)}" for name in ("genai-prices", "litellm")]
    lines += [f"- models: {len(previous['models'])} to {len(book['models'])}; names: {len(before)} to {len(after)}"]
    lines += ["", "## Changed prices", ""]
    if changed:
        lines += ["| provider | names | figure | before | after |", "| --- | --- | --- | --- | --- |"]
        lines += [
            f"| {provider} | {_some(names)} | {figure} | {old} | {new} |"
            for (provider, figure, old, new), names in sorted(changed.items())
        ]
    else:
        lines.append("None.")
    for title, one, other in (("New names", after, before), ("Names that are gone", before, after)):
        lines += ["", f"## {title}", ""]
        only: dict[str, list[str]] = {}
        for provider, name in sorted(one.keys() - other.keys()):
            only.setdefault(provider, []).append(name)
        lines += [f"- {provider} ({len(names)}): {_some(names)}" for provider, names in only.items()] or ["None."]
    return "\n".join(lines) + "\n"


def _by_name(book: dict, today: str) -> dict[tuple[str, str], dict[str, str]]:
    """Today's figures by provider and name, as text."""
    out = {}
    for model in book["models"]:
        figures = _figures(model, today)
        for name in model["names"]:
            out[(model["provider"], name)] = figures
    return out


def _figures(model: dict, today: str) -> dict[str, str]:
    price = today_price(model, today)
    figures = {key: money.text(money.parse(rate)) for key, rate in price.get("rates", {}).items()}
    for step in price.get("above", ()):
        figures |= {f"{key} above {step['over']}": money.text(money.parse(r)) for key, r in step["rates"].items()}
    figures |= {f"fee {name}": money.text(money.parse(fee)) for name, fee in price.get("fees", {}).items()}
    for item in model.get("multipliers", ()):
        when = ",".join(f"{key}={value}" for key, value in sorted(item["when"].items()))
        figures[f"{when} factor on all tokens"] = money.text(money.parse(item["by"]))
    return figures


def _differences(before: dict[str, str], after: dict[str, str]):
    for figure in sorted(before.keys() | after.keys()):
        pair = before.get(figure, "-"), after.get(figure, "-")
        if pair[0] != pair[1]:
            yield figure, pair


def _version(book: dict, name: str) -> str:
    return next((source["version"] for source in book["sources"] if source["name"] == name), "-")


def _some(names: list[str]) -> str:
    text = ", ".join(f"`{name}`" for name in names[:_MOST_NAMES])
    return text + (f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else "")
