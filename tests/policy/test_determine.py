"""`guanjia determine`: a table of facts in, every result out, as each family by itself comes out."""

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guanjia.policy import family as blank
from guanjia.policy.city import drafts
from guanjia.policy.decide import rules
from guanjia.policy.facts import OPEN_END
from guanjia.policy.family import HOUSEHOLD, Family
from guanjia.policy.table import cli, taking
from tests.policy.facts_files import SPAN, city_file, written
from tests.policy.families import BOOK, MONTHS, at_random

RESULT = ("household", "person", "benefit", "entitled", "gross", "net", "reasons")
CHANGAN = "441900119002"
Row = tuple[Any, ...]


def silent(_name: str) -> Any:
    """Tells nobody how far it is."""
    return lambda _done, _total: None


def person(number: int, **facts: Any) -> dict[str, Any]:
    """One row: somebody in household 1 at 长安."""
    return {"household": 1, "person": number, "place": CHANGAN, **facts}


def decided(facts: Path, month: date = MONTHS[1]) -> list[dict[str, Any]]:
    """The rows of a result."""
    result = facts.with_name("result.parquet")
    cli.determine(BOOK, month, facts, result, silent)
    rows: list[dict[str, Any]] = pq.read_table(result).to_pylist()
    return rows


def refused(rows: Sequence[dict[str, Any]], folder: Path, **kinds: pa.DataType) -> str:
    """What is said of a table that cannot be read; a result that stood there stands."""
    result = folder / "result.parquet"
    result.write_text("before")
    with pytest.raises(ValueError, match=r".") as error:
        file = written(rows, folder / "facts.parquet", **kinds)
        cli.determine(BOOK, MONTHS[1], file, result, silent)
    assert cli.__name__.split(".")[0] == type(error.value).__module__.split(".")[0]
    assert result.read_text() == "before"
    assert sorted(p.name for p in folder.iterdir()) == ["facts.parquet", "result.parquet"]
    return str(error.value)


@pytest.mark.parametrize("month", MONTHS)
def test_a_city_in_a_file_comes_out_as_its_families(tmp_path: Path, month: date) -> None:
    rng = Random(month.toordinal())
    many = [at_random(rng) for _ in range(400)]
    facts = city_file(many, tmp_path / "[facts]*.parquet", rng)
    expected = {
        (f"户{n}", None if r.unit == HOUSEHOLD else n * 10 + r.unit, r.benefit, *r[2:])
        for n, family in enumerate(many)
        for r in rules(BOOK, month).decide(family)
    }
    found = [tuple(row[name] for name in RESULT) for row in decided(facts, month)]
    assert len(found) == len(expected)
    assert set(found) == expected


def test_a_result_says_what_it_is_of(tmp_path: Path) -> None:
    decided(written([person(7, deposits=0)], tmp_path / "facts.parquet"))
    said = pq.ParquetFile(tmp_path / "result.parquet")
    assert said.schema_arrow.metadata[b"month"] == b"2020-01"
    assert said.schema_arrow.metadata[b"revision"].decode() == BOOK.revision
    assert said.schema_arrow.field("person").type == pa.int64()
    assert {said.metadata.row_group(0).column(k).compression for k in range(7)} == {"ZSTD"}


def test_the_same_facts_give_the_same_bytes(tmp_path: Path) -> None:
    rng, found = Random(5), set()
    many = [at_random(rng) for _ in range(200)]
    facts = city_file(many, tmp_path / "facts.parquet", rng)
    for _ in range(3):
        decided(facts)
        found.add((tmp_path / "result.parquet").read_bytes())
    assert len(found) == 1


@pytest.mark.parametrize(
    ("wages", "held"),
    [
        (100_000, pa.int64()),
        ([("2019-07", 100_000), *((f"2019-{m:02d}", 100_000) for m in range(8, 13))], None),
        ([{"since": date(2019, 7, 1), "until": None, "fen": 100_000}], SPAN),
    ],
)
def test_a_monthly_amount_may_be_steady_mapped_or_listed(
    tmp_path: Path, wages: Any, held: pa.DataType | None
) -> None:
    row = person(1, hukou=CHANGAN, deposits=0, able_to_work=False, wages=wages)
    kinds = {"wages": held or pa.map_(pa.string(), pa.int64())}
    rows = decided(written([row], tmp_path / "facts.parquet", **kinds))
    family = Family(
        CHANGAN,
        blank.household(BOOK.facts, {"deposits": 0}),
        [
            blank.person(
                BOOK.facts,
                BOOK.city,
                {
                    "hukou": CHANGAN,
                    "able_to_work": False,
                    "wages": ((0, OPEN_END, 100_000),),
                },
            )
        ],
    )
    expected = {(r.benefit, *r[2:]) for r in rules(BOOK, MONTHS[1]).decide(family)}
    assert {tuple(row[name] for name in RESULT[2:]) for row in rows} == expected


