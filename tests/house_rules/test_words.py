"""Names that say nothing are not used, and constructions that hide what happens are not either."""

import ast
import re
from pathlib import Path

from tests.house_rules.reading import files, modules, name, tree

EMPTY = re.compile(r"(Manager|Helper|Util|Utils|Base|Mixin|Service)$")
EMPTY_MODULES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "base",
    "misc",
    "services",
    "managers",
}
HIDDEN = {
    "django.dispatch",
    "django.db.models.signals",
    "django.contrib.contenttypes.fields",  # GenericForeignKey
}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
PASSED_OVER = re.compile(r"pytest\.(skip|xfail|importorskip)|mark\.(skip|skipif|xfail)")


def test_no_class_has_an_empty_name() -> None:
    found = [
        f"{name(p)}:{node.name}"
        for p in modules()
        for node in ast.walk(tree(p))
        if isinstance(node, ast.ClassDef) and EMPTY.search(node.name)
    ]
    assert found == []


def test_no_module_has_an_empty_name() -> None:
    assert [name(p) for p in modules() if p.stem in EMPTY_MODULES] == []


def test_nothing_happens_behind_ones_back() -> None:
    found = [f"{name(p)}: {m}" for p in modules("guanjia") for m in _imported(p) if m in HIDDEN]
    assert found == []


def test_what_has_a_shape_is_no_json_bag() -> None:
    assert [
        name(p) for p in modules("guanjia") if "JSONField" in p.read_text(encoding="utf-8")
    ] == []


def test_packages_re_export_nothing() -> None:
    found = [
        name(p)
        for p in modules("guanjia")
        if p.name == "__init__.py"
        and any(isinstance(node, ast.ImportFrom | ast.Import) for node in tree(p).body)
    ]
    assert found == []


def test_nothing_is_left_unfinished() -> None:
    found = [
        name(p)
        for p in files()
        if p.suffix in (".py", ".html", ".js", ".css", ".toml", ".md")
        and p.name != "test_words.py"
        and UNFINISHED.search(p.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_test_is_passed_over() -> None:
    found = [
        name(p)
        for p in modules("tests")
        if p.name != "test_words.py" and PASSED_OVER.search(p.read_text(encoding="utf-8"))
    ]
    assert found == []


def _imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found
