"""Files and functions stay small enough to be read whole."""

import ast
import statistics
from pathlib import Path

from tests.house_rules.reading import files, functions, lines, modules, name, tree

FILE_WALL, FUNCTION_WALL, KIT_WALL = 400, 40, 400
READABLE = (".py", ".html", ".css", ".js", ".mjs")


def test_no_file_passes_the_wall() -> None:
    long = {
        name(p): count
        for p in files()
        if p.suffix in READABLE and not p.name.endswith("_initial.py")
        if (count := len(p.read_text(encoding="utf-8").splitlines())) > FILE_WALL
    }
    assert long == {}


def test_no_function_passes_the_wall() -> None:
    long = {
        f"{name(p)}:{f.name}": lines(f)
        for p in modules()
        for f in functions(p)
        if lines(f) > FUNCTION_WALL
    }
    assert long == {}


def test_a_function_is_usually_a_few_lines() -> None:
    sizes = [lines(f) for p in modules("guanjia") for f in functions(p)]
    assert statistics.median(sizes) <= 10


def test_the_kit_is_small() -> None:
    assert sum(len(p.read_text().splitlines()) for p in modules("guanjia/kit")) <= KIT_WALL


def test_every_module_begins_with_a_sentence() -> None:
    silent = [name(p) for p in modules() if not _begins_with_a_sentence(p) and p.stat().st_size]
    silent = [n for n in silent if "/migrations/" not in n]
    assert silent == []


def test_every_public_thing_says_what_it_is() -> None:
    silent = [
        f"{name(p)}:{node.name}"
        for p in modules("guanjia")
        if "/migrations/" not in name(p)
        for node in tree(p).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def _begins_with_a_sentence(path: Path) -> bool:
    text = ast.get_docstring(tree(path)) or ""
    return text.split("\n\n")[0].rstrip().endswith((".", "。", "`"))
