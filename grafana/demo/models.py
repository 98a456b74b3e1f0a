# SPDX-License-Identifier: Apache-2.0
"""The models that the company uses, and its own price file for them.

The prices are the company's: a house price file replaces the embedded book for these models, so that the sender's ledger can be
compared with the service whatever book is embedded.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

FEMTODOLLARS = 10**15
"""Femtodollars in a dollar, the unit of the service's own arithmetic."""


@dataclass(frozen=True)
class Model:
    """A model of one provider. Rates are dollars for a million tokens, by token class."""

    name: str
    provider: str
    host: str
    rates: dict[str, str] = field(default_factory=dict)
    new_rates: dict[str, str] | None = None
    """The rates from the day of the price change on."""
    is_priced: bool = True

    def femtodollars(self, token_type: str, day: date, change: date) -> int:
        """The price of one token of a class on a day."""
        rates = self.new_rates if self.new_rates and day >= change else self.rates
        whole = {"reasoning": "output", "cache_read": "input", "cache_write": "input"}
        text = rates.get(token_type) or rates[whole[token_type]]
        return int(Decimal(text) * (FEMTODOLLARS // 10**6))


SONNET = Model(
    "claude-sonnet-4-5-20250929", "anthropic", "api.anthropic.com",
    {"input": "3", "output": "15", "cache_read": "0.3", "cache_write": "3.75"},
    {"input": "2.4", "output": "12", "cache_read": "0.24", "cache_write": "3"},
)
HAIKU = Model(
    "claude-haiku-4-5-20251001", "anthropic", "api.anthropic.com",
    {"input": "1", "output": "5", "cache_read": "0.1", "cache_write": "1.25"},
)
GPT = Model(
    "gpt-4.1-mini-2025-04-14", "openai", "api.openai.com", {"input": "0.4", "output": "1.6", "cache_read": "0.1"}
)
REASONER = Model("gpt-5-mini-2025-08-07", "openai", "api.openai.com", {"input": "0.25", "output": "2", "cache_read": "0.025"})
EMBEDDER = Model("text-embedding-3-small", "openai", "api.openai.com", {"input": "0.02"})
GEMINI = Model(
    "gemini-2.5-flash", "gcp.gemini", "generativelanguage.googleapis.com",
    {"input": "0.3", "output": "2.5", "cache_read": "0.03"},
)
ROUTED = Model("mistralai/mistral-small-3.2-24b-instruct", "openrouter", "openrouter.ai", {"input": "0.1", "output": "0.3"})
UNKNOWN = Model("orchid-2-preview", "mistral_ai", "api.mistral.ai", is_priced=False)

ALL = (SONNET, HAIKU, GPT, REASONER, EMBEDDER, GEMINI, ROUTED, UNKNOWN)


def price_file(change: date, version: str = "house-prices") -> str:
    """The house price file.

    Args:
        change: The first day (UTC) of the new rates.
        version: What `llm_price_book_info` shows.
    """
    lines = ["format: pricebook/1", f"version: {version}", "models:"]
    for model in ALL:
        if not model.is_priced:
            continue
        lines += [
            f'  - id: "{model.provider}/{model.name}"',
            f"    provider: {model.provider}",
            f'    names: ["{model.name}"]',
            "    prices:",
            f"      - {{rates: {_rates(model.rates)}}}",
        ]
        if model.new_rates:
            lines.append(f"      - {{from: {change.isoformat()}, rates: {_rates(model.new_rates)}}}")
    return "\n".join(lines) + "\n"


def _rates(rates: dict[str, str]) -> str:
    return "{" + ", ".join(f'{name}: "{rate}"' for name, rate in rates.items()) + "}"
