# SPDX-License-Identifier: Apache-2.0
"""The documents hold together: links, anchors, and the names of files, metrics, settings and targets in them."""
import re
import subprocess
import unittest
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST_README_LINES = 250


@cache
def tracked() -> list[str]:
    """Files of the repository; without git, all that are there."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True, text=True
        ).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        listed = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if ".build" not in path.parts and path.is_file()]
    return [name for name in listed if (ROOT / name).is_file()]


@cache
def pages() -> list[str]:
    return [name for name in tracked() if name.endswith(".md")]


@cache
def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def prose(page: str) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^ *```.*?^ *```", "", text(page), flags=re.S | re.M)


@cache
def anchors(page: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found: dict[str, int] = {}
    names = set()
    for heading in re.findall(r"^#{1,6} +(.*)$", prose(page), flags=re.M):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        name = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        number = found.get(name, 0)
        found[name] = number + 1
        names.add(f"{name}-{number}" if number else name)
    return names


def code(page: str) -> list[str]:
    """What stands in code in a page's prose."""
    return re.findall(r"`([^`\n]+)`", prose(page))


def table_keys(page: str, prefix: str = "") -> set[str]:
    """What stands in code in the first cells of a page's tables."""
    names: set[str] = set()
    for row in re.findall(r"^\| *(`[^|]*) \|", prose(page), flags=re.M):
        names.update(name for name in re.findall(r"`([^`]+)`", row) if name.startswith(prefix))
    return names


class Pages(unittest.TestCase):
    def test_the_readme_is_short(self):
        self.assertLessEqual(len(text("README.md").splitlines()), MOST_README_LINES)

    def test_every_relative_link_and_anchor_resolves(self):
        broken = []
        for page in pages():
            for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
                if re.match(r"[a-z]+:", target):
                    continue
                path, _, anchor = target.partition("#")
                file = (ROOT / page).parent.joinpath(path).resolve() if path else ROOT / page
                if not file.exists():
                    broken.append(f"{page}: {target}: no such file")
                elif anchor and anchor not in anchors(str(file.relative_to(ROOT))):
                    broken.append(f"{page}: {target}: no such heading")
        self.assertEqual(broken, [])

    def test_every_page_of_docs_is_linked(self):
        linked = set()
        for page in pages():
            for target in re.findall(r"\]\(([^)\s#]+)[^)]*\)", prose(page)):
                if not re.match(r"[a-z]+:", target):
                    linked.add((ROOT / page).parent.joinpath(target).resolve())
        lonely = [page for page in pages() if page.startswith("docs/") and (ROOT / page).resolve() not in linked]
        self.assertEqual(lonely, [])

    def test_a_page_has_each_heading_once(self):
        twice = []
        for page in pages():
            if page.startswith("docs/") or page == "README.md":
                headings = re.findall(r"^#{1,6} +(.*)$", prose(page), flags=re.M)
                twice += [f"{page}: {heading}" for heading in set(headings) if headings.count(heading) > 1]
        self.assertEqual(twice, [])

    def test_each_decision_has_the_four_parts(self):
        for page in pages():
            if page.startswith("docs/decisions/") and not page.endswith("README.md"):
                headings = re.findall(r"^## +(.*)$", text(page), flags=re.M)
                self.assertEqual(headings, ["Context", "Decision", "Consequence", "Alternatives"], page)


