"""Registering somebody who may exist elsewhere: nothing tells whether the number existed."""

from datetime import date
from statistics import quantiles
from time import perf_counter

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from guanjia.kit import scope
from guanjia.people import errors, queries, registering
from guanjia.people.desk_models import Registration, Transfer
from guanjia.people.models import Person, PersonFact, Reach, ReachReason
from guanjia.people.registering import Stated
from tests import town
from tests.people.desk import ASKED, DECIDED, as_job, raw

BORN = date(1945, 1, 1)


def stated(number: str, name: str = "何金水") -> Stated:
    return Stated(name, "1", BORN, "citizen", number, town.COMMUNITY)


def new_number(order: int) -> str:
    return town.number(BORN, order)


def test_known_and_new_are_answered_alike_and_the_right_desk_is_asked(cast: town.Cast) -> None:
    with scope.hold(town.eyes(cast.wang)):
        known = registering.register(stated(cast.ho.document), cast.wang.pk, ASKED)
        new = registering.register(stated(new_number(900), "何新"), cast.wang.pk, ASKED)
        assert new == known + 1
        rows = list(Registration.objects.order_by("id").values_list("state", "person", "note"))
        assert rows == [("open", None, "")] * 2
        assert Transfer.objects.count() == 0
        assert not Person.objects.filter(name="何金水").exists()
        assert scope.current() == town.eyes(cast.wang)
    with scope.hold(town.eyes(cast.huang)):
        asked = Transfer.objects.get()
        assert (asked.registration_id, asked.person_id) == (known, cast.ho.id)
        assert asked.registration.name == "何金水"
    with scope.hold(town.eyes(cast.zhou)):
        assert Transfer.objects.get(registration=new).person_id is None


def test_agreeing_makes_a_reach_from_today_and_the_past_stays_hidden(cast: town.Cast) -> None:
    with scope.hold(town.eyes(cast.wang)):
        registering.register(stated(cast.ho.document), cast.wang.pk, ASKED)
    with scope.hold(town.eyes(cast.huang)):
        registering.agree(Transfer.objects.get().pk, cast.huang.pk, DECIDED, town.TODAY)
        with pytest.raises(errors.WrongState):
            registering.agree(Transfer.objects.get().pk, cast.huang.pk, DECIDED, town.TODAY)
    with scope.hold(as_job()):
        PersonFact.objects.create(
            person_id=cast.ho.id,
            kind="wages",
            number=1,
            since=date(2019, 1, 1),
            until=date(2019, 6, 1),
            source_id="test",
        )
    with scope.hold(town.eyes(cast.wang)):
        assert Registration.objects.get().person_id == cast.ho.id
        assert queries.person(cast.ho.id).name == "何金水"
        assert queries.by_name("何金水", town.CHANGAN).people
        kinds = set(PersonFact.objects.filter(person_id=cast.ho.id).values_list("kind", flat=True))
        assert "wages" not in kinds
        assert "hukou" in kinds
    with scope.hold(town.eyes(cast.huang)):
        assert PersonFact.objects.filter(person_id=cast.ho.id, kind="wages").exists()


def test_a_new_person_is_written_when_the_city_desk_agrees(cast: town.Cast) -> None:
    with scope.hold(town.eyes(cast.wang)):
        registering.register(stated(new_number(901), "何新"), cast.wang.pk, ASKED)
    with scope.hold(town.eyes(cast.zhou)):
        registering.agree(Transfer.objects.get().pk, cast.zhou.pk, DECIDED, town.TODAY)
    with scope.hold(town.eyes(cast.wang)):
        made = Person.objects.get(name="何新")
        assert Registration.objects.get().person_id == made.pk
        assert [(r.why, r.since) for r in queries.reach_of(made.pk)] == [("residence", town.TODAY)]


def test_refusing_says_why_and_shows_nothing(cast: town.Cast) -> None:
    with scope.hold(town.eyes(cast.wang)):
        registering.register(stated(cast.ho.document), cast.wang.pk, ASKED)
    with scope.hold(town.eyes(cast.huang)):
        with pytest.raises(errors.ReasonMissing):
            registering.refuse(Transfer.objects.get().pk, cast.huang.pk, "", DECIDED)
        registering.refuse(Transfer.objects.get().pk, cast.huang.pk, "证件与本人不符", DECIDED)
    with scope.hold(town.eyes(cast.wang)):
        row = Registration.objects.get()
        assert (row.state, row.note, row.person_id) == ("refused", "证件与本人不符", None)
        assert not Person.objects.filter(pk=cast.ho.id).exists()


