"""A bureau's own files brought into a house that holds people: new, changed, unchanged, refused."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from guanjia.interop import tables
from guanjia.interop.models import ImportWrite, PersonNumber
from guanjia.kit import scope
from guanjia.people import queries
from guanjia.people.models import Household, Membership, NameGram, Person, PersonFact, Reach
from tests import town
from tests.interop import handing
from tests.interop.handing import FAMILY, HOMES, LIVES, PEOPLE


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The house's files."""
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path / "files")
    return tmp_path


WAGES = [
    "P1,工资性收入,东城厂,1999.00,2019-06-01,",
    "P1,户籍地,,441900119002,2019-01-01,",
]


def everything() -> list[object]:
    """All that is believed, but for keys."""
    with scope.hold(scope.job("test", town.CITY, town.TODAY)):
        facts = PersonFact.objects.filter(superseded_at=None)
        lives = Membership.objects.filter(superseded_at=None)
        return [
            sorted(Person.objects.values_list("name", "sex", "born_on", "document_mask")),
            sorted(
                facts.values_list(
                    "person__name", "kind", "key", "number", "word", "since", "until"
                ),
                key=repr,
            ),
            sorted(
                lives.values_list("person__name", "household__number", "since", "until"), key=repr
            ),
            sorted(
                Reach.objects.values_list("person__name", "place", "why", "since", "until"),
                key=repr,
            ),
            sorted(NameGram.objects.values_list("gram", "place", "person__name")),
        ]


def test_a_workbook_is_checked_first_and_then_let_in(files: Path, cast: town.Cast) -> None:
    book = handing.workbook(files, {**FAMILY, tables.PERSON_FACTS: WAGES})
    before = everything()
    checked = handing.check(book, cast.wang)
    assert (checked.state, handing.problems(checked)) == ("checked", [])
    assert handing.counts(checked) == {
        "households": (1, 0, 0, 0),
        "persons": (1, 0, 0, 0),
        "members": (1, 0, 0, 0),
        "person_facts": (2, 0, 0, 0),
    }
    assert everything() == before  # a dry run writes nothing


def test_what_was_let_in_is_seen_found_and_of_this_source(files: Path, cast: town.Cast) -> None:
    done = handing.bring(handing.workbook(files, {**FAMILY, tables.PERSON_FACTS: WAGES}), cast.wang)
    assert (done.state, done.done, done.total) == ("applied", 5, 5)
    with scope.hold(town.eyes(cast.wang)):
        ((person, place),) = queries.by_name("zs", town.CHANGAN).people
        assert (person.name, place) == ("张三", town.COMMUNITY)
        facts = {f.kind: f for f in queries.facts_of_person(person.pk)}
        assert {f.source_id for f in facts.values()} == {done.source}
        assert facts["wages"].number == 199900 and facts["relation"].word == "0"
        ((home, _relation),) = queries.lived_together(person.pk, town.TODAY)
        assert (home.household.number, home.source_id) == ("H1", done.source)
        assert {r.why for r in queries.reach_of(person.pk)} == {"residence", "hukou"}
    with scope.hold(town.eyes(cast.huang)):
        assert not Person.objects.filter(name="张三").exists()


def test_the_same_file_again_changes_nothing(files: Path, cast: town.Cast) -> None:
    book = handing.workbook(files, {**FAMILY, tables.PERSON_FACTS: WAGES})
    handing.bring(book, cast.wang)
    before = everything()
    again = handing.check(book, cast.wang)
    assert handing.counts(again) == {
        "households": (0, 0, 1, 0),
        "persons": (0, 0, 1, 0),
        "members": (0, 0, 1, 0),
        "person_facts": (0, 0, 2, 0),
    }
    assert everything() == before


def test_changed_rows_become_corrections_and_keep_what_was_believed(
    files: Path, cast: town.Cast
) -> None:
    handing.bring(handing.workbook(files, {**FAMILY, tables.PERSON_FACTS: WAGES}), cast.wang)
    other = ["P1,工资性收入,东城厂,2100.00,2019-06-01,2020-01-01"]
    person = [PEOPLE[0].replace("张三", "张叁")]
    book = handing.workbook(files, {tables.PERSONS: person, tables.PERSON_FACTS: other})
    done = handing.bring(book, cast.wang)
    assert handing.counts(done) == {"persons": (0, 1, 0, 0), "person_facts": (0, 1, 0, 0)}
    with scope.hold(town.eyes(cast.wang)):
        ((found, _place),) = queries.by_name("张叁", town.CHANGAN).people
        assert queries.by_name("张三", town.CHANGAN).people == []
        wages = [f for f in queries.facts_of_person(found.pk) if f.kind == "wages"]
        assert {(f.number, f.until, f.superseded_at is None, f.source_id) for f in wages} == {
            (199900, None, False, "import/" + str(done.pk - 1)),
            (210000, date(2020, 1, 1), True, done.source),
        }


