"""What lies in the repository: no registry, no one machine's paths, nothing heavy, a licence."""

import re
import tomllib
from pathlib import Path

from guanjia import __version__
from tests.house_rules.reading import CLONE, files, name

TEXT = (".py", ".toml", ".txt", ".md", ".json", ".html", ".css", ".js", ".mjs", ".cfg", ".ini", "")
REGISTRY = re.compile(
    r'"resolved": "http|--(extra-)?index-url|--find-links|registry *= *"?http|pypi\.org/simple|registry\.npmjs'
)
MACHINE = re.compile(r"(?<![\w.])/(home|Users|root|work)/[a-z0-9_.-]+")
HEAVIEST = 1_500_000  # bytes
PICTURE = 150_000


def test_no_registry_is_named() -> None:
    assert _found(REGISTRY) == []


def test_no_path_of_one_machine_is_named() -> None:
    assert _found(MACHINE) == []


def test_locks_hold_hashes_and_no_addresses() -> None:
    for lock in ("base", "dev"):
        text = (CLONE / "requirements" / f"{lock}.txt").read_text()
        assert "http" not in text
        pinned = re.findall(r"(?m)^[a-z0-9_.-]+(?:\[[\w,]+\])?==", text)
        assert len(pinned) > 20
        assert len(re.findall(r"(?m)^[a-z0-9].*\\\n    --hash=sha256:", text)) == len(pinned)


def test_both_locks_agree() -> None:
    base, dev = (_pins(CLONE / "requirements" / f"{lock}.txt") for lock in ("base", "dev"))
    assert base.items() <= dev.items()


def test_nothing_is_heavy() -> None:
    heavy = {name(p): p.stat().st_size for p in files() if p.stat().st_size > HEAVIEST}
    assert heavy == {}
    pictures = {name(p): p.stat().st_size for p in files() if p.suffix in (".png", ".jpg")}
    assert {n: size for n, size in pictures.items() if size > PICTURE} == {}


def test_the_licence_is_apache() -> None:
    assert "Apache License" in (CLONE / "LICENSE").read_text()
    project = tomllib.loads((CLONE / "pyproject.toml").read_text())["project"]
    assert project["license"] == "Apache-2.0"
    assert project["version"] == __version__
    assert f"## {__version__}" in (CLONE / "CHANGELOG.md").read_text(encoding="utf-8")


def _found(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path in files():
        if path.suffix in TEXT and name(path) != "tests/house_rules/test_repository.py":
            for number, line in enumerate(_lines(path), 1):
                if pattern.search(line):
                    found.append(f"{name(path)}:{number}")
    return found


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []


def _pins(path: Path) -> dict[str, str]:
    return dict(re.findall(r"(?m)^([a-z0-9_.-]+)(?:\[[\w,]+\])?==(\S+)", path.read_text()))
