"""Registering people, believing something else later, moving; and raw SQL that tries to break it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import product

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanjia.kit import scope
from guanjia.people import actions, seal
from guanjia.people.documents import BadDocument
from guanjia.people.models import HouseholdFact, Membership, NameGram, Person, PersonFact, Reach
from guanjia.people.records import Later, NewFact, NewHousehold, NewPerson
from tests import town

LEARNT = datetime(2020, 2, 10, tzinfo=UTC)
LATER = datetime(2020, 3, 10, tzinfo=UTC)
NOW = datetime(2020, 4, 1, tzinfo=UTC)


def wages_of(person: int, at: datetime = NOW) -> list[tuple[date, date | None, int | None]]:
    """What is believed of the wages at a moment: since, until, fen."""
    rows = PersonFact.objects.filter(person_id=person, kind="wages", recorded_at__lte=at)
    believed = [r for r in rows if r.superseded_at is None or r.superseded_at > at]
    return sorted((r.since, r.until, r.number) for r in believed)


def raw(statement: str, *values: object) -> None:
    """Run SQL in a savepoint of its own."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_an_identity_number_is_sealed_masked_and_found_by_its_index(as_job: town.Cast) -> None:
    row = Person.objects.get(pk=as_job.li.id)
    assert row.document_mask == "441*************2" + as_job.li.document[-1]
    assert as_job.li.document.encode() not in bytes(row.document_sealed or b"")
    assert seal.unseal(row.document_sealed or b"") == as_job.li.document
    assert Person.objects.get(document_index=seal.index(as_job.li.document)).pk == row.pk
    assert row.initials == "lyh"


def test_somebody_without_any_document_is_registered(as_job: town.Cast) -> None:
    nobody = NewPerson("无名氏", "0", date(1960, 1, 1), document_kind="none")
    actions.register([NewHousehold("T-9", town.COMMUNITY, [nobody])], "test", LEARNT)
    row = Person.objects.get(pk=nobody.id)
    assert (row.document_mask, row.document_sealed, row.document_index) == ("", None, None)


def test_a_number_that_cannot_be_right_writes_nothing(as_job: town.Cast) -> None:
    wrong = NewPerson("错一位", "1", date(1978, 5, 4), "441900197805040010")
    before = Person.objects.count()
    with pytest.raises(BadDocument):
        actions.register([NewHousehold("T-9", town.COMMUNITY, [wrong])], "test", LEARNT)
    assert Person.objects.count() == before


def test_an_office_reaches_who_lives_or_is_registered_in_its_places(as_job: town.Cast) -> None:
    away = town.resident("黄家乐", date(1990, 3, 3), 31, town.ELSEWHERE)
    actions.register([NewHousehold("T-9", town.COMMUNITY, [away])], "test", LEARNT)
    reach = Reach.objects.filter(person_id=away.id).values_list("why", "place_id")
    assert set(reach) == {("residence", town.COMMUNITY), ("hukou", town.ELSEWHERE)}
    found = NameGram.objects.filter(gram="家乐", person_id=away.id).values_list("place", flat=True)
    assert set(found) == {town.COMMUNITY, town.ELSEWHERE}


def test_a_correction_keeps_what_was_believed(as_job: town.Cast) -> None:
    chen = as_job.chen
    new = NewFact("wages", 250000, date(2020, 1, 1))
    actions.correct_fact(chen, new, "test", LEARNT)
    assert wages_of(chen.id) == [
        (date(2019, 1, 1), date(2020, 1, 1), 199900),
        (date(2020, 1, 1), None, 250000),
    ]
    assert wages_of(chen.id, town.KNOWN) == [(date(2019, 1, 1), None, 199900)]


def test_a_correction_of_the_past_leaves_both_sides_of_it(as_job: town.Cast) -> None:
    chen = as_job.chen
    spring = NewFact("wages", 0, date(2019, 3, 1), date(2019, 6, 1))
    actions.correct_fact(chen, spring, "test", LEARNT)
    assert wages_of(chen.id) == [
        (date(2019, 1, 1), date(2019, 3, 1), 199900),
        (date(2019, 3, 1), date(2019, 6, 1), 0),
        (date(2019, 6, 1), None, 199900),
    ]


