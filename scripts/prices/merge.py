# SPDX-License-Identifier: Apache-2.0
"""Joins the entries of both sources: genai-prices is the base, litellm fills in."""

import copy

from . import matching, money, windows
from .compare import covers, differences, effective_rate, is_free, today_price

# Rates of one part of the traffic only.
MODALITIES = {
    "input_audio",
    "output_audio",
    "cache_read_audio",
    "input_image",
    "output_image",
    "cache_read_image",
    "input_video",
    "output_video",
}
# Discounts and surcharges: a model without them may really have none, so litellm's word counts for the names alone
# that it knows.
OPTIONAL = {"cache_read", "cache_write", "cache_write_1h", "cache_write_12h", "reasoning", "citation"}

# One stretch of audio is billed once, whichever unit a source counts it in.
_AUDIO_UNITS = {"audio_hour", "audio_second"}


class Merger:
    """Collects the entries of the book and what was noticed on the way."""

    def __init__(self, base: list[dict], today: str, fallbacks: dict[str, list[str]]):
        self.today = today
        self.fallbacks = fallbacks
        self.entries = list(base)
        self.conflicts: list[dict] = []
        self.merged = 0
        self._ids = {entry["id"] for entry in base}
        self._exact: dict[tuple[str, str], dict] = {}
        self._patterned: dict[str, list[dict]] = {}
        for entry in base:
            for name in entry["names"]:
                self._exact.setdefault((entry["provider"], name), entry)
            if entry["match"]:
                self._patterned.setdefault(entry["provider"], []).append(entry)

    def add_all(self, rows: list[dict]) -> None:
        """Adds litellm entries, in the order of their ids. Each of them has exactly one name."""
        filled: dict[str, dict[str, dict]] = {}
        others = []
        for row in sorted(rows, key=lambda row: row["id"]):
            if "same_as" in row:
                others.append(row)
                continue
            entry = self._add(row)
            if entry is not None:
                filled.setdefault(entry["id"], {})[row["names"][0]] = row
        # Last, since a row may bring the variants that an earlier row's rates have to stay out of.
        self.entries = [part for entry in self.entries for part in self._split(entry, filled.get(entry["id"], {}))]
        self._index()
        for row in others:
            self._add_name(row)

    def _index(self) -> None:
        self._exact.clear()
        for entry in self.entries:
            for name in entry["names"]:
                self._exact.setdefault((entry["provider"], name), entry)

    def _add_name(self, row: dict) -> None:
        """Adds a name that litellm knows as another one's, unless genai-prices says what it costs."""
        name = row["names"][0]
        found, _ = self.find(row["provider"], name)
        if found is not None:
            return
        target = self._exact.get(tuple(row["same_as"]))
        if target is None or target["provider"] != row["provider"]:
            self._add_new(row)
            return
        target["names"].append(name)
        self._exact[(row["provider"], name)] = target

    def _split(self, entry: dict, rows: dict[str, dict]) -> list[dict]:
        """The entry with the further rates that litellm has for its names: one entry for each set of equal rates.

        The first keeps id and rules. A name that litellm does not know gets no discount from the others, but their
        rates for audio, images and video, if all of them have the same.
        """
        if not rows or len(entry["prices"]) > 1:
            return [entry]
        further = {name: _further_rates(entry["prices"][0]["rates"], row) for name, row in rows.items()}
        shared = {
            key: rate
            for key, rate in next(iter(further.values())).items()
            if key in MODALITIES and all(other.get(key) == rate for other in further.values())
        }
        groups: list[tuple[dict, list[str]]] = []
        for name in entry["names"]:
            rates = further.get(name, shared)
            same = next((names for known, names in groups if known == rates), None)
            if same is None:
                groups.append((rates, same := []))
            same.append(name)
        parts = []
        for rates, names in groups:
            row = next((rows[name] for name in names if name in rows), None)
            part = entry if not parts else self._part(entry, names[0])
            parts.append((part, names, rates, row))
        for part, names, rates, row in parts:
            part["names"] = names
            _fill_rates(part, row, rates)
        return [part for part, *_ in parts]

    def _part(self, entry: dict, name: str) -> dict:
        """A copy of an entry for some of its names, without its rules."""
        part = copy.deepcopy(entry) | {"match": []}
        part["id"] = f"{entry['provider']}/{name}"
        if part["id"] in self._ids:
            part["id"] += "~"
        self._ids.add(part["id"])
        return part

    def _add(self, row: dict) -> dict | None:
        """Adds one row; returns the genai-prices entry that it was merged into, if it was."""
        name = row["names"][0]
        found, how = self.find(row["provider"], name)
        if found is None:
            self._add_new(row)
            return None
        if row.get("unpriced"):
            # Where genai-prices calls the model free, the 0 was a price after all.
            if is_free(found) and name not in found["names"]:
                found["names"].append(name)
            return None
        different = differences(found, row, self.today)
        if not different:
            self.merged += 1
            self._fill_in(found, row, name)
            return found
        # A snapshot that differs past a threshold only is still the same product.
        other_base = any(">" not in key for key in different)
        # A pattern of genai-prices may be too wide for a name that litellm knows by itself, such
        # as a region's. A row that says "free" is more often one that nobody filled in.
        keeps_own_row = (
            other_base and how == "pattern" and not is_free(row) and not _is_plain_bedrock_name(row["provider"], name)
        )
        kept = "litellm" if keeps_own_row else "genai-prices"
        self.conflicts.append(
            {"name": name, "provider": row["provider"], "kept": kept, "match": how, "rates": different}
        )
        if keeps_own_row:
            self._add_new(row)
        elif not other_base:
            self._fill_in(found, row, name)
        return None

    def find(self, provider: str, name: str) -> tuple[dict | None, str]:
        """The genai-prices entry for a name and how it was found: "exact", "pattern" or ""."""
        exact = self._exact.get((provider, name))
        if exact is not None:
            return exact, "exact"
        best = None
        for entry in self._patterned.get(provider, ()):
            for rule in entry["match"]:
                if matching.matches(rule, name) and (best is None or matching.rank(rule) < best[0]):
                    best = (matching.rank(rule), entry)
        return (best[1], "pattern") if best else (None, "")

    def _add_new(self, row: dict) -> None:
        if row["id"] in self._ids:
            row["id"] += "~litellm"
        self._ids.add(row["id"])
        self.entries.append(row)

    def _fill_in(self, entry: dict, row: dict, name: str) -> None:
        """Adds litellm's name and the pieces besides plain rates that genai-prices lacks."""
        if name not in entry["names"]:
            entry["names"].append(name)
        windows.adopt_weekdays(entry["prices"], row["prices"])
        for fee, value in row["prices"][0]["fees"].items():
            for price in entry["prices"]:
                same = _AUDIO_UNITS if fee in _AUDIO_UNITS else {fee}
                if not same & price["fees"].keys():
                    price["fees"][fee] = value
        own_tiers = {variant["when"].get("tier") for variant in entry["variants"]}
        for variant in row["variants"]:
            if variant["when"]["tier"] not in own_tiers:
                entry["variants"].append(variant)
        own_speeds = {variant["when"].get("speed") for variant in entry["variants"]}
        multipliers = entry.setdefault("multipliers", [])
        known = [item["when"] for item in multipliers]
        for item in row["multipliers"]:
            if item["when"] not in known and item["when"].get("speed", "") not in own_speeds:
                multipliers.append(item)
        if "kind" in row:
            entry.setdefault("kind", row["kind"])

    def take_over_history(self) -> int:
        """Gives litellm rows of re-selling providers what is known about the original.

        An undated row must not hide a dated one: where it has today's rates of the entry that the
        fallback provider keeps under its name, it takes over that entry's list of prices, and the
        tiers it lacks. Returns how many rows got a history so.
        """
        count = 0
        for row in self.entries:
            original = self._original(row)
            if original is None or differences(original, row, self.today):
                continue
            theirs, ours = today_price(original, self.today), row["prices"][0]
            if not covers(theirs, ours):
                continue
            tiers = {variant["when"].get("tier") for variant in row["variants"]}
            row["variants"] += [
                variant
                for variant in original["variants"]
                if set(variant["when"]) == {"tier"} and variant["when"]["tier"] not in tiers
            ]
            dated = len(original["prices"]) > 1
            if dated or covers(ours, theirs):
                row["prices"] = [dict(price, fees=dict(ours["fees"])) for price in original["prices"]]
            if dated:
                row["dates_from"] = original["id"]
                count += 1
        return count

    def _original(self, row: dict) -> dict | None:
        if row["source"] != "litellm" or len(row["prices"]) > 1 or row.get("unpriced"):
            return None
        for provider in self.fallbacks.get(row["provider"], ()):
            for name in _spellings(row["names"][0]):
                found, _ = self.find(provider, name)
                if found is not None:
                    return found
        return None


