"""Pouring a made-up city into a house: awards by the rules, all or nothing, the same for a seed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Q

from guanjia.entitlements.deciding import comparing, determining
from guanjia.entitlements.errors import SamePerson
from guanjia.entitlements.families import missing, snapshot
from guanjia.entitlements.models import Award, Determination, Lead
from guanjia.entitlements.runs import actions as entitlements
from guanjia.interop import load
from guanjia.interop.synthetic import cast
from guanjia.interop.synthetic.dates import FIRST
from guanjia.interop.synthetic.draft import KNOWN
from guanjia.kit import days, scope
from guanjia.people.models import Household, Membership, Person, PersonFact, Source
from guanjia.policy.decide import rules
from guanjia.policy.starts import first_due
from guanjia.staff.models import User
from tests import town
from tests.interop import cities

RESIDENTS = 3_000
TABLES = {
    "people_person": "name, sex, born_on, document_kind, document_mask",
    "people_household": "number, place, collective",
    "people_membership": "since, until, recorded_at, superseded_at",
    "people_personfact": "kind, key, number, word, day, since, until, recorded_at, superseded_at",
    "people_householdfact": "kind, number, word, day, since, until, recorded_at, superseded_at",
    "people_reach": "place, why, since, until",
    "entitlements_award": "number, benefit, place, applied_on, assessed_on, approved_on, payee, "
    "account_tail, granted, since, until, pays_from, recorded_at",
}


@pytest.fixture
def office(db: None) -> tuple[User, User]:
    """Places, a clerk and a chief."""
    return cities.office()


@pytest.fixture
def poured(office: tuple[User, User]) -> Iterator[load.Summary]:
    """A small city, seen by a job."""
    summary = load.load_synthetic(cities.book(), cities.scene(), RESIDENTS, *office)
    with scope.hold(cities.all_eyes()):
        yield summary


def contents() -> str:
    """The hash of everything written, keys and ciphers left out."""
    found = sha256()
    with scope.hold(cities.all_eyes()), connection.cursor() as cursor:
        for table, columns in TABLES.items():
            cursor.execute(f"SELECT {columns} FROM {table} ORDER BY {columns}")
            found.update(repr(cursor.fetchall()).encode())
    return found.hexdigest()


def test_the_summary_is_what_was_written(poured: load.Summary) -> None:
    assert poured.persons == Person.objects.count() >= RESIDENTS
    assert poured.awards == Award.objects.count() > 0
    assert poured.households <= Household.objects.count()
    assert Membership.objects.filter(superseded_at=None).count() >= poured.persons


def test_everything_says_that_it_is_synthetic(poured: load.Summary) -> None:
    assert Source.objects.exists()
    assert not Source.objects.filter(synthetic=False).exists()
    assert not Award.objects.filter(synthetic=False).exists()


def test_facts_say_which_register_they_come_from(poured: load.Summary) -> None:
    def names(kind: str) -> set[str]:
        return set(PersonFact.objects.filter(kind=kind).values_list("source__name", flat=True))

    assert names("disability_level") == {"残联持证残疾人登记"}
    assert names("hukou") == {"公安户籍登记"}
    assert names("supporters") == {"入户调查"}


def test_the_same_seed_writes_the_same_rows(office: tuple[User, User]) -> None:
    found = []
    for seed in (cities.SEED, cities.SEED, cities.SEED + 1):
        with pytest.raises(ZeroDivisionError), scope.hold(cities.all_eyes()):
            load.load_synthetic(cities.book(), cities.scene(seed), 1_000, *office)
            found.append(contents())
            raise ZeroDivisionError  # roll back
    assert found[0] == found[1] != found[2]


def test_about_nine_of_ten_of_the_entitled_hold_an_award_and_a_few_others_do(
    poured: load.Summary,
) -> None:
    book = cities.book()
    ids = list(Household.objects.values_list("id", flat=True))
    early = Award.objects.exclude(benefit__in=("relief_urgent", "unattended"))
    held = {(a.benefit, a.person_id, a.household_id) for a in early}
    entitled = set()
    for home in snapshot.read(book, ids, FIRST, KNOWN):
        home.family.held.clear()
        results = rules(book, FIRST).decide(home.family)
        nets = missing.all_granted(book, FIRST, home, results)
        for result in results:
            if book.chapter(result.benefit).asked and nets[result.benefit, result.unit]:
                person = home.person(result.unit)
                entitled.add((result.benefit, person, None if person else home.household))
    assert 0.82 <= len(held & entitled) / len(entitled) <= 0.97
    assert {"dibao", "disability_care", "longevity", "disability_insurance", "dibao_single"} <= {
        benefit for benefit, _p, _h in held
    }
    assert len(held - entitled) <= 0.05 * len(held) + 3


def test_no_decided_month_pays_what_another_benefit_takes_away(
    poured: load.Summary,
    office: tuple[User, User],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path)
    book = cities.book()
    entitlements.adopt_book(book, *office, KNOWN)
    exclude = [{r.giver, r.taker} for r in book.relations if r.kind == "exclude"]
    for month in (FIRST, date(2020, 1, 1), date(2020, 2, 1)):
        at = datetime(month.year, month.month, 10, 2, tzinfo=UTC)
        run = entitlements.ask_run(month, book.city, office[0], at, town.TODAY)
        while determining.determine_batch(run.pk, at):
            pass
        comparing.finish(run.pk, at)
        entitlements.approve_run(run.pk, office[1], at)
        entitlements.record_bank_files(run.pk, [], at)
        standing: dict[tuple[int | None, str], int] = {}
        for decided in Determination.objects.filter(since__lte=month).order_by("since", "pk"):
            standing[decided.person_id, decided.benefit] = decided.pays
        paid: dict[int, set[str]] = {}
        for (person, benefit), pays in standing.items():
            if person is not None and pays:
                paid.setdefault(person, set()).add(benefit)
        assert any(len(benefits) > 1 for benefits in paid.values())
        assert not [b for b in paid.values() if any(pair <= b for pair in exclude)]
        assert all(lead.benefit != "price_subsidy" for lead in Lead.objects.filter(last_run=run))


def test_awards_begin_by_their_chapters_and_most_before_the_first_month(
    poured: load.Summary,
) -> None:
    for award in Award.objects.all():
        starts = cities.book().chapter(award.benefit).starts
        assert award.since == first_due(starts, award.applied_on, award.approved_on)
        elsewhere = award.cadence == "year" and award.since < FIRST
        assert award.pays_from == (date(2020, 1, 1) if elsewhere else max(award.since, FIRST))
        assert award.cadence == cities.book().chapter(award.benefit).cadence
        assert award.recorded_at.date() >= award.approved_on or award.recorded_at == KNOWN
    monthly = Award.objects.filter(cadence="month")
    early = monthly.filter(since__lte=FIRST).count()
    assert 0.85 <= early / monthly.count() < 1


def test_nobody_holds_the_allowance_of_the_old_before_being_old(poured: load.Summary) -> None:
    for award in Award.objects.filter(benefit="longevity").select_related("person"):
        assert award.person is not None
        assert days.age(award.person.born_on, award.approved_on) >= 70


def test_li_is_owed_and_holds_nothing_while_the_chens_hold_their_difference(
    poured: load.Summary,
) -> None:
    li = Household.objects.get(number=cast.LI)
    person = li.memberships.get().person_id
    assert not Award.objects.filter(household=li).exists()
    assert not Award.objects.filter(person_id=person).exists()
    (home,) = snapshot.read(cities.book(), [li.pk], FIRST, KNOWN)
    month = rules(cities.book(), FIRST)
    owed = {r.benefit for r in month.decide(home.family, assume_awarded=True) if r.entitled}
    assert {"dibao", "tekun", "longevity"} <= owed
    chen = Award.objects.get(household__number=cast.CHEN)
    assert (chen.payee, chen.granted) == ("陈大文", 3 * 98000 - 199900)


def test_the_cast_holds_what_it_is_told_to_hold_from_the_first_month_on(
    poured: load.Summary,
) -> None:
    held = set()
    for number in cast.NUMBERS:
        home = Household.objects.get(number=number)
        people = home.memberships.values_list("person_id", flat=True)
        for award in Award.objects.filter(Q(household=home) | Q(person_id__in=people)):
            opened_later = award.benefit == "unattended"
            assert award.since == date(2020, 2, 1) if opened_later else award.since <= FIRST
            assert award.until is None
            held.add((number, award.benefit))
    assert held == {
        (cast.CHEN, "dibao"),
        (cast.XIAOMING, "dibao"),
        (cast.XIAOMING, "longevity"),
        (cast.XIAOMING, "unattended"),
        (cast.YUAN, "longevity"),
        (cast.MAI, "dibao"),
        (cast.MAI, "disability_care"),
        (cast.MAI, "disability_living"),
    }


def test_one_who_misses_by_a_fen_misses_in_2020(poured: load.Summary) -> None:
    lin = Household.objects.get(number=cast.LIN)
    month = date(2020, 1, 1)
    (home,) = snapshot.read(cities.book(), [lin.pk], month, KNOWN)
    decided = rules(cities.book(), month).decide(home.family)
    assert next(r for r in decided if r.benefit == "dibao").entitled is False


def test_deaths_are_learnt_after_they_happened(poured: load.Summary) -> None:
    dead = list(PersonFact.objects.filter(kind="alive", number=0))
    assert dead
    assert all(fact.recorded_at.date() > fact.since >= FIRST for fact in dead)


def test_a_city_is_not_poured_into_a_peopled_house(
    poured: load.Summary, office: tuple[User, User]
) -> None:
    with pytest.raises(load.AlreadyPeopled, match="没有写入任何内容"):
        load.load_synthetic(cities.book(), cities.scene(), 100, *office)
    assert Person.objects.count() == poured.persons


def test_what_fails_half_way_leaves_nothing(
    office: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[datetime] = []

    def fail_later(*words: object) -> int:
        calls.append(words[3])  # type: ignore[arg-type]
        if len(calls) > 3:
            raise RuntimeError("the lights went out")
        return 0

    monkeypatch.setattr(entitlements, "grant", fail_later)
    with pytest.raises(RuntimeError, match="lights"):
        load.load_synthetic(cities.book(), cities.scene(), RESIDENTS, *office)
    with scope.hold(cities.all_eyes()):
        assert len(calls) == 4
        assert not Person.objects.exists()
        assert not Household.objects.exists()


def test_one_person_cannot_grant_alone(office: tuple[User, User]) -> None:
    with pytest.raises(SamePerson):
        load.load_synthetic(cities.book(), cities.scene(), 500, office[0], office[0])


def test_progress_is_told_and_ends_full(office: tuple[User, User]) -> None:
    told: list[tuple[int, int]] = []
    load.load_synthetic(
        cities.book(),
        cities.scene(1),
        2_500,
        *office,
        progress=lambda done, total: told.append((done, total)),
    )
    assert len(told) > 1
    assert told == sorted(told)
    assert told[-1] == (2_500, 2_500)
