# SPDX-License-Identifier: Apache-2.0
"""Rows of litellm's model_prices_and_context_window JSON to entries of the book.

The rows must have been read with parse_float=str and parse_int=str.
"""

import re

from . import money
from .from_genai_prices import above
from .windows import off_peak_windows

SOURCE = "litellm"

RATES = {
    "input_cost_per_token": "input",
    "output_cost_per_token": "output",
    "cache_read_input_token_cost": "cache_read",
    "cache_creation_input_token_cost": "cache_write",
    "cache_creation_input_token_cost_above_1hr": "cache_write_1h",
    "cache_creation_input_token_cost_above_12hr": "cache_write_12h",
    "output_cost_per_reasoning_token": "reasoning",
    "input_cost_per_audio_token": "input_audio",
    "output_cost_per_audio_token": "output_audio",
    "input_cost_per_image_token": "input_image",
    "output_cost_per_image_token": "output_image",
    "input_cost_per_video_token": "input_video",
    "output_cost_per_video_token": "output_video",
    "cache_read_input_audio_token_cost": "cache_read_audio",
    "cache_read_input_image_token_cost": "cache_read_image",
    "citation_cost_per_token": "citation",
}

FEES = {
    "input_cost_per_request": "request",
    "input_cost_per_second": "audio_second",
    "output_cost_per_second": "output_second",
    "output_cost_per_image": "image",
    "input_cost_per_image": "input_image_unit",
    "ocr_cost_per_page": "page",
    "annotation_cost_per_page": "annotated_page",
    "google_maps_grounding_cost_per_query": "maps_search",
    "code_interpreter_cost_per_session": "code_session",
    "input_cost_per_text_message": "text_message",
}

# Suffix of a key and the service tier it belongs to.
TIERS = {
    "_priority": "priority",
    "_flex": "flex",
    "_batches": "batch",
    "_balanced": "balanced",
    "_ultrafast": "ultrafast",
}

_ABOVE = re.compile(r"_above_(\d+)k_tokens")
# xAI moves to the higher rates AT the threshold, everybody else past it.
_INCLUSIVE = {"xai"}
# Reserved capacity by the hour is a contract, not a model that a span could name.
_CAPACITY = re.compile(r"\d+-month-commitment/|/\*/")
# A token-priced chat model takes images as tokens; its price per image would bill them twice.
_PER_IMAGE = {"image", "input_image_unit"}
_CHAT_KINDS = {"chat", "responses", "completion"}
# A word of its own in a name, as in "longcat-2.5-preview-free" or "deepseek-r1:free".
_FREE_NAME = re.compile(r"(?<![a-z0-9])free(?![a-z0-9])")
_CLOUD_NAME = re.compile(r"(?<![a-z0-9])cloud(?![a-z0-9])")


def with_retired(table: dict, retired: dict) -> dict:
    """The rows of the source, and those that it left out once the vendor had retired the model.

    Nothing of such a price changed: a call that was made before, and is replayed or comes late, still cost it.
    """
    return retired | table


def entries(table: dict, providers, free: dict[str, str] | None = None) -> tuple[list[dict], dict[str, list[str]]]:
    """All priced rows as entries, plus the keys of the rows or prices left out, by reason.

    A row whose 0 is no price becomes an entry without rates, `unpriced`. A row with `alias_of` is another name for the row it names; its entry says so under `same_as`, by
    provider and name. `free` are the ids of models whose price of 0 somebody looked up, with the reasons.
    """
    skipped: dict[str, list[str]] = {
        "no_price": [],
        "zero_is_no_price": [],
        "capacity": [],
        "no_provider": [],
        "same_name": [],
        "lost_alias": [],
    }
    found: dict[tuple[str, str], list[tuple[str, dict]]] = {}
    for key in sorted(table):
        row = table[key]
        target = row.get("alias_of")
        if target is not None:
            if target not in table or "alias_of" in table[target]:
                skipped["lost_alias"].append(key)
                continue
            row = table[target] | {"same_as": providers.from_litellm(table[target].get("litellm_provider", ""), target)}
        source_provider = row.get("litellm_provider")
        if key == "sample_spec" or not source_provider:
            skipped["no_provider"].append(key)
        elif _CAPACITY.search(key):
            skipped["capacity"].append(key)
        else:
            found.setdefault(providers.from_litellm(source_provider, key), []).append((key, row))
    out = []
    for (provider, name), rows in sorted(found.items()):
        row = _one_row(rows, skipped["same_name"])
        entry = _entry(row, provider, name)
        if _drop_zeros(entry, own_machines=providers.runs_on_own_machines(provider), free=free or {}):
            # The name is known, its price is not.
            entry["unpriced"] = True
            skipped["zero_is_no_price"].append(rows[0][0])
            out.append(entry)
        elif any(item["rates"] or item["fees"] for item in entry["prices"]):
            out.append(entry)
        else:
            skipped["no_price"].append(rows[0][0])
    return out, skipped


