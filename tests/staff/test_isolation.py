"""Row security: a query that forgets its filter returns nothing of another town."""

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import DatabaseError

from guanjia.kit import scope
from guanjia.people.models import Household, Membership, NameGram, Person, PersonFact, Reach
from tests import town

PERSONAL = [Person, Household, Membership, PersonFact, NameGram, Reach]

# Reference data, sign-in and the job queue. Everything else has forced row security.
OPEN = {
    "places_place",
    "places_facility",
    "people_source",
    "people_indexkey",  # which index key is the newest: a number
    "entitlements_revision",
    "staff_user",
    "staff_user_groups",
    "staff_user_user_permissions",
    "staff_post",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_session",
    "django_migrations",
    "account_emailaddress",
    "account_emailconfirmation",
    "mfa_authenticator",
    "usersessions_usersession",
    "concerns_try",
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
}


def test_every_table_is_behind_the_gate_or_named_as_open(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = "
            "'public'::regnamespace AND NOT (relrowsecurity AND relforcerowsecurity)"
        )
        bare = {name for (name,) in cursor.fetchall()}
    assert bare == OPEN


def test_no_scope_sees_nothing(cast: town.Cast) -> None:
    for model in apps.get_models():
        if model._meta.db_table not in OPEN:
            assert model._default_manager.count() == 0, model


def test_a_town_sees_its_own_and_nothing_of_another(cast: town.Cast) -> None:
    with scope.hold(town.eyes(cast.wang)):
        assert set(Person.objects.values_list("name", flat=True)) == {
            *("李月好", "陈大文", "何丽珍", "陈小星")
        }
        assert not NameGram.objects.filter(person_id=cast.ho.id).exists()
    with scope.hold(town.eyes(cast.huang)):
        for model in PERSONAL:
            assert model._default_manager.count() in (1, 2, 3, 4), model
        assert [p.name for p in Person.objects.all()] == ["何金水"]
        assert not PersonFact.objects.filter(person_id=cast.li.id).exists()


def test_the_city_sees_all(cast: town.Cast) -> None:
    with scope.hold(town.eyes(cast.zhou)):
        assert Person.objects.count() == 5


def test_a_scope_ends_with_its_block(cast: town.Cast) -> None:
    with scope.hold(town.eyes(cast.zhou)):
        with scope.hold(town.eyes(cast.huang)):
            assert Person.objects.count() == 1
        assert Person.objects.count() == 5
    assert Person.objects.count() == 0
    assert scope.current() == scope.NOTHING


def test_a_scope_ends_when_its_block_fails(cast: town.Cast) -> None:
    with pytest.raises(ValueError, match="stop"), scope.hold(town.eyes(cast.zhou)):
        raise ValueError("stop")
    assert Person.objects.count() == 0


def test_a_clerk_cannot_write_into_another_town(cast: town.Cast) -> None:
    with scope.hold(town.eyes(cast.wang)):
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Household.objects.create(number="X", place_id=town.ELSEWHERE)
        assert Household.objects.filter(number="T-3").update(number="T-9") == 0


def test_the_application_role_cannot_step_out(db: None) -> None:
    for attempt in (
        "SET ROLE guanjia_owner",
        "TRUNCATE people_person",
        "ALTER TABLE people_person DISABLE ROW LEVEL SECURITY",
        "CREATE TABLE mine (id int)",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attempt)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, session_user")
        assert cursor.fetchone() == ("guanjia_app", "guanjia_login")


def test_a_fact_is_superseded_and_never_changed(as_job: town.Cast) -> None:
    for attack in (
        "UPDATE people_personfact SET number = 1",
        "DELETE FROM people_personfact",
        "INSERT INTO people_personfact (person_id, kind, key, number, since, source_id) "
        f"VALUES ({as_job.chen.id}, 'wages', '', 5, '2020-01-01', 'test')",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)