def test_not_known_is_believed_like_any_other_value(as_job: town.Cast) -> None:
    actions.correct_fact(as_job.chen, NewFact("wages", None, date(2019, 1, 1)), "test", LEARNT)
    assert wages_of(as_job.chen.id) == [(date(2019, 1, 1), None, None)]


def test_a_belief_older_than_the_one_it_replaces_is_refused(as_job: town.Cast) -> None:
    actions.correct_fact(as_job.chen, NewFact("wages", 1, date(2020, 1, 1)), "test", LATER)
    with pytest.raises(IntegrityError, match="ends_after_it_begins"), transaction.atomic():
        actions.correct_fact(as_job.chen, NewFact("wages", 2, date(2020, 1, 1)), "test", LEARNT)
    assert wages_of(as_job.chen.id)[-1] == (date(2020, 1, 1), None, 1)


def test_facts_of_a_household_are_corrected_too(as_job: town.Cast) -> None:
    home = as_job.chen_home
    for fen, at in ((5_000_00, LEARNT), (9_000_00, LATER)):
        actions.correct_fact(home, NewFact("deposits", fen, date(2020, 1, 1)), "test", at)
    rows = HouseholdFact.objects.filter(household_id=home.id).order_by("recorded_at")
    assert [(r.number, r.superseded_at) for r in rows] == [(5_000_00, LATER), (9_000_00, None)]


def test_what_was_learnt_later_is_registered_as_a_correction(as_job: town.Cast) -> None:
    died = Later(LEARNT, NewFact("alive", False, date(2020, 2, 3)))
    lost = Later(LATER, NewFact("wages", 0, date(2020, 3, 1)))
    man = town.resident("梁锡根", date(1950, 1, 1), 41, town.COMMUNITY, wages=300000)
    man.later = [lost, died]
    actions.register([NewHousehold("T-9", town.COMMUNITY, [man])], "test", town.KNOWN)
    alive = PersonFact.objects.get(person_id=man.id, kind="alive")
    assert (alive.number, alive.recorded_at) == (0, LEARNT)
    assert len(wages_of(man.id, LEARNT)) == 1
    assert wages_of(man.id)[-1] == (date(2020, 3, 1), None, 0)


months = st.integers(0, 11).map(lambda n: date(2019, n + 1, 1))
corrections = st.lists(st.tuples(months, st.none() | months, st.integers(0, 9)), max_size=6)


@given(corrections)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_after_any_corrections_each_day_has_the_value_learnt_last(
    as_job: town.Cast, learnt: list[tuple[date, date | None, int]]
) -> None:
    days = [date(2019, month, day) for month, day in product(range(1, 13), (1, 28))]
    expected = dict.fromkeys(days, 199900)
    with transaction.atomic():
        for hour, (since, until, fen) in enumerate(learnt):
            if until is not None and until <= since:
                continue
            at = LEARNT.replace(hour=hour)
            actions.correct_fact(as_job.chen, NewFact("wages", fen, since, until), "test", at)
            expected.update({d: fen for d in days if since <= d and (until is None or d < until)})
        rows = wages_of(as_job.chen.id)
        transaction.set_rollback(True)
    for day in days:
        held = [fen for since, until, fen in rows if since <= day and (not until or day < until)]
        assert held == [expected[day]]


def test_moving_ends_one_membership_and_begins_another(as_job: town.Cast) -> None:
    home = NewHousehold("T-9", town.ELSEWHERE, [])
    actions.register([home], "test", LEARNT)
    actions.move(as_job.li, home, date(2020, 2, 1), "test", LEARNT)
    rows = Membership.objects.filter(person_id=as_job.li.id, superseded_at=None).order_by("since")
    assert [(r.household.number, r.since, r.until) for r in rows] == [
        ("T-1", date(2019, 1, 1), date(2020, 2, 1)),
        ("T-9", date(2020, 2, 1), None),
    ]
    lives = Reach.objects.filter(person_id=as_job.li.id, why="residence").order_by("since")
    assert [(r.place_id, r.until) for r in lives] == [
        (town.COMMUNITY, date(2020, 2, 1)),
        (town.ELSEWHERE, None),
    ]