def _drop_zeros(entry: dict, own_machines: bool, free: dict[str, str]) -> bool:
    """Takes out the rates of 0 that are no price; returns whether the entry loses every rate so.

    The source fills what it does not know with 0. A model costs nothing only if its name says "free", if it runs on
    the operator's own machines, or if somebody looked it up. A rate of 0 for tokens is also right where something
    else is billed, such as searches, and for the output of a model that has none.
    """
    name = entry["names"][0]
    own = own_machines and not _CLOUD_NAME.search(name)
    if own or _FREE_NAME.search(name) or entry["id"] in free or any(item["fees"] for item in entry["prices"]):
        return False
    rates = [rate for item in entry["prices"] for rate in item["rates"].values()]
    if rates and not any(rates):
        for item in entry["prices"]:
            item["rates"], item["above"] = {}, []
        entry["variants"] = []
        return True
    doubtful = {"cache_write"}
    if entry.get("kind", "chat") in _CHAT_KINDS:
        doubtful |= {"input", "output"}
    for item in [*entry["prices"], *entry["variants"]]:
        item["rates"] = {key: rate for key, rate in item["rates"].items() if rate or key not in doubtful}
        for step in item["above"]:
            step["rates"] = {key: rate for key, rate in step["rates"].items() if rate or key not in doubtful}
    return False


def _one_row(rows: list[tuple[str, dict]], same_name: list[str]) -> dict:
    """One row for a name that stands in the source with and without its provider's prefix.

    A priced row goes before a free one, then the prefixed one, which is the more complete. What it
    lacks comes from the other when both have the same input and output rates.
    """
    # Another name says less of a model than a row of its own.
    rows = [item for item in rows if "same_as" not in item[1]] or rows
    rows = sorted(rows, key=lambda item: (_is_free(item[1]), -item[0].count("/"), item[0]))
    best = dict(rows[0][1])
    for key, other in rows[1:]:
        same_name.append(key)
        if all(other.get(rate) == best.get(rate) for rate in ("input_cost_per_token", "output_cost_per_token")):
            best = other | best
    return best


def _is_free(row: dict) -> bool:
    return money.parse(row.get("input_cost_per_token") or 0) == 0


def _entry(row: dict, provider: str, name: str) -> dict:
    mode = row.get("mode")
    base, variants = _base_and_variants(row)
    base["fees"] = _fees(row, base["rates"])
    if provider == "fireworks_ai":
        _half_price_cache(base)
    entry = {
        "id": f"{provider}/{name}",
        "provider": provider,
        "source": SOURCE,
        "names": [name],
        "match": [],
        "prices": [base] + _off_peak(row, base),
        "variants": variants,
        "multipliers": _multipliers(row),
    }
    if mode and mode != "chat":
        entry["kind"] = mode
    if "same_as" in row:
        entry["same_as"] = row["same_as"]
    return entry


def _base_and_variants(row: dict) -> tuple[dict, list[dict]]:
    """Sorts the token rates by tier and threshold."""
    cells: dict[str, dict[str, dict[int, object]]] = {}
    for key, value in row.items():
        place = _place(key)
        if place is not None and value is not None:
            rate, over, tier = place
            if row.get("litellm_provider") in _INCLUSIVE and over:
                over -= 1
            cells.setdefault(tier, {}).setdefault(rate, {})[over] = money.per_million(value)
    base_cells = cells.pop("default", {})
    base = _levels(base_cells)
    if row.get("tiered_pricing"):
        base = _from_ranges(row["tiered_pricing"], base) or base
    _drop_idle_reasoning(base)
    variants = []
    for tier in sorted(cells):
        tier_cells = _without_placeholders(cells[tier], base)
        if tier != "batch":
            tier_cells = _with_long_context(tier_cells, base_cells)
        levels = _levels(tier_cells)
        if levels["rates"] or levels["above"]:
            variants.append({"when": {"tier": tier}} | levels)
    return base, variants


def _with_long_context(cells: dict, base_cells: dict) -> dict:
    """Past a threshold that a tier says nothing about, litellm bills the standard rate."""
    return {
        rate: {over: value for over, value in base_cells.get(rate, {}).items() if over} | steps
        for rate, steps in cells.items()
    }


