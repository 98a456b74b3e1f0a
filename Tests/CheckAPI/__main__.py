# SPDX-License-Identifier: Apache-2.0
"""The command line: see the package's docstring."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import CheckAPI
from Attack.service import Service, Setup

from .calls import Stored, store

_ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="CheckAPI", description=CheckAPI.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--binary", type=Path, default=_ROOT / ".build/release/llm-cost-exporter", help="the service")
    parser.add_argument("--seed", type=int, default=20261129, help="of all random data")
    parser.add_argument("--examples", type=int, default=100, help="requests of each kind for each question")
    arguments = parser.parse_args()
    if not arguments.binary.exists():
        parser.error(f"{arguments.binary} does not exist; `make release` builds it")

    with TemporaryDirectory(prefix="check-api-") as folder:
        setup = Setup({"billing": {"settle": "200ms"}}, ledger=Path(folder) / "ledger")
        service = Service(arguments.binary.resolve(), setup)
        try:
            service.wait_ready()
            stored = store(service, arguments.seed)
            any_text = ["--exclude-checks", "positive_data_acceptance", "--phases", "coverage,fuzzing", "--warnings", "off"]
            results = [
                _run("requests from the document", service, arguments, any_text, folder),
                _run("meaningful questions", service, arguments, ["--mode", "positive", "--phases", "fuzzing"], folder, stored),
            ]
            if not service.is_alive:
                print(f"check-api: the service ended, {service.ending}: {service.last_words}")
                return 1
        finally:
            service.kill()
    return max(results)


def _run(
    title: str, service: Service, arguments: argparse.Namespace, more: list[str], folder: str, stored: Stored | None = None
) -> int:
    """One run of schemathesis; the result is its exit status."""
    print(f"== {title}", flush=True)
    command = [
        Path(sys.executable).with_name("st"), "run", f"http://127.0.0.1:{service.web}/api/v1/openapi.json", "--no-color",
        "--continue-on-failure", "--seed", str(arguments.seed), "--max-examples", str(arguments.examples),
        # A transfer may come in pieces, and the checks of a small machine wait for each other.
        "--request-timeout", "30", "--suppress-health-check", "all", *more,
    ]
    environment = dict(os.environ)
    if stored:
        environment |= {"SCHEMATHESIS_HOOKS": "CheckAPI.questions", "CHECK_API_STORED": stored.text}
    # It writes a folder of its own into the working directory.
    return subprocess.run(command, cwd=folder, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
