# SPDX-License-Identifier: Apache-2.0
"""`scripts/imports` accepts this repository and refuses a tree that breaks each rule."""
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1] / "imports"

MANIFEST = """\
// swift-tools-version: 6.2
import PackageDescription
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let package = Package(
    name: "tool",
    dependencies: [.package(url: "https://example.com/swift-log", from: "1.0.0")],
    targets: [
        .systemLibrary(name: "CBytes"),
        .target(name: "Bytes", dependencies: ["CBytes"]),
        .target(name: "Spans", dependencies: ["Bytes", logging], exclude: ["Notes"]),
        .executableTarget(name: "the-tool", dependencies: ["Bytes", "Spans"]),
        .target(name: "Data", path: "Tests/Data"),
        .testTarget(name: "SpansTests", dependencies: ["Data", "Spans", "the-tool"]),
    ])
"""

FILES = {
    "Sources/Bytes/Bytes.swift": "import Foundation\ninternal import CBytes\n",
    "Sources/Spans/Spans.swift": "// import Nothing\npackage import Bytes\nimport struct Logging.Logger\n",
    "Sources/Spans/Notes/Draft.swift": "import Unknown\n",
    "Sources/the-tool/Tool.swift": 'import Bytes\nlet text = """\n  import Text\n  """\nimport Spans\n',
    "Tests/Data/Data.swift": "",
    "Tests/SpansTests/SpansTests.swift": "import Data\n@testable import Spans\n@testable import the_tool\n",
}


class Functions(unittest.TestCase):
    def test_no_function_is_alone_behind_a_lock(self):
        # Swift wraps a function that is the whole value of a `Mutex` once more each time it is read.
        sources = (SCRIPT.parents[1] / "Sources").rglob("*.swift")
        alone = [path.name for path in sources if re.search(r"Mutex<\(*(@|\()[^>]*->", path.read_text(encoding="utf-8"))]
        self.assertEqual(alone, [])


class Imports(unittest.TestCase):
    def run_on(self, *changes: tuple[str, str], manifest: str = MANIFEST):
        with tempfile.TemporaryDirectory() as folder:
            for name, content in {"Package.swift": manifest, **FILES, **dict(changes)}.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content, encoding="utf-8")
            return self.run_script("--root", folder)

    def run_script(self, *arguments: str):
        return subprocess.run([sys.executable, "-B", SCRIPT, *arguments], capture_output=True, text=True, timeout=60)

    def assert_refused(self, run, *problems: str):
        self.assertEqual(run.stderr.splitlines(), list(problems))
        self.assertEqual(run.returncode, 1)

    def test_this_repository_keeps_the_rules(self):
        run = self.run_script()
        self.assertEqual(run.stderr, "")
        self.assertEqual(run.returncode, 0)
        self.assertRegex(run.stdout, r"(?m)^Exposition +(Notation )?Aggregation$")

    def test_a_tree_that_keeps_the_rules(self):
        run = self.run_on()
        self.assertEqual(run.stderr, "")
        self.assertEqual(
            run.stdout.splitlines(),
            [
                "Bytes       CBytes",
                "Spans       Bytes  + Logging",
                "the-tool    Bytes Spans",
                "Data",
                "SpansTests  Spans the-tool Data",
                "Sources: the median Swift file has 2.5 lines",
                "Tests: the median Swift file has 1.5 lines",
            ],
        )

    def test_an_import_against_the_direction_of_data(self):
        manifest = MANIFEST.replace('["CBytes"]', '["CBytes", "Spans"]').replace('["Bytes", logging]', "[logging]")
        self.assert_refused(
            self.run_on(
                ("Sources/Bytes/Bytes.swift", "import CBytes\n\nimport Spans\n"),
                ("Sources/Spans/Spans.swift", "import Logging\n"),
                manifest=manifest,
            ),
            "Sources/Bytes/Bytes.swift:3: Bytes imports Spans, which data reaches later; "
            "move what it needs to an earlier target",
            "Package.swift: Bytes depends on Spans, which is listed later; data flows in the order of the list",
        )

    def test_an_import_that_is_not_declared(self):
        self.assert_refused(
            self.run_on(("Sources/the-tool/Tool.swift", "import Bytes\nimport Spans\nimport Logging\n")),
            "Sources/the-tool/Tool.swift:3: the-tool imports Logging; declare the dependency in Package.swift",
        )

    def test_a_declared_dependency_that_nobody_imports(self):
        self.assert_refused(
            self.run_on(("Sources/Spans/Spans.swift", "import Bytes\n/* import Logging */\n")),
            "Package.swift: Spans depends on Logging, which no file of it imports; remove the dependency",
        )

    def test_a_crowded_folder(self):
        fifteen = [(f"Tests/Data/More/{number}.py", "") for number in range(15)]
        self.assertEqual(self.run_on(*fifteen).returncode, 0)
        self.assert_refused(
            self.run_on(*fifteen, ("Tests/Data/More/one.swift", "")),
            "Tests/Data/More: 16 source files; at most 15 may be in one folder, so divide it by subject",
        )

    def test_long_files(self):
        names = ("Sources/Bytes/Bytes.swift", "Sources/Spans/Spans.swift", "Sources/the-tool/Tool.swift")
        self.assert_refused(
            self.run_on(*((name, FILES[name] + "//\n" * 100) for name in names)),
            "Sources: the median file has 102.5 lines; it may have 100",
        )


if __name__ == "__main__":
    unittest.main()
