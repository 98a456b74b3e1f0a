# SPDX-License-Identifier: Apache-2.0
"""The files of packaging name flags, variables, paths and ports that exist."""
import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
FILES = [path for path in PACKAGING.rglob("*") if path.suffix in (".yaml", ".service") or path.name == "Dockerfile"]


def text(name: str) -> str:
    return (PACKAGING / name).read_text(encoding="utf-8")


class Packaging(unittest.TestCase):
    def setUp(self):
        # The Swift tests compare this page with the program.
        self.commands = (ROOT / "docs/commands.md").read_text(encoding="utf-8")

    def test_flags_and_variables_exist(self):
        self.assertGreaterEqual(len(FILES), 8)
        for path in FILES:
            content = path.read_text(encoding="utf-8")
            for flag in re.findall(r"--(?:config|otlp|web|log)\.[a-z-]+", content):
                self.assertIn(f"`{flag}", self.commands, path.name)
            for variable in re.findall(r"LLM_COST_EXPORTER_\w+", content):
                self.assertIn(f"`{variable}`", self.commands, path.name)

    def test_ports_are_those_of_the_service(self):
        for name in ("docker/Dockerfile", "kubernetes/llm-cost-exporter.yaml"):
            for listener, port in (("otlp", 4318), ("web", 9464)):
                self.assertIn(f"`127.0.0.1:{port}` | `{listener}.listen_address`", self.commands)
                self.assertIn(f":{port}", text(name))
        self.assertIn("llm-cost-exporter:9464", text("docker/prometheus.yaml"))
        self.assertIn("http://llm-cost-exporter:4318", text("docker/collector.yaml"))

    def test_references_between_kubernetes_objects_hold(self):
        deployment, service = text("kubernetes/llm-cost-exporter.yaml").split("\n---\n")
        ports = set(re.findall(r"\{name: (\w+), containerPort", deployment))
        self.assertEqual(ports, {"otlp", "web"})
        self.assertEqual(set(re.findall(r"port: ([a-z]+)\}", deployment)), {"web"})
        self.assertEqual(set(re.findall(r"targetPort: (\w+)", service)), ports)
        self.assertIn("    - port: web\n", text("kubernetes/service-monitor.yaml"))
        self.assertIn("enableServiceLinks: false", deployment)
        version = (ROOT / "VERSION").read_text(encoding="utf-8").strip()
        self.assertIn(f"image: llm-cost-exporter:{version}\n", deployment)

    def test_each_file_that_compose_mounts_exists(self):
        mounts = re.findall(r"\./([\w.-]+):/", text("docker/compose.yaml"))
        self.assertEqual(len(mounts), 3)
        for name in mounts:
            self.assertTrue((PACKAGING / "docker" / name).is_file(), name)

    def test_the_package_keeps_the_settings_that_the_unit_reads(self):
        (path,) = text("debian/conffiles").split()
        self.assertIn(f"--config.file {path}\n", text("llm-cost-exporter.service"))


if __name__ == "__main__":
    unittest.main()