def test_the_town_moved_to_sees_the_person_and_the_town_left_only_by_hukou(
    cast: town.Cast,
) -> None:
    with scope.hold(scope.job("test", town.CITY, town.TODAY)):
        home = NewHousehold("T-9", town.ELSEWHERE, [])
        actions.register([home], "test", LEARNT)
        actions.move(cast.li, home, date(2020, 2, 1), "test", LEARNT)
        hukou = NewFact("hukou", town.ELSEWHERE, date(2020, 3, 1))
    with scope.hold(town.eyes(cast.huang)):
        assert Person.objects.filter(pk=cast.li.id).exists()
        assert NameGram.objects.filter(gram="lyh").exists()
    with scope.hold(town.eyes(cast.wang)):
        assert Person.objects.filter(pk=cast.li.id).exists()
    with scope.hold(scope.job("test", town.CITY, town.TODAY)):
        actions.correct_fact(cast.li, hukou, "test", LATER)
    with scope.hold(town.eyes(cast.wang)):
        assert not Person.objects.filter(pk=cast.li.id).exists()


def test_leaving_the_city_leaves_no_membership_and_no_reach_of_residence(
    as_job: town.Cast,
) -> None:
    actions.move(as_job.li, None, date(2020, 2, 1), "test", LEARNT)
    assert not Membership.objects.filter(
        person_id=as_job.li.id, until=None, superseded_at=None
    ).exists()
    assert not Reach.objects.filter(person_id=as_job.li.id, why="residence", until=None).exists()


FACT = (
    "INSERT INTO people_personfact (person_id, kind, key, number, word, since, until, source_id) "
    "VALUES (%s, %s, '', %s, %s, %s, %s, 'test')"
)


@pytest.fixture
def chen(as_job: town.Cast) -> Iterator[int]:
    """陈大文, who has wages from 1 January 2019 on."""
    yield as_job.chen.id


def test_sql_cannot_make_facts_of_one_kind_overlap(chen: int) -> None:
    with pytest.raises(IntegrityError, match="person_facts_never_overlap"):
        raw(FACT, chen, "wages", 1, None, "2018-12-01", "2019-01-02")
    raw(FACT, chen, "wages", 1, None, "2018-12-01", "2019-01-01")


def test_sql_cannot_give_a_fact_two_values(chen: int) -> None:
    with pytest.raises(IntegrityError, match="one_value"):
        raw(FACT, chen, "marital", 1, "20", "2019-01-01", None)


def test_sql_cannot_end_a_fact_before_it_begins(chen: int) -> None:
    with pytest.raises(IntegrityError, match="ends_after_it_begins"):
        raw(FACT, chen, "marital", None, "20", "2019-01-01", "2019-01-01")


def test_sql_cannot_house_a_person_twice(as_job: town.Cast) -> None:
    with pytest.raises(IntegrityError, match="one_household_at_a_time"):
        raw(
            "INSERT INTO people_membership (household_id, person_id, since, source_id) "
            "VALUES (%s, %s, '2019-06-01', 'test')",
            *(as_job.chen_home.id, as_job.li.id),
        )


def test_sql_cannot_double_a_reach(chen: int) -> None:
    with pytest.raises(IntegrityError, match="reach_of_a_kind_never_overlaps"):
        raw(
            "INSERT INTO people_reach (person_id, place, why, since) "
            "VALUES (%s, %s, 'residence', '2019-06-01')",
            *(chen, town.COMMUNITY),
        )


def test_sql_cannot_register_a_document_twice(as_job: town.Cast) -> None:
    with pytest.raises(IntegrityError, match="one_person_a_document"):
        raw(
            "INSERT INTO people_person (name, initials, sex, born_on, document_kind, "
            "document_sealed, document_mask, document_index) "
            "SELECT name, initials, sex, born_on, document_kind, document_sealed, document_mask, "
            "document_index FROM people_person WHERE id = %s",
            as_job.li.id,
        )


def test_sql_cannot_keep_a_document_unsealed(chen: int) -> None:
    with pytest.raises(IntegrityError, match="a_document_is_sealed"):
        raw("UPDATE people_person SET document_sealed = NULL WHERE id = %s", chen)


def test_sql_cannot_believe_again_what_was_superseded(chen: int) -> None:
    raw("UPDATE people_personfact SET superseded_at = now() WHERE person_id = %s", chen)
    with pytest.raises(IntegrityError, match="supersede the row"):
        raw("UPDATE people_personfact SET superseded_at = NULL WHERE person_id = %s", chen)
