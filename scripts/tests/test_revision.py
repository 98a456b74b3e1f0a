# SPDX-License-Identifier: Apache-2.0
"""`scripts/revision` writes the version, the commit and the compiler into a Swift file."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1] / "revision"
HEAD = "[0-9a-f]{40}"
DATE = "2026-02-03T04:05:06Z"


class Revision(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        # The package is in a folder of another repository, as a vendored copy is. The script must not report that commit.
        self.git("init", "-q", folder=Path(folder.name))
        self.root = Path(folder.name) / "package"
        (self.root / "scripts").mkdir(parents=True)
        shutil.copy(SCRIPT, self.root / "scripts/revision")
        (self.root / "VERSION").write_text("1.2.3\n", encoding="utf-8")
        (self.root / ".gitattributes").write_text("scripts/revision export-subst\n", encoding="utf-8")
        self.compiler = Path(folder.name) / "swiftc"
        self.compiler.write_text("#!/bin/sh\necho 'Swift version 6.9.1 (swift-6.9.1-RELEASE)'\n", encoding="utf-8")
        self.compiler.chmod(0o755)
        self.file = Path(folder.name) / "Revision.swift"

    def git(self, *arguments: str, folder: Path | None = None):
        identity = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in
                    {"NAME": "N", "EMAIL": "n@example.com", "DATE": "2026-02-03T06:05:06+02:00"}.items()}
        nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        return subprocess.run(
            ["git", *arguments], cwd=folder or self.root, env=os.environ | identity | nobody, check=True, capture_output=True
        ).stdout

    def commit(self):
        self.git("init", "-q")
        self.git("add", ".")
        self.git("commit", "-q", "-m", "first")

    def written(self, root: Path | None = None, compiler: str | None = None) -> tuple[str, ...]:
        """Version, revision, date and compiler in the file."""
        command = [(root or self.root) / "scripts/revision", self.file, compiler or self.compiler]
        subprocess.run(command, check=True, capture_output=True)
        return tuple(re.findall(r'"([^"]*)"', self.file.read_text(encoding="utf-8")))

    def test_a_clone(self):
        self.commit()
        version, revision, date, swift = self.written()
        self.assertEqual((version, date, swift), ("1.2.3", DATE, "6.9.1"))
        self.assertRegex(revision, f"^{HEAD}$")

    def test_a_clone_with_changes(self):
        self.commit()
        (self.root / "new.swift").write_text("", encoding="utf-8")
        self.assertRegex(self.written()[1], f"^{HEAD}-modified$")

    def test_a_copy_without_history_inside_another_repository(self):
        self.assertEqual(self.written(), ("1.2.3", "unknown", "unknown", "6.9.1"))

    def test_an_archive_knows_its_commit(self):
        self.commit()
        revision = self.written()[1]
        archive = self.root.parent / "archive"
        archive.mkdir()
        subprocess.run(["tar", "-x"], cwd=archive, input=self.git("archive", "HEAD"), check=True)
        self.assertEqual(self.written(archive), ("1.2.3", revision, DATE, "6.9.1"))

    def test_a_compiler_that_does_not_answer(self):
        self.assertEqual(self.written(compiler="/bin/false")[3], "unknown")

    def test_the_file_is_left_alone_if_nothing_changed(self):
        self.commit()
        self.written()
        os.utime(self.file, (1, 1))
        self.written()
        self.assertEqual(self.file.stat().st_mtime, 1)
        (self.root / "VERSION").write_text("1.2.4\n", encoding="utf-8")
        self.assertEqual(self.written()[0], "1.2.4")
        self.assertNotEqual(self.file.stat().st_mtime, 1)


if __name__ == "__main__":
    unittest.main()