def _place(key: str) -> tuple[str, int, str] | None:
    """Rate, threshold in tokens (0 for none) and tier that a key of a row stands for.

    The threshold and the tier suffix come in either order in the source.
    """
    tier = "default"
    for suffix, name in TIERS.items():
        if key.endswith(suffix):
            key, tier = key.removesuffix(suffix), name
        elif f"{suffix}_above_" in key:
            key, tier = key.replace(f"{suffix}_above_", "_above_"), name
    over = 0
    threshold = _ABOVE.search(key)
    if threshold is not None and threshold.end() == len(key):
        over = int(threshold.group(1)) * 1000
        key = key[: threshold.start()]
    return (RATES[key], over, tier) if key in RATES else None


def _levels(cells: dict[str, dict[int, object]]) -> dict:
    rates = {rate: steps[0] for rate, steps in cells.items() if 0 in steps}
    tiers = {rate: {over: value for over, value in steps.items() if over} for rate, steps in cells.items()}
    return {"rates": rates, "above": above({rate: steps for rate, steps in tiers.items() if steps}), "fees": {}}


def _without_placeholders(cells: dict, base: dict) -> dict:
    """Drops a tier's 0 where the base rate is not 0: the source fills unknown tiers so."""
    return {
        rate: kept
        for rate, steps in cells.items()
        if (kept := {over: v for over, v in steps.items() if v != 0 or base["rates"].get(rate, 0) == 0})
    }


def _from_ranges(ranges: list[dict], flat: dict) -> dict | None:
    """A table of input ranges: the first is the base, the others thresholds."""
    cells: dict[str, dict[int, object]] = {}
    for item in ranges:
        if "range" not in item:
            return None
        over = int(money.parse(item["range"][0]))
        for key, value in item.items():
            if key in RATES:
                cells.setdefault(RATES[key], {})[over] = money.per_million(value)
    if "output" not in cells and "output" in flat["rates"]:
        cells["output"] = {0: flat["rates"]["output"]}
    return _levels(cells)


def _drop_idle_reasoning(levels: dict) -> None:
    """A reasoning rate that equals the output rate everywhere says nothing."""
    steps = [levels["rates"]] + [step["rates"] for step in levels["above"]]
    if all(step.get("reasoning", step.get("output")) == step.get("output") for step in steps):
        for step in steps:
            step.pop("reasoning", None)


def _fees(row: dict, rates: dict) -> dict:
    kind = row.get("mode")
    fees = {ours: money.tidy(money.parse(row[key])) for key, ours in FEES.items() if row.get(key) is not None}
    if kind in _CHAT_KINDS and "input" in rates:
        fees = {name: fee for name, fee in fees.items() if name not in _PER_IMAGE}
    if row.get("input_cost_per_query") is not None:
        name = "rerank_search" if kind == "rerank" else "web_search"
        fees[name] = money.tidy(money.parse(row["input_cost_per_query"]))
    if row.get("input_cost_per_character") is not None:
        fees["mchar"] = money.per_million(row["input_cost_per_character"])
    medium = (row.get("search_context_cost_per_query") or {}).get("search_context_size_medium")
    if medium is not None:
        fees["web_search"] = money.tidy(money.parse(medium))
    # The source fills units that a model is not billed by with 0.
    return {name: fee for name, fee in fees.items() if fee != 0}


def _half_price_cache(base: dict) -> None:
    """Fireworks bills cached input at half price unless a model has a rate of its own."""
    if "cache_read" not in base["rates"] and base["rates"].get("input"):
        base["rates"]["cache_read"] = money.tidy(base["rates"]["input"] / 2)


def _off_peak(row: dict, base: dict) -> list[dict]:
    rule = row.get("off_peak_pricing")
    if not rule:
        return []
    cheaper = {RATES[key]: money.per_million(value) for key, value in rule.items() if key in RATES}
    return [
        {
            "windows": off_peak_windows(rule),
            "rates": base["rates"] | cheaper,
            # Off-peak rates replace the long-context ones as well.
            "above": [],
            "fees": dict(base["fees"]),
        }
    ]


def _multipliers(row: dict) -> list[dict]:
    out = []
    prefix = "regional_processing_uplift_multiplier_"
    for key in sorted(row):
        if key.startswith(prefix):
            out.append(({"data_residency": key.removeprefix(prefix)}, row[key]))
    if "fedramp_uplift_multiplier" in row:
        # OpenAI's endpoint for the government of the United States, a place of its own beside eu and us.
        out.append(({"data_residency": "fedramp"}, row["fedramp_uplift_multiplier"]))
    if "regional_endpoint_uplift_multiplier" in row:
        out.append(({"endpoint": "regional"}, row["regional_endpoint_uplift_multiplier"]))
    extra = row.get("provider_specific_entry") or {}
    if "us" in extra:
        out.append(({"inference_geo": "us"}, extra["us"]))
    if "fast" in extra:
        out.append(({"speed": "fast"}, extra["fast"]))
    return [{"when": when, "by": money.tidy(money.parse(by))} for when, by in out if money.parse(by) != 1]
