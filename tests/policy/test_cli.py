"""`guanjia policy …` as a process of its own: no database, no framework."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FAMILY = """
month = "2020-01"
[household]
deposits = "2000"
[[person]]
name = "陈大文"
hukou = "441900119002"
wages = "1999.00"
[[person]]
name = "何丽珍"
hukou = "441900119002"
[[person]]
name = "陈小星"
hukou = "441900119002"
"""


def policy(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the command without any database named."""
    clean = {
        k: v for k, v in os.environ.items() if not k.startswith(("DATABASE", "GUANJIA", "DJANGO"))
    }
    return subprocess.run(
        [sys.executable, "-m", "guanjia", "policy", *words],
        capture_output=True,
        text=True,
        env=clean | environ,
        check=False,
    )


@pytest.fixture
def family(tmp_path: Path) -> Path:
    """A family file."""
    file = tmp_path / "family.toml"
    file.write_text(FAMILY, encoding="utf-8")
    return file


def test_check_passes_the_shipped_book() -> None:
    done = policy("check")
    assert done.returncode == 0, done.stderr
    assert "全部通过" in done.stdout
    assert "未复核（自 2020年12月31日 起）" in done.stdout


def test_explain_says_the_sum_the_reasons_and_the_laws(family: Path) -> None:
    done = policy("explain", str(family), "dibao")
    assert done.returncode == 0, done.stderr
    assert "应得 1,421.00 元/月" in done.stdout
    assert "11,994.00 元 < 6 个月 × 1,060.00 元 × 计入的家庭成员 3 人 = 19,080.00 元" in done.stdout
    assert "第二十三条" in done.stdout


def test_explain_in_another_month_uses_the_figures_of_that_month(family: Path) -> None:
    assert (
        "应得 941.00 元/月" in policy("explain", str(family), "dibao", "--month", "2019-12").stdout
    )


def test_explain_loads_neither_framework_nor_database() -> None:
    code = (
        "import sys; from guanjia.policy import cli; cli.main(['show']);"
        "print([m for m in sys.modules if m.split('.')[0] in ('django', 'psycopg', 'numpy', 'pyarrow')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_misspelt_fact_is_answered_with_the_nearest(family: Path) -> None:
    family.write_text(FAMILY.replace("wages", "wagess"), encoding="utf-8")
    done = policy("explain", str(family))
    assert done.returncode == 1
    assert "是不是 wages" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_and_a_chapter_that_is_not_there(family: Path) -> None:
    assert "打不开" in policy("explain", "nowhere.toml").stderr
    assert "是不是 dibao" in policy("explain", str(family), "dibau").stderr


def test_a_broken_book_is_told_and_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "chapters" / "toy"
    folder.mkdir(parents=True)
    (folder / "chapter.toml").write_text('title = "试"\n', encoding="utf-8")
    (tmp_path / "city.toml").write_text('code = "441900"\n', encoding="utf-8")
    done = policy("check", GUANJIA_CITY=str(tmp_path))
    assert done.returncode == 1
    assert "没有写依据" in done.stderr
    assert "chapters/toy/chapter.toml" in done.stderr


def test_show_reads_a_chapter_aloud() -> None:
    done = policy("show", "longevity", "--month", "2020-01")
    assert "550 元/月" in done.stdout
    assert "年满起领年龄" in done.stdout
    assert policy("show", "longevity", "--month", "二月").returncode == 2