def test_a_correction_in_the_middle_leaves_what_stands_around_it(
    files: Path, cast: town.Cast
) -> None:
    handing.bring(handing.workbook(files, {**FAMILY, tables.PERSON_FACTS: WAGES}), cast.wang)
    middle = ["P1,工资性收入,东城厂,5.00,2019-09-01,2019-10-01"]
    done = handing.bring(handing.csv(files, tables.PERSON_FACTS, middle), cast.wang)
    first = "import/" + str(done.pk - 1)
    with scope.hold(town.eyes(cast.wang)):
        believed = PersonFact.objects.filter(kind="wages", superseded_at=None, person__name="张三")
        assert list(
            believed.order_by("since").values_list("number", "since", "until", "source")
        ) == [
            (199900, date(2019, 6, 1), date(2019, 9, 1), first),
            (500, date(2019, 9, 1), date(2019, 10, 1), done.source),
            (199900, date(2019, 10, 1), None, first),
        ]
    same = handing.check(handing.csv(files, tables.PERSON_FACTS, middle), cast.wang)
    assert handing.counts(same) == {"person_facts": (0, 0, 1, 0)}


def test_people_who_are_known_are_met_by_their_documents(files: Path, cast: town.Cast) -> None:
    document = town.number(date(1978, 5, 4), 11)
    facts = [f"{document},工资性收入,夜班,300.00,2019-06-01,"]
    done = handing.bring(handing.csv(files, tables.PERSON_FACTS, facts), cast.wang)
    assert handing.counts(done) == {"person_facts": (1, 0, 0, 0)}
    with scope.hold(town.eyes(cast.wang)):
        assert PersonFact.objects.get(key="夜班").person_id == cast.chen.id


def test_persons_alone_are_seen_by_the_desk_until_it_is_known_where_they_live(
    files: Path, cast: town.Cast
) -> None:
    handing.bring(handing.csv(files, tables.PERSONS, PEOPLE), cast.wang)
    with scope.hold(town.eyes(cast.wang)):
        ((person, place),) = queries.by_name("张三", town.CHANGAN).people
        assert place == town.CHANGAN
    handing.bring(handing.csv(files, tables.HOUSEHOLDS, HOMES), cast.wang)
    handing.bring(handing.csv(files, tables.MEMBERS, LIVES), cast.wang)
    with scope.hold(town.eyes(cast.wang)):
        assert [r.place_id for r in queries.reach_of(person.pk)] == [town.COMMUNITY]
        assert queries.by_name("张三", town.CHANGAN).people[0][1] == town.COMMUNITY


def test_who_moves_leaves_the_old_household_first(files: Path, cast: town.Cast) -> None:
    handing.bring(handing.workbook(files, FAMILY), cast.wang)
    homes = [*HOMES, "H2,441900119003,否"]
    stay = ["H2,P1,2020-03-01,,本人"]
    hasty = handing.check(
        handing.workbook(files, {tables.HOUSEHOLDS: homes, tables.MEMBERS: stay}), cast.wang
    )
    ((line, column, why),) = handing.problems(hasty)
    assert (line, column) == (2, "起") and "登记在另一户（家庭编号 H1）" in why
    moved = {tables.HOUSEHOLDS: homes, tables.MEMBERS: [*stay, "H1,P1,2019-01-01,2020-03-01,"]}
    done = handing.bring(handing.workbook(files, moved), cast.wang)
    assert handing.counts(done)["members"] == (1, 1, 0, 0)
    with scope.hold(town.eyes(cast.wang)):
        lives = Membership.objects.filter(person__name="张三", superseded_at=None)
        assert list(lives.order_by("since").values_list("household__number", "until")) == [
            ("H1", date(2020, 3, 1)),
            ("H2", None),
        ]
    same = handing.check(handing.workbook(files, moved), cast.wang)
    assert handing.counts(same)["members"] == (0, 0, 2, 0)


def test_a_hukou_in_another_town_lets_that_town_see_the_person(
    files: Path, cast: town.Cast
) -> None:
    hukou = [f"P1,户籍地,,{town.ELSEWHERE},2019-01-01,"]
    handing.bring(handing.workbook(files, {**FAMILY, tables.PERSON_FACTS: hukou}), cast.wang)
    with scope.hold(town.eyes(cast.huang)):
        ((person, place),) = queries.by_name("张三", town.HUMEN).people
        assert (person.name, place) == ("张三", town.ELSEWHERE)
        assert not Household.objects.filter(number="H1").exists()


def test_the_rows_that_an_import_wrote_are_known(files: Path, cast: town.Cast) -> None:
    done = handing.bring(handing.workbook(files, {**FAMILY, tables.PERSON_FACTS: WAGES}), cast.wang)
    with scope.hold(town.eyes(cast.wang)):
        wrote = ImportWrite.objects.filter(of=done).values_list("what", "ended")
        assert sorted(wrote) == sorted(
            (what, False)
            for what in (*("person", "household", "membership", "number"), *["person_fact"] * 3)
        )
        assert PersonNumber.objects.get().number == "P1"
    with scope.hold(town.eyes(cast.huang)):
        assert not ImportWrite.objects.exists() and not PersonNumber.objects.exists()
