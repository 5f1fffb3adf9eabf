"""The code as the house rules read it: which files, which functions, which names."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

CLONE = Path(__file__).resolve().parents[2]


@cache
def files() -> tuple[Path, ...]:
    """Every file of the repository, new ones included, ignored ones not."""
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(asked, cwd=CLONE, capture_output=True, text=True, check=False)
    if listed.returncode:  # not a clone: an unpacked source archive
        found = [p for p in CLONE.rglob("*") if not p.relative_to(CLONE).parts[0].startswith(".")]
    else:
        found = [CLONE / name for name in listed.stdout.splitlines()]
    return tuple(sorted(p for p in found if p.is_file()))


def modules(*rooms: str) -> list[Path]:
    """Python files below these folders; generated migrations are not ours to shape."""
    wanted = rooms or ("guanjia", "tests", "bench")
    return [
        p
        for p in files()
        if p.suffix == ".py"
        and p.relative_to(CLONE).parts[0] in {w.split("/")[0] for w in wanted}
        and any(name(p).startswith(f"{w}/") for w in wanted)
        and not p.name.endswith("_initial.py")
    ]


def name(path: Path) -> str:
    """The path inside the repository."""
    return path.relative_to(CLONE).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """A parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a module, methods and inner ones included."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many lines a function takes, its first and last included."""
    return (node.end_lineno or node.lineno) - node.lineno + 1
