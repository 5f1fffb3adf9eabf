"""Every measurement, one after another; `python -m bench.all` writes their table into docs/benchmarks.md."""

import json
import os
import platform
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

CLONE = Path(__file__).resolve().parents[1]
PAGE = CLONE / "docs" / "benchmarks.md"
NOT_MEASUREMENTS = {"__init__", "all", "people", "registry", "report"}
TABLE = re.compile(r"(<!-- table -->\n).*?(<!-- end -->)", re.S)


def programs() -> list[str]:
    """The measurements, by name."""
    return sorted(
        p.stem for p in Path(__file__).parent.glob("*.py") if p.stem not in NOT_MEASUREMENTS
    )


def measure(name: str, scale: float) -> dict[str, Any]:
    """Run one to its end and read its last line. Raises CalledProcessError where it says nothing."""
    words = [sys.executable, "-m", f"bench.{name}", "--scale", str(scale)]
    done = subprocess.run(words, cwd=CLONE, stdout=subprocess.PIPE, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    if not lines or not lines[-1].startswith("{"):
        raise subprocess.CalledProcessError(done.returncode or 1, words, done.stdout)
    found: dict[str, Any] = json.loads(lines[-1])
    return found


def table(results: list[dict[str, Any]]) -> str:
    """The results as Markdown, a figure a row."""
    rows = ["| program | figure | value | at most | |", "|---|---|---:|---:|---|"]
    for result in results:
        for key, value in result["figures"].items():
            bound = result["bounds"].get(key)
            mark = "" if bound is None else ("ok" if value <= bound else "**over**")
            rows.append(
                f"| {result['name']} | {key} | {value:g} | {'' if bound is None else f'{bound:g}'} | {mark} |"
            )
    return "\n".join(rows)


def main() -> int:
    """Measure all at full size; 1 where any is not ok."""
    results = []
    for name in programs():
        results.append(measure(name, 1))
        print(json.dumps(results[-1]), flush=True)
    where = f"{os.cpu_count()} cores, Python {platform.python_version()}, {date.today()}"
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(TABLE.sub(rf"\1\n{where}\n\n{table(results)}\n\n\2", text), encoding="utf-8")
    return 0 if all(result["ok"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