class NamesInTheMap(unittest.TestCase):
    """The map and CONTRIBUTING name files, folders, types and functions that exist."""

    PAGES = ("Sources/README.md", "CONTRIBUTING.md")
    #: Names of the imagined dialect in CONTRIBUTING, and of what a developer chooses.
    IMAGINED = {"acmeKind", "BODIES", "SEED", "FILE", "BODIES_LEAN", "BODIES_FAT", "REWRITE_GOLDEN"}

    @classmethod
    def setUpClass(cls):
        cls.files = tracked()
        cls.names = {Path(name).name for name in cls.files}
        cls.folders = {str(parent) for name in cls.files for parent in Path(name).parents}
        cls.words = set()
        for name in cls.files:
            if name.endswith((".swift", ".py", ".sh", ".h", ".c")) and not name.endswith("pricebook.c"):
                cls.words.update(re.findall(r"\w+", text(name)))

    def exists(self, path: str, page: str) -> bool:
        path = path.rstrip("/").removeprefix("./")
        bases = ("", "Sources/", "scripts/") if page == "Sources/README.md" else ("", "Sources/")
        if "…" in path or "<" in path or "*" in path:
            pattern = re.escape(path)
            for sign in ("…", r"\*"):
                pattern = pattern.replace(sign, "[^/]*")
            pattern = re.sub(r"<[^>]*>", "[^/]*", pattern)
            shape = re.compile(r"(?:.*/)?" + pattern)
            return any(shape.fullmatch(name) for name in (*self.files, *self.folders))
        is_there = any(base + path in self.files or base + path in self.folders for base in bases)
        return path in self.names or is_there or any(folder.endswith("/" + path) for folder in self.folders)

    def test_files_and_folders_exist(self):
        missing = []
        for page in self.PAGES:
            for name in code(page):
                is_file = re.fullmatch(r"[\w+./…<>*-]+\.(swift|md|py|sh|json|proto|txt)", name)
                is_folder = re.fullmatch(r"[\w+.…<>-]+(/[\w+.…<>-]+)*/?", name) and "/" in name
                # Texts of messages, ids and what a build makes are no files of the repository.
                if not (is_file or is_folder) or name.startswith((".build/", "/", "openai/", "application/")):
                    continue
                if name in ("settings.yaml", "expected.json") or self.exists(name, page):
                    continue
                missing.append(f"{page}: {name}")
        self.assertEqual(missing, [])

    def test_types_and_functions_exist(self):
        missing = []
        for page in self.PAGES:
            for name in code(page):
                is_name = re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)?(\([\w:]*\))?", name)
                looks_like_code = re.search(r"[a-z][A-Z]|\.|\(", name)
                if not is_name or not looks_like_code or name in self.IMAGINED or name in self.names:
                    continue
                if name.startswith("llm_") or re.match(r"[a-z_]+\.[a-z_]+$", name):
                    continue
                unknown = [word for word in re.findall(r"\w+", name) if word not in self.words]
                if unknown and name not in self.folders:
                    missing.append(f"{page}: {name}")
        self.assertEqual(missing, [])

    def test_rooms_of_the_map_are_targets(self):
        rooms = re.findall(r"^\| `([\w-]+)` \| [^|]* \| `", text("Sources/README.md"), flags=re.M)
        self.assertGreater(len(rooms), 8)
        manifest = text("Package.swift")
        for room in rooms:
            self.assertIn(f'name: "{room}"', manifest)


class NamesInPages(unittest.TestCase):
    """What pages name has a row in the page of its kind; that page is compared with the code by tests in Swift."""

    def test_metrics_are_in_the_tables(self):
        families = table_keys("docs/metrics.md")
        missing = []
        for page in pages():
            if not page.startswith(("docs/", "grafana/")) and page != "README.md":
                continue
            for name in set(re.findall(r"(?<![\^:])\b(?:llm|gen_ai_client)_[a-z_]*[a-z]\b", text(page))):
                family = re.sub(r"_(bucket|sum|count)$", "", name)
                if family not in families and name not in families and name not in ("llm_cost_exporter",):
                    missing.append(f"{page}: {name}")
        self.assertEqual(missing, [])

    def test_counters_of_the_limits_are_families(self):
        families = table_keys("docs/metrics.md")
        limits = text("docs/operations.md").split("## Limits on label values")[0]
        names = set(re.findall(r"`((?!llm_)[a-z_]+_total)[`{]", limits))
        self.assertGreater(len(names), 10)
        self.assertEqual([name for name in names if "llm_cost_exporter_" + name not in families], [])

    def test_settings_are_in_the_table(self):
        settings = table_keys("docs/settings.md")
        sections = {name.split(".")[0] for name in settings if "." in name}
        missing = []
        for page in pages():
            if not page.startswith("docs/") and page not in ("README.md", "grafana/README.md", "CONTRIBUTING.md"):
                continue
            for name in code(page):
                setting = re.fullmatch(r"([a-z_]+\.[a-z_.]+)(: .*)?", name)
                if not setting or setting[1].split(".")[0] not in sections or setting[1].endswith((".yaml", ".md", ".db")):
                    continue
                key = setting[1]
                if key not in settings and not any(other.startswith(key + ".") for other in settings):
                    missing.append(f"{page}: {key}")
        # Flags have the names of settings with other signs between the words.
        missing = [name for name in missing if "-" not in name.split(": ")[1]]
        self.assertEqual(missing, [])

    def test_make_targets_exist(self):
        makefile = text("Makefile")
        targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.M))
        helped = set(re.findall(r"^([a-z-]+):.*## ", makefile, flags=re.M))
        self.assertEqual(targets, helped, "each target has a line in `make help`")
        for page in pages():
            for target in re.findall(r"`make ([a-z-]+)", text(page)):
                self.assertIn(target, targets, page)

    def test_pages_speak_of_the_project_alone(self):
        machine = re.compile(r"/(?:root|home)/\w|issue #?\d|pull request #?\d")
        for page in pages():
            if not page.startswith("Tests/"):
                self.assertIsNone(machine.search(text(page)), page)


if __name__ == "__main__":
    unittest.main()
