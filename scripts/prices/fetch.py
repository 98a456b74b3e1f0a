# SPDX-License-Identifier: Apache-2.0
"""Gets the two pinned sources, checks their hashes and reads them.

genai-prices is installed into a virtual environment of the importer's own, since its data are
Python objects. litellm is only downloaded: its price JSON is read out of the zip and no code of
it ever runs (two of its past releases carried malware).
"""

import hashlib
import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


class FetchError(RuntimeError):
    """A source could not be had, or is not the pinned one."""


def sha256(data: bytes) -> str:
    """Hex digest of some bytes."""
    return hashlib.sha256(data).hexdigest()


def require(what: str, data: bytes, expected: str) -> None:
    """Raises FetchError when the bytes are not the pinned ones."""
    found = sha256(data)
    if found != expected:
        raise FetchError(f"{what}: sha256 is {found}, pinned is {expected}; see scripts/README.md on updating")


def genai_prices(pin: dict, environment: Path, wheel: Path | None) -> list[dict]:
    """The dumped providers of genai-prices, from the registry or from a wheel at hand."""
    python = _environment(environment)
    requirements = HERE / "requirements.txt"
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    if wheel is not None:
        require(wheel.name, wheel.read_bytes(), pin["wheel_sha256"])
        command += ["--find-links", str(wheel.resolve().parent)]
    _run(command + ["-r", str(requirements)], "installing genai-prices")
    dump = _run([python, str(HERE / "dump_genai_prices.py")], "reading genai-prices")
    return json.loads(dump)


def litellm(pin: dict, folder: Path, wheel: Path | None) -> dict:
    """litellm's price table, numbers as text, from the registry or from a wheel at hand."""
    if wheel is None:
        wheel = _download(pin, folder)
    require(wheel.name, wheel.read_bytes(), pin["wheel_sha256"])
    with zipfile.ZipFile(wheel) as archive:
        data = archive.read(pin["json_path"])
    require(pin["json_path"], data, pin["json_sha256"])
    return json.loads(data, parse_float=str, parse_int=str)


def _download(pin: dict, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    pattern = f"litellm-{pin['version']}-*{pin['wheel_platform']}.whl"
    if not list(folder.glob(pattern)):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        # The pinned wheel whatever machine this runs on; only its JSON is of interest.
        command += ["--only-binary", ":all:", "--platform", pin["wheel_platform"], "--python-version", "3.11"]
        _run(command + ["--dest", str(folder), f"litellm=={pin['version']}"], "downloading litellm")
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise FetchError(f"expected one {pattern} in {folder}, found {len(found)}")
    return found[0]


def _environment(folder: Path) -> str:
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    return str(python)


def _run(command: list[str], what: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise FetchError(f"{what} failed:\n{done.stderr.strip()}")
    return done.stdout
