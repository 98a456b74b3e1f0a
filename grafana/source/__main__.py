# SPDX-License-Identifier: Apache-2.0
"""Writes the dashboards to grafana/dashboards, or to the folder that is given."""

import sys
from pathlib import Path

from source.collection import write

if __name__ == "__main__":
    for path in write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[1] / "dashboards"):
        print(path)