def test_null_is_not_known_and_no_column_is_what_absence_means(tmp_path: Path) -> None:
    elder = {"hukou": CHANGAN, "born_on": date(1935, 1, 1)}
    rows = decided(written([person(1, **elder)], tmp_path / "facts.parquet"))
    assert _longevity(rows) is True
    rows = decided(written([person(1, **elder, alive=None)], tmp_path / "facts.parquet"))
    assert _longevity(rows) is None


def _longevity(rows: list[dict[str, Any]]) -> bool | None:
    return next(row["entitled"] for row in rows if row["benefit"] == "longevity")


def test_a_household_of_64_is_decided_and_one_of_65_or_80_is_not(tmp_path: Path) -> None:
    rows = decided(written([person(n) for n in range(64)], tmp_path / "facts.parquet"))
    assert len({row["person"] for row in rows}) == 65
    (tmp_path / "result.parquet").unlink()
    for many in (65, 80):
        said = refused([person(n) for n in range(many)], tmp_path)
        assert said == f"户 1 有 {many} 人，一户最多 64 人。请分户后再算。"


def test_nobody_is_a_result_without_rows(tmp_path: Path) -> None:
    table = pa.table({"household": pa.array([], pa.int64()), "person": pa.array([], pa.int64()),
                      "place": pa.array([], pa.string())})  # fmt: skip
    pq.write_table(table, tmp_path / "facts.parquet")
    assert decided(tmp_path / "facts.parquet") == []


WRONG: list[tuple[list[dict[str, Any]], dict[str, pa.DataType], str]] = [
    ([{"household": 1, "place": CHANGAN}], {}, "缺 person 这一列"),
    ([person(1, wages=1.5)], {"wages": pa.float64()}, "列是 DOUBLE，应为 整数（BIGINT，单位分），或 LIST"),
    ([person(1, born_on="1950")], {"born_on": pa.string()}, "born_on（出生日期）列是 VARCHAR，应为 DATE"),
    ([person(1, alive=1)], {"alive": pa.int64()}, "alive（在世）列是 BIGINT，应为 BOOLEAN"),
    ([person(1, held_dibao=1)], {"held_dibao": pa.int64()}, "held_dibao 列是 BIGINT，应为 DATE"),
    ([person(1.5)], {"person": pa.float64()}, "person 列是 DOUBLE，应为 整数或 VARCHAR"),
    ([person(1) | {"place": 4419}], {}, "place 列是 BIGINT，应为 VARCHAR（区划代码）"),
    ([person(1, wage=1)], {}, "不认识 wage 这一列；是不是 wages？"),
    ([person(1, held_dibo=date(2020, 1, 1))], {}, "不认识 held_dibo 这一列：没有这项待遇；是不是 held_dibao？"),
    ([person(1, hukou_local=True)], {}, "hukou_local 由 hukou 得出，请改给 hukou 这一列"),
    ([person(1, sex="1"), person(2, sex="3")], {}, "第 2 行 sex（性别）不能是 3；可填：1（男）、2（女）"),
    ([person(1, disability_level=5)], {}, "第 1 行 disability_level（残疾等级（0 为无））不能是 5；请填 0 到 4 的整数"),
    ([person(1, wages=-1)], {}, "第 1 行 wages（工资性收入）不能是 -1；请填 0 到 1000000000 的整数（单位分）"),
    ([person(1, hukou="长安")], {}, "第 1 行 hukou（户籍地）不能是 长安；请填区划代码，外地填 elsewhere"),
    ([person(1) | {"place": "长安"}], {}, "第 1 行 place 不能是 长安"),
    ([person(1) | {"place": None}], {"place": pa.string()}, "第 1 行没有 place"),
    ([person(1), person(2), person(1) | {"household": 2}], {}, "人员 1 有两行：第 1 行和第 3 行。"),
    ([person(1, deposits=1), person(2, deposits=2)], {}, "户 1 的 deposits 前后不同：第 1 行是 1，第 2 行是 2。"),
    ([person(1), person(2) | {"place": "441900121"}], {}, f"户 1 的 place 前后不同：第 1 行是 {CHANGAN}，"),
    ([person(1, held_dibao=None), person(2, held_dibao=date(2020, 1, 1))], {}, "第 1 行是 NULL，第 2 行是 2020"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "kinds", "says"), WRONG)
def test_a_wrong_table_is_refused_in_words(
    tmp_path: Path, rows: list[dict[str, Any]], kinds: dict[str, pa.DataType], says: str
) -> None:
    said = refused(rows, tmp_path, **kinds)
    assert says in said
    assert "有 1 处要改，什么都没有写出" in said


def _span(since: date, until: date | None, fen: int | None = 1) -> dict[str, Any]:
    return {"since": since, "until": until, "fen": fen}


