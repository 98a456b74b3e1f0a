# SPDX-License-Identifier: Apache-2.0
"""genai-prices models (as dumped by dump_genai_prices.py) to entries of the book."""

from . import matching, money

SOURCE = "genai-prices"

RATES = {
    "input_mtok": "input",
    "output_mtok": "output",
    "cache_read_mtok": "cache_read",
    "cache_write_mtok": "cache_write",
    "cache_write_5m_mtok": "cache_write",
    "cache_write_1h_mtok": "cache_write_1h",
    "output_reasoning_mtok": "reasoning",
    "input_audio_mtok": "input_audio",
    "output_audio_mtok": "output_audio",
    "cache_audio_read_mtok": "cache_read_audio",
    "input_image_mtok": "input_image",
    "output_image_mtok": "output_image",
    "cache_image_read_mtok": "cache_read_image",
    "input_video_mtok": "input_video",
    "output_video_mtok": "output_video",
    "output_citation_mtok": "citation",
}

# Fee name and whether the source counts in thousands.
FEES = {
    "web_searches_kcount": ("web_search", True),
    "storage_searches_kcount": ("file_search", True),
    "rerank_searches_kcount": ("rerank_search", True),
    "requests_kcount": ("request", True),
    "input_text_messages_kcount": ("text_message", True),
    "input_document_kpages": ("page", True),
    "input_annotated_document_kpages": ("annotated_page", True),
    "audio_hours": ("audio_hour", False),
    "input_audio_hours": ("audio_hour", False),
    "input_mchars": ("mchar", False),
}

# A request context of the source, as (key, value) of ours; None keeps the value.
CONTEXTS = {
    "service_tier": ("tier", None),
    "processing": ("tier", None),
    "speed": ("speed", None),
    "route": ("route", None),
    "search_type": ("search_type", None),
}


class UnknownKeyError(ValueError):
    """The source has a price or a context that has no place in the book."""


def entries(provider: dict, book_provider: str, unpriced: dict[str, str] | None = None) -> list[dict]:
    """All entries of one dumped provider, in the source's order.

    The source marks a free model by an empty price. `unpriced` holds the ids (with reasons) of those
    where that stands for "not known"; they stay without a rate, so that nobody takes them for free. `PROVIDER/*`
    stands for all models of a provider, whose subscription includes some of them.
    """
    out = [_entry(model, book_provider) for model in provider["models"]]
    _name_by_id(out)
    if f"{book_provider}/*" in (unpriced or {}):
        return [_without_zeros(entry) for entry in out]
    for entry in out:
        if entry["id"] not in (unpriced or {}):
            _spell_out_free(entry)
    return out


def _without_zeros(entry: dict) -> dict:
    for price in entry["prices"]:
        if all(rate == money.ZERO for rate in price["rates"].values()):
            price["rates"] = {}
    return entry


def _spell_out_free(entry: dict) -> None:
    for price in entry["prices"]:
        if not price["rates"] and not price["fees"]:
            price["rates"] = {"input": money.ZERO, "output": money.ZERO}


def _entry(model: dict, provider: str) -> dict:
    names, rules = matching.split_clauses(model["match"])
    source_id = model["id"].lower()
    entry = {
        "id": f"{provider}/{source_id}",
        "provider": provider,
        "source": SOURCE,
        "source_id": source_id,
        "names": list(dict.fromkeys(names)),
        "match": rules,
        "prices": _dated_windows([_conditional(item) for item in model["prices"]]),
        "variants": [_variant(item) for item in model["variants"]],
    }
    entry["variants"] = [v for v in entry["variants"] if v["rates"] or v["fees"]]
    return entry


def _name_by_id(entries: list[dict]) -> None:
    """An id is a name, too, unless it is somebody else's."""
    taken = {name for entry in entries for name in entry["names"]}
    for entry in entries:
        name = entry["source_id"]
        if name not in taken and not any(
            matching.matches(rule, name) for other in entries if other is not entry for rule in other["match"]
        ):
            entry["names"].append(name)
            taken.add(name)


def _conditional(item: dict) -> dict:
    out = price(item["price"])
    if "from" in item:
        out["from"] = item["from"]
    if "hours_utc" in item:
        out["windows"] = [{"hours_utc": [item["hours_utc"]]}]
    return out


def _dated_windows(prices: list[dict]) -> list[dict]:
    """Lets hours of the day begin with the dated price that they follow in the source's list.

    The source gives a price either a date or hours. Prices by the hour that stand behind dated ones belong to the
    last of these: without a date of their own they would hold before the vendor had them.
    """
    began = None
    for price in prices:
        began = price.get("from", began)
        if began and "windows" in price:
            price["from"] = began
    return prices


def _variant(item: dict) -> dict:
    out = _conditional(item)
    when = {}
    for key, value in item["when"].items():
        if key not in CONTEXTS:
            raise UnknownKeyError(f"genai-prices has a variant by {key!r}; add it to CONTEXTS")
        ours, fixed = CONTEXTS[key]
        when[ours] = fixed or value.lower()
    out["when"] = when
    return out


def price(source: dict) -> dict:
    """Rates, long-context rates and fees of one price object."""
    rates, fees, tiers = {}, {}, {}
    for key, value in source.items():
        if key in RATES:
            rates[RATES[key]] = money.tidy(money.parse(value["base"] if isinstance(value, dict) else value))
            if isinstance(value, dict):
                tiers[RATES[key]] = {t["over"]: money.tidy(money.parse(t["price"])) for t in value["tiers"]}
        elif key in FEES:
            name, thousands = FEES[key]
            fees[name] = money.per_one_of_thousand(value) if thousands else money.tidy(money.parse(value))
        else:
            raise UnknownKeyError(f"genai-prices has a price key {key!r}; add it to RATES or FEES")
    return {"rates": rates, "above": above(tiers), "fees": fees}


def above(tiers: dict[str, dict[int, object]]) -> list[dict]:
    """One list of thresholds out of one per rate.

    Only the highest passed threshold counts in the book, so a rate whose own threshold was
    passed lower down is repeated in each higher one.
    """
    out = []
    for over in sorted({over for steps in tiers.values() for over in steps}):
        rates = {}
        for key, steps in tiers.items():
            passed = [start for start in steps if start <= over]
            if passed:
                rates[key] = steps[max(passed)]
        out.append({"over": over, "rates": rates})
    return out