def test_whoever_is_within_reach_already_is_shown_and_not_registered(cast: town.Cast) -> None:
    with scope.hold(town.eyes(cast.wang)):
        with pytest.raises(errors.AlreadyHere) as found:
            registering.register(stated(cast.li.document), cast.wang.pk, ASKED)
        assert found.value.person == cast.li.id
        assert Registration.objects.count() == 0


def test_a_post_is_limited_by_the_database_alike_for_known_and_new(cast: town.Cast) -> None:
    with scope.hold(town.eyes(cast.wang)):
        for order in range(registering.AT_MOST_AN_HOUR):
            registering.register(stated(new_number(100 + order)), cast.wang.pk, ASKED)
        for number in (new_number(999), cast.ho.document):
            with pytest.raises(errors.TooMany):
                registering.register(stated(number), cast.wang.pk, ASKED)
    other = town.desk("zeng", "曾", "town_clerk", town.CHANGAN)
    with scope.hold(town.eyes(other)):
        registering.register(stated(new_number(998)), other.pk, ASKED)


def test_registering_needs_the_posts_own_holder_and_places(cast: town.Cast) -> None:
    away = Stated("何", "1", BORN, "citizen", new_number(1), town.ELSEWHERE)
    for eyes, asked, by in (
        (town.eyes(cast.wang), away, cast.wang.pk),
        (town.eyes(cast.wang), stated(new_number(1)), cast.huang.pk),
        (scope.NOTHING, stated(new_number(1)), cast.wang.pk),
    ):
        with scope.hold(eyes), pytest.raises(DatabaseError, match="by a post"):
            registering.register(asked, by, ASKED)


def test_sql_of_a_clerk_learns_nothing_from_the_unique_index(cast: town.Cast) -> None:
    """The same refusal, whether the document exists or not, by insert and by update."""
    columns = (
        "name, initials, sex, born_on, document_kind, document_sealed, document_mask, "
        "document_index, recorded_at"
    )
    with scope.hold(as_job()):
        index = bytes(Person.objects.get(pk=cast.ho.id).document_index or b"")
    said = set()
    with scope.hold(town.eyes(cast.wang)):
        for value in (index, b"0123456789abcdef"):
            for attack in (
                f"INSERT INTO people_person ({columns}) SELECT name, initials, sex, born_on, "
                f"document_kind, document_sealed, document_mask, %s, now() FROM people_person LIMIT 1",
                f"UPDATE people_person SET document_index = %s WHERE id = {cast.li.id}",
            ):
                with pytest.raises(DatabaseError) as refused:
                    raw(attack, value)
                said.add(str(refused.value).partition("CONTEXT")[0])
            found = raw("SELECT count(*) FROM people_person WHERE document_index = %s", value)
            assert found == [(0,)]
    assert len(said) == 1, said


def test_a_number_finds_whom_the_post_reaches_and_nobody_near_it(cast: town.Cast) -> None:
    kinds = ["citizen", "passport"]
    with scope.hold(as_job()):
        indexes = list(Person.objects.values_list("document_index", flat=True))
    for eyes, mine in (
        (town.eyes(cast.wang), [cast.li, cast.chen]),
        (town.eyes(cast.huang), [cast.ho]),
    ):
        with scope.hold(eyes):
            for one in (cast.li, cast.chen, cast.ho):
                found = queries.with_document(one.document, kinds)
                assert found == ([one.id] if one in mine else [])
            assert queries.with_document(cast.li.document, ["passport"]) == []
            for index in indexes:  # just before somebody's, where the look comes upon that one
                near = (int.from_bytes(index) - 1).to_bytes(16)
                assert raw("SELECT people_by_document(%s::bytea[], %s)", [near], kinds) == []
            assert scope.current() == eyes
    with scope.hold(scope.NOTHING):
        assert queries.with_document(cast.li.document, kinds) == []


