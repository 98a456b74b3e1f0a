# SPDX-License-Identifier: Apache-2.0
"""The hand-kept provider table: ids of the sources to ours, spellings, hosts, fallbacks."""

import json
from pathlib import Path

_TABLE = Path(__file__).with_name("providers.json")


class ProviderTableError(ValueError):
    """The table contradicts itself."""


class ProviderTable:
    """Provider ids of both sources and what the book says about each provider."""

    def __init__(self, table: dict):
        self.rows: dict[str, dict] = table["providers"]
        self.gateways: list[str] = sorted(set(table.get("gateways", ())))
        self._genai: dict[str, str] = {}
        self._litellm: dict[str, str] = {}
        self._litellm_prefixes: dict[str, str] = {}
        for provider, row in self.rows.items():
            for source_id in row.get("genai_prices", ()):
                self._genai[source_id] = provider
            for source_id in row.get("litellm", ()):
                target = self._litellm_prefixes if source_id.endswith("*") else self._litellm
                target[source_id.rstrip("*")] = provider

    @classmethod
    def load(cls) -> "ProviderTable":
        """Reads the table beside this file."""
        return cls(json.loads(_TABLE.read_text(encoding="utf-8")))

    def from_genai_prices(self, source_id: str) -> str:
        """Our id for a provider of genai-prices."""
        return self._genai.get(source_id, source_id)

    def from_litellm(self, source_id: str, key: str) -> tuple[str, str]:
        """Our provider and the model name, lower case, for a row of litellm."""
        provider = self._litellm.get(source_id)
        if provider is None:
            known = (p for prefix, p in self._litellm_prefixes.items() if source_id.startswith(prefix))
            provider = next(known, source_id)
        for prefix in self.rows.get(provider, {}).get("strip", [source_id + "/"]):
            # Once only: what follows may carry the same word as part of the name ("perplexity/sonar").
            if key.startswith(prefix):
                return provider, key.removeprefix(prefix).lower()
        return provider, key.lower()

    def runs_on_own_machines(self, provider: str) -> bool:
        """Whether the provider is software that people run on machines of their own, where nobody bills tokens."""
        return bool(self.rows.get(provider, {}).get("own_machines"))

    def for_book(self, used: set[str], genai_fallbacks: dict[str, list[str]]) -> dict[str, dict]:
        """The providers of the book: those with models and those the table alone knows."""
        out = {}
        for provider in sorted(used):
            row = self.rows.get(provider, {})
            entry: dict = {"aliases": self._aliases(provider)}
            if row.get("hosts"):
                entry["hosts"] = sorted(row["hosts"])
            fallback = row.get("fallback", genai_fallbacks.get(provider, []))
            fallback = [other for other in fallback if other in used]
            if fallback:
                entry["fallback"] = fallback
            if row.get("unambiguous"):
                entry["unambiguous"] = sorted(row["unambiguous"])
            out[provider] = entry
        _check_unique(out, self.gateways)
        return out

    def _aliases(self, provider: str) -> list[str]:
        row = self.rows.get(provider, {})
        names = {provider, *row.get("aliases", ()), *row.get("genai_prices", ())}
        names.update(name for name in row.get("litellm", ()) if "*" not in name)
        if not row:
            names.update({provider.replace("_", "-"), provider.replace("-", "_")})
        return sorted(name.lower() for name in names)


def _check_unique(providers: dict[str, dict], gateways: list[str]) -> None:
    owner: dict[tuple[str, str], str] = {("aliases", name): "gateways" for name in gateways}
    for provider, entry in providers.items():
        for kind in ("aliases", "hosts", "unambiguous"):
            for name in entry.get(kind, ()):
                other = owner.setdefault((kind, name), provider)
                if other != provider:
                    raise ProviderTableError(f"{kind} {name!r} belongs to both {other} and {provider}")
    prefixes = [(name, provider) for (kind, name), provider in owner.items() if kind == "unambiguous"]
    for name, provider in prefixes:
        for other_name, other in prefixes:
            if provider != other and name.startswith(other_name):
                raise ProviderTableError(f"unambiguous {name!r} of {provider} begins with {other_name!r} of {other}")