@pytest.mark.parametrize(
    "spans",
    [
        [_span(date(2019, 7, 2), None)],
        [_span(date(2019, 7, 1), date(2019, 7, 1))],
        [_span(date(2019, 7, 1), date(2019, 9, 1)), _span(date(2019, 8, 1), None)],
        [_span(date(2019, 7, 1), None, -5)],
        [_span(None, date(2019, 7, 1))],  # type: ignore[arg-type]
        [None],
    ],
)
def test_months_that_cannot_be_are_refused(tmp_path: Path, spans: list[Any]) -> None:
    said = refused([person(1, wages=[]), person(2, wages=spans)], tmp_path, wages=SPAN)
    assert "第 2 行 wages（工资性收入）不能是 [" in said
    assert "各段不重叠" in said


def test_a_month_that_is_none_is_refused(tmp_path: Path) -> None:
    kinds = {"wages": pa.map_(pa.string(), pa.int64())}
    said = refused([person(1, wages=[("2019-13", 5)])], tmp_path, **kinds)
    assert "第 1 行 wages（工资性收入）不能是 {2019-13=5}；月份写成 2020-01" in said


def test_all_that_is_wrong_is_told_at_once_but_not_without_end(tmp_path: Path) -> None:
    row = person(1, **{f"strange_{n}": 1 for n in range(30)})
    said = refused([row], tmp_path)
    assert "有 30 处要改" in said
    assert len(said.splitlines()) == 1 + taking.MOST_TOLD + 1
    assert said.endswith("……还有 10 处")


def determine(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The command, where no database is named."""
    clean = {
        k: v for k, v in os.environ.items() if not k.startswith(("DATABASE", "GUANJIA", "DJANGO"))
    }
    clean["PYTHONPATH"] = str(Path(cli.__file__).parents[3])
    asked = [sys.executable, "-m", "guanjia", "determine", *words]
    return subprocess.run(asked, capture_output=True, text=True, env=clean, cwd=cwd, check=False)


def test_the_sample_is_decided_as_it_stands(tmp_path: Path) -> None:
    made = determine("--template", "facts.parquet", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    for name in (*(f.name for f in BOOK.facts.household), "wages", "held_dibao"):
        assert f"\n{name} " in made.stdout
    again = determine("--template", "facts.parquet", cwd=tmp_path)
    assert (again.returncode, "没有覆盖" in again.stderr) == (1, True)
    done = determine("facts.parquet", "result.parquet", "--month", "2020-01", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "核算了 1 户 3 人" in done.stdout
    assert BOOK.revision[:12] in done.stdout
    assert "核算（户）" in done.stderr
    rows = pq.read_table(tmp_path / "result.parquet").to_pylist()
    assert {r["net"] for r in rows if r["benefit"] == "dibao"} == {142_100}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("none.parquet", "r.parquet"), "没有这个文件"),
        (("text.parquet", "r.parquet"), "不是完整的 Parquet 文件"),
        (("facts.parquet", "no/r.parquet"), "请先建好，或换一个位置"),
        (("facts.parquet", "."), "请写明结果文件的名字"),
        (("facts.parquet", "facts.parquet"), "结果不能写在事实表上"),
        (("facts.parquet", "r.parquet", "--month", "1949-01"), "没有一项待遇有规定"),
        (("facts.parquet", "r.parquet", "--city", "nowhere"), "nowhere 的政策簿有 1 处问题"),
        (("cut.parquet", "r.parquet"), "不是完整的 Parquet 文件"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(
    tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    whole = written([person(1)], tmp_path / "facts.parquet").read_bytes()
    (tmp_path / "text.parquet").write_text("household,person\n1,1\n")
    (tmp_path / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    before = sorted(p.name for p in tmp_path.iterdir())
    asked = words if "--month" in words else (*words, "--month", "2020-01")
    done = determine(*asked, cwd=tmp_path)
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == before
    assert (tmp_path / "facts.parquet").read_bytes() == whole


def test_the_two_files_must_be_named(tmp_path: Path) -> None:
    done = determine("facts.parquet", cwd=tmp_path)
    assert done.returncode == 2
    assert "RESULT.parquet" in done.stderr


def test_what_a_killed_process_left_beside_the_result_is_swept_and_what_one_holds_stays(
    tmp_path: Path,
) -> None:
    facts = written([person(1)], tmp_path / "facts.parquet")
    left = tmp_path / f"{drafts.ROOM}left" / "draft"
    left.mkdir(parents=True)
    with drafts.beside(tmp_path / "other.parquet") as held:
        assert not left.exists()
        left.mkdir(parents=True)
        cli.determine(BOOK, MONTHS[1], facts, tmp_path / "result.parquet", silent)
        assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
            [held.name, "facts.parquet", "result.parquet"]
        )
    assert not held.exists()
