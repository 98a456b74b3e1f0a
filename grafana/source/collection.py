# SPDX-License-Identifier: Apache-2.0
"""All dashboards, and the files that they are written to."""

import json
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from source.boards import attribution, engineering, exporter, spend, tokens_and_cache, traces_and_users, trust

DASHBOARDS = {
    "spend": spend.build,
    "engineering": engineering.build,
    "attribution": attribution.build,
    "tokens-and-cache": tokens_and_cache.build,
    "traces-and-users": traces_and_users.build,
    "trust": trust.build,
    "exporter": exporter.build,
}


def files() -> dict[str, str]:
    """The text of each file by its name. The same source gives the same bytes."""
    return {f"{name}.json": json.dumps(build(), cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
            for name, build in DASHBOARDS.items()}


def write(folder: Path) -> list[Path]:
    """Writes the files to a folder and returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in files().items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written