def _further_rates(stated: dict, row: dict) -> dict:
    """The rates of a row that say something which those of an entry do not."""
    return {
        key: rate
        for key, rate in row["prices"][0]["rates"].items()
        if key not in stated
        and (key in MODALITIES or (key in OPTIONAL and money.differ(rate, effective_rate(stated, key) or money.ZERO)))
    }


def _fill_rates(entry: dict, row: dict | None, rates: dict) -> None:
    """Adds rates to the one price of an entry, and nothing to what its tiers and long requests cost.

    A rate of the base holds inside tiers and above thresholds as well, unless these have one of their own. So each of
    them gets one: litellm's, else the one that was billed there before.
    """
    if not rates:
        return
    base = entry["prices"][0]
    before = dict(base["rates"])
    base["rates"].update(rates)
    theirs = row["prices"][0] if row else None
    _keep_apart(base["above"], theirs["above"] if theirs else [], before, rates)
    for variant in entry["variants"]:
        tier = variant["when"].get("tier")
        same = next((v for v in (row["variants"] if row else []) if v["when"].get("tier") == tier), None)
        inside = before | variant["rates"]
        for key in rates:
            if key not in variant["rates"]:
                rate = same["rates"].get(key) if same else None
                rate = rate if rate is not None else effective_rate(inside, key)
                if rate is not None:
                    variant["rates"][key] = rate
        _keep_apart(variant["above"], same["above"] if same else [], inside, rates)


def _keep_apart(steps: list[dict], others: list[dict], before: dict, rates: dict) -> None:
    for step in steps:
        same = next((other["rates"] for other in others if other["over"] == step["over"]), {})
        inside = before | step["rates"]
        for key in rates:
            if key not in step["rates"]:
                rate = same.get(key)
                rate = rate if rate is not None else effective_rate(inside, key)
                if rate is not None:
                    step["rates"][key] = rate


def _is_plain_bedrock_name(provider: str, name: str) -> bool:
    # Without a region prefix these are the old on-demand ids, where genai-prices is the better kept.
    return provider == "aws.bedrock" and name.startswith(("anthropic.", "openai."))


def _spellings(name: str) -> list[str]:
    """A re-seller's name as the original provider writes it."""
    return [name, name.replace("@", "-"), name.split("@")[0]] if "@" in name else [name]
