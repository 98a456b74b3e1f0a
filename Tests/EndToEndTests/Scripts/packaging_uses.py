# SPDX-License-Identifier: Apache-2.0
"""Checks that the program has what the files of a folder use: packaging_uses.py PROGRAM FOLDER.

It parses each YAML file, collects command lines, environment variables and settings from compose files, Kubernetes objects,
Dockerfiles and systemd units, and asks the program whether it has each command, flag, variable and key. It prints one line for each
thing that the program lacks, and at the end how many files it read.
"""

import json
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

NAME = "llm-cost-exporter"
SETTINGS = f"/etc/{NAME}/settings.yaml"
PREFIX = "LLM_COST_EXPORTER_"


class Program:
    """What the program accepts, as it says itself."""

    def __init__(self, path: str):
        self.path = path
        root = json.loads(self.run("--experimental-dump-help")[1])["command"]
        self.flags = {command["commandName"]: self.flags_of(command) for command in root["subcommands"]}
        self.variables = {PREFIX + re.sub("[.-]", "_", flag).upper() for flag in self.flags["serve"]}

    @staticmethod
    def flags_of(command: dict) -> set[str]:
        names = [name for argument in command.get("arguments", []) for name in argument.get("names", [])]
        return {name["name"] for name in names if name["kind"] == "long"}

    def run(self, *arguments: str) -> tuple[int, str]:
        done = subprocess.run([self.path, *arguments], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout or done.stderr

    def lacks_in_arguments(self, arguments: list[str]) -> list[str]:
        command, *rest = arguments or ["serve"]
        if command.startswith("-"):
            command, rest = "serve", arguments
        if command not in self.flags:
            return [f"there is no command {command}"]
        given = [word[2:].partition("=")[0] for word in rest if word.startswith("--")]
        return [f"{command} has no flag --{flag}" for flag in given if flag not in self.flags[command]]

    def lacks_in_environment(self, names) -> list[str]:
        return [f"there is no variable {name}" for name in names if name.startswith(PREFIX) and name not in self.variables]

    def lacks_in_settings(self, text: str) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "settings.yaml")
            path.write_text(text, encoding="utf-8")
            # The price file that an example names.
            Path(folder, "prices.yaml").write_text("format: pricebook/1\n", encoding="utf-8")
            status, said = self.run("check-config", "--config.file", str(path))
            return [] if status == 0 else [said.strip().replace(folder + "/", "")]


def compose(documents: list, folder: Path, program: Program) -> list[str]:
    service = documents[0]["services"][NAME]
    problems = program.lacks_in_arguments(service.get("command", []))
    variables = service.get("environment", {})
    problems += program.lacks_in_environment(variables if isinstance(variables, dict) else [v.partition("=")[0] for v in variables])
    for mount in service.get("volumes", []):
        source, target, *_ = mount.split(":")
        if target == SETTINGS:
            problems += program.lacks_in_settings((folder / source).read_text(encoding="utf-8"))
    return problems


def kubernetes(documents: list, program: Program) -> list[str]:
    problems = []
    for item in documents:
        if item["kind"] in ("Deployment", "StatefulSet"):
            for container in item["spec"]["template"]["spec"]["containers"]:
                problems += program.lacks_in_arguments(container.get("args", []))
                problems += program.lacks_in_environment(entry["name"] for entry in container.get("env", []))
        if item["kind"] == "ConfigMap":
            problems += program.lacks_in_settings(item["data"]["settings.yaml"])
    return problems


def dockerfile(text: str, program: Program) -> list[str]:
    text = text.replace("\\\n", "")
    (entry,) = re.findall(r"^ENTRYPOINT (.*)$", text, re.M)
    (command,) = re.findall(r"^CMD (.*)$", text, re.M)
    arguments = (json.loads(entry) + json.loads(command))[1:]
    variables = [word.partition("=")[0] for line in re.findall(r"^ENV (.*)$", text, re.M) for word in shlex.split(line)]
    return program.lacks_in_arguments(arguments) + program.lacks_in_environment(variables)


def unit(text: str, program: Program) -> list[str]:
    (command,) = re.findall(r"^ExecStart=(.*)$", text, re.M)
    variables = [word.partition("=")[0] for line in re.findall(r"^Environment=(.*)$", text, re.M) for word in shlex.split(line)]
    return program.lacks_in_arguments(shlex.split(command)[1:]) + program.lacks_in_environment(variables)


def example(text: str, program: Program) -> list[str]:
    """A settings file, as it is and with its examples, whose comment signs no single space follows."""
    examples = re.sub(r"(?m)^#(?=(?:  )*[a-z-])", "", text)
    return program.lacks_in_settings(text) + (program.lacks_in_settings(examples) if examples != text else [])


def problems_of(path: Path, program: Program) -> list[str]:
    text = path.read_text(encoding="utf-8")
    if path.name == "Dockerfile":
        return dockerfile(text, program)
    if path.suffix == ".service":
        return unit(text, program)
    try:
        documents = list(yaml.safe_load_all(text))
    except yaml.YAMLError as error:
        return [f"no YAML: {error}".replace("\n", " ")]
    if path.name == "compose.yaml":
        return compose(documents, path.parent, program)
    if path.name == "settings.yaml":
        return example(text, program)
    if documents and isinstance(documents[0], dict) and "kind" in documents[0]:
        return kubernetes(documents, program)
    return []


def main() -> None:
    program, folder = Program(sys.argv[1]), Path(sys.argv[2])
    paths = sorted(path for path in folder.rglob("*") if path.suffix in (".yaml", ".service") or path.name == "Dockerfile")
    for path in paths:
        for problem in problems_of(path, program):
            print(f"{path.relative_to(folder)}: {problem}")
    print(f"{len(paths)} files")


if __name__ == "__main__":
    main()
