"""The two commands: empty tables out, filled ones in."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from guanjia.interop import cli, tables
from guanjia.interop.synthetic.city import make
from guanjia.kit import scope
from guanjia.people import documents
from guanjia.people.models import Person
from guanjia.policy import facts
from guanjia.staff.models import User
from tests.interop import cities, export


@pytest.fixture
def office(db: None) -> tuple[User, User]:
    """Places, a clerk and a chief."""
    return cities.office()


def test_the_template_is_written_without_a_database(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "guanjia", "template", str(tmp_path / "tables")]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    assert "8 张表" in done.stdout
    for table in tables.IMPORTED:
        raw = (tmp_path / "tables" / table.file).read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        first = raw.decode("utf-8-sig").splitlines()[0]
        assert first == ",".join(table.headers)
    written = (tmp_path / "tables" / tables.HOUSEHOLDS.file).read_text(encoding="utf-8-sig")
    community = re.search(r",(\d{12}),", written)
    assert community is not None
    assert community[1] in (cities.folder() / "communities.csv").read_text(encoding="utf-8")
    shown = (tmp_path / "tables" / tables.PERSONS.file).read_text(encoding="utf-8-sig")
    number = re.search(r"\b\d{17}[\dX]\b", shown)
    assert number is not None
    assert documents.check_digit(number[0][:17]) == number[0][17]


def test_the_leaflet_names_every_fact_and_every_benefit(tmp_path: Path) -> None:
    assert cli.template([str(tmp_path)]) == 0
    leaflet = (tmp_path / cli.LEAFLET).read_text(encoding="utf-8")
    for fact in (*facts.declared().person, *facts.declared().household):
        named = f"| {fact.label} | `{fact.name}` |" in leaflet
        assert named is (fact.name not in ("born_on", "sex", "hukou_local"))
    for chapter in cities.book().chapters:
        assert (f"`{chapter.code}`" in leaflet) is chapter.asked


def test_a_template_never_overwrites(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / tables.AWARDS.file).write_text("ours")
    assert cli.template([str(tmp_path)]) == 1
    assert "没有覆盖" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == [tables.AWARDS.file]
    assert (tmp_path / tables.AWARDS.file).read_text() == "ours"


def test_a_folder_is_loaded_and_counted(
    office: tuple[User, User], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    persons = export.write(tmp_path, cities.book().facts, make(cities.scene(1), cities.towns(), 40))
    named = ["--prepared-by", "zhou", "--approved-by", "liang"]
    assert cli.load([str(tmp_path), *named]) == 0
    assert f"{persons} 人" in capsys.readouterr().out
    with scope.hold(cities.all_eyes()):
        assert Person.objects.count() == persons


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nowhere"], "没有这个文件夹"),
        ([".", "--prepared-by", "zhou", "--approved-by", "nobody"], "没有“nobody”这个账号"),
        (["."], "households.csv · 没有这个文件"),
    ],
)
def test_what_cannot_be_loaded_is_said_in_words(
    office: tuple[User, User],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.load(words) == 1
    assert says in capsys.readouterr().err