def test_sql_of_a_clerk_gives_itself_no_reach(cast: town.Cast) -> None:
    with scope.hold(town.eyes(cast.wang)):
        for table, columns in (
            (
                "people_reach",
                "person_id, place, why, since) VALUES (%s, '%s', 'case', '2020-01-01'",
            ),
            ("people_namegram", "person_id, place, gram) VALUES (%s, '%s', 'x'"),
        ):
            with pytest.raises(DatabaseError, match="row-level security"):
                raw(f"INSERT INTO {table} ({columns % (cast.ho.id, town.COMMUNITY)})")
        with pytest.raises(DatabaseError, match="row-level security"):
            raw(
                "INSERT INTO people_membership (household_id, person_id, since, source_id) "
                "VALUES (%s, %s, '2020-01-01', 'test')",
                *(cast.chen_home.id, cast.ho.id),
            )
        for table in ("people_registration", "people_transfer"):
            with pytest.raises(DatabaseError, match="permission denied"):
                raw(f"INSERT INTO {table} DEFAULT VALUES")
        assert raw("UPDATE people_transfer SET state = 'agreed' RETURNING 1") == []


def test_numbers_taken_are_the_same_for_known_and_new(cast: town.Cast) -> None:
    def taken() -> list[tuple[object, ...]]:
        return raw(
            "SELECT s.seqrelid::regclass::text, pg_sequence_last_value(s.seqrelid) "
            "FROM pg_sequence s ORDER BY 1"
        )

    def moved(number: str) -> set[str]:
        before = taken()
        registering.register(stated(number), cast.wang.pk, ASKED)
        return {str(a[0]) for a, b in zip(taken(), before, strict=True) if a != b}

    with scope.hold(town.eyes(cast.wang)):
        known, new = moved(cast.ho.document), moved(new_number(902))
    assert known == new == {"people_registration_id_seq", "people_transfer_id_seq"}


def test_time_does_not_tell_known_from_new(cast: town.Cast) -> None:
    """The quickest tenth of many look-ups of each kind, in turn, each undone: they may differ by a third."""
    times: dict[str, list[float]] = {"known": [], "new": []}
    with scope.hold(town.eyes(cast.wang)):
        for order in range(120):
            for kind, number in (("known", cast.ho.document), ("new", new_number(order))):
                with transaction.atomic():
                    began = perf_counter()
                    registering.register(stated(number), cast.wang.pk, ASKED)
                    times[kind].append(perf_counter() - began)
                    transaction.set_rollback(True)
    known, new = (quantiles(times[kind][20:], n=10)[0] for kind in ("known", "new"))
    assert 0.67 < known / new < 1.5, (known, new)


def test_a_case_or_care_gives_reach_for_its_time(cast: town.Cast) -> None:
    with scope.hold(town.eyes(cast.huang)):
        registering.give_reach(cast.ho.id, town.COMMUNITY, ReachReason.CARE, town.TODAY, None)
        with pytest.raises(ValueError, match="hukou"):
            registering.give_reach(cast.ho.id, town.COMMUNITY, ReachReason.HUKOU, town.TODAY, None)
        with pytest.raises(Person.DoesNotExist):
            registering.give_reach(cast.li.id, town.ELSEWHERE, ReachReason.CASE, town.TODAY, None)
    with scope.hold(town.eyes(cast.wang)):
        assert Person.objects.filter(pk=cast.ho.id).exists()
    with scope.hold(town.eyes(cast.huang)):
        registering.end_reach(cast.ho.id, town.COMMUNITY, ReachReason.CARE, town.TODAY)
    with scope.hold(town.eyes(cast.wang)):
        assert not Person.objects.filter(pk=cast.ho.id).exists()
    with scope.hold(as_job()):
        assert not Reach.objects.filter(why="care", until=None).exists()


@pytest.mark.parametrize("table", ["people_registration", "people_transfer"])
def test_sql_cannot_bend_what_was_asked(cast: town.Cast, table: str) -> None:
    with scope.hold(town.eyes(cast.wang)):
        registering.register(stated(cast.ho.document), cast.wang.pk, ASKED)
    with scope.hold(as_job()):
        for attack, named in (
            ("state = 'agreed', place = '441900'", "keeps what was asked"),
            ("state = 'open'", "cannot become"),
            ("state = 'refused'", "says_why|names_who"),
        ):
            with pytest.raises(IntegrityError, match=named):
                raw(f"UPDATE {table} SET {attack}")
