"""One family: every benefit with reasons in process, and `guanjia policy explain` as a whole process.

Beside them in the same run: the sentence-by-sentence reading (our own peer) and a bare Python
process (the physical limit of a command).
"""

import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import report
from guanjia.policy import book, family_file
from guanjia.policy.book import SHIPPED
from guanjia.policy.decide import rules
from guanjia.policy.explain import explain
from guanjia.policy.family import HOUSEHOLD

FAMILY = """
month = "2020-01"
[household]
deposits = "2000"
[[person]]
name = "甲"
hukou = "441900119002"
born_on = 1948-05-04
disability_level = 2
disability_kind = "limb"
wages = { "2019-07" = "1999.00", "2019-09" = "900.00", "2019-12" = "1999.00" }
[[person]]
name = "乙"
hukou = "441900119002"
born_on = 1951-07-09
transfers_in = "300.00"
[[person]]
name = "丙"
hukou = "441900119002"
born_on = 2012-02-29
"""
MONTH = date(2020, 1, 1)


def main() -> int:
    """Measure and print."""
    scale = report.options(__doc__ or "").scale
    made = book.load(SHIPPED)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "family.toml"
        file.write_text(FAMILY, encoding="utf-8")
        written = family_file.load(file, made)
        now = rules(made, MONTH)
        count = max(200, int(20_000 * scale))
        decide = report.seconds(lambda: now.decide(written.family), count)
        told = [(c.code, HOUSEHOLD if c.unit == "household" else 0) for c in made.chapters]
        slow = report.seconds(
            lambda: [explain(made, MONTH, written.family, *each) for each in told],
            max(5, count // 100),
        )
        times = max(3, int(20 * scale))
        words = [sys.executable, "-m", "guanjia", "policy", "explain", str(file)]
        root = Path(__file__).parents[1]
        whole = report.seconds(
            lambda: subprocess.run(words, check=True, capture_output=True, cwd=root), times
        )
        bare = report.seconds(lambda: subprocess.run([sys.executable, "-c", ""], check=True), times)
    results = now.decide(written.family)
    right = [(r.benefit, r.unit, r.net) for r in results if r.entitled and r.net] == [
        ("dibao", HOUSEHOLD, 230_367),
        ("disability_care", 0, 30_000),
        ("disability_living", 0, 20_000),
        ("longevity", 0, 10_000),
    ]
    figures = {
        "decide_ms": report.median(decide) * 1000,
        "explain_all_ms": report.median(slow) * 1000,
        "command_s": report.median(whole),
        "bare_python_s": report.median(bare),
    }
    return report.end("family", figures, {"decide_ms": 1, "command_s": 0.5}, scale, right)


if __name__ == "__main__":
    sys.exit(main())
