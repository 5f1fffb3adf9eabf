"""Posts: pairs that are two persons, substitutes, handovers; each promise attacked by raw SQL."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from guanjia.kit import scope
from guanjia.people import changes
from guanjia.people.models import Household
from guanjia.people.records import NewFact
from guanjia.staff import actions, errors, open_work, queries, roles
from guanjia.staff.actions import NewPost
from guanjia.staff.models import Handover, Post, User
from tests import town

PLACES = (town.CITY, town.CHANGAN, town.HUMEN)
GIVE = "INSERT INTO staff_post (user_id, role, place_id, since, until) VALUES (%s, %s, %s, %s, %s)"


def give(
    user: User, role: str, place: str, since: date = town.START, until: date | None = None
) -> None:
    """A post by raw SQL, in a transaction of its own."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(GIVE, [user.pk, role, place, since, until])


def raw(statement: str, *values: object) -> None:
    """Raw SQL, in a transaction of its own."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_the_schema_refuses_exactly_the_pairs_of_the_table(cast: town.Cast) -> None:
    for number, (one, other, here, there) in enumerate(
        product(roles.NAMES, roles.NAMES, PLACES, PLACES)
    ):
        user = User.objects.create_user(f"pair{number}")
        give(user, one, here)
        nested = here.startswith(there) or there.startswith(here)
        if roles.incompatible(one, other, nested):
            with pytest.raises(IntegrityError, match="incompatible_roles_are_two_persons"):
                give(user, other, there)
        elif (one, here) != (other, there):
            give(user, other, there)
            assert user.posts.count() == 2


def test_pairs_are_refused_only_while_both_are_held(cast: town.Cast) -> None:
    user = User.objects.create_user("once")
    give(user, roles.TOWN_CLERK, town.CHANGAN, date(2019, 1, 1), date(2020, 1, 1))
    give(user, roles.TOWN_CHIEF, town.CHANGAN, date(2020, 1, 1), None)
    assert user.posts.count() == 2


def test_a_post_stays_as_it_was_given(cast: town.Cast) -> None:
    mine = cast.wang.posts.get()
    for column, value in (
        ("role", roles.TOWN_CHIEF),
        ("place_id", town.HUMEN),
        ("user_id", cast.huang.pk),
    ):
        with pytest.raises(IntegrityError, match="a_post_stays_as_it_was_given"):
            raw(f"UPDATE staff_post SET {column} = %s WHERE id = %s", value, mine.pk)
    with pytest.raises(DatabaseError, match="permission denied"):
        raw("DELETE FROM staff_post WHERE id = %s", mine.pk)


def test_a_post_does_not_end_without_a_handover(cast: town.Cast) -> None:
    mine = cast.wang.posts.get()
    with pytest.raises(IntegrityError, match="a_post_ends_by_a_handover"):
        raw("UPDATE staff_post SET until = '2020-05-01' WHERE id = %s", mine.pk)


def test_a_substitute_has_an_end_and_sits_at_the_same_desk_within_its_time(cast: town.Cast) -> None:
    mine, he = cast.wang.posts.get(), User.objects.create_user("he")
    give_in = GIVE.replace("until)", "until, stands_in_for_id)").replace("%s)", "%s, %s)")
    with pytest.raises(IntegrityError, match="a_substitute_sits_for_a_dated_time"):
        raw(give_in, he.pk, mine.role, mine.place_id, town.TODAY, None, mine.pk)
    for user, role, place in (
        (he, roles.TOWN_CHIEF, town.CHANGAN),
        (he, roles.TOWN_CLERK, town.HUMEN),
        (cast.wang, roles.TOWN_CLERK, town.CHANGAN),
    ):
        with pytest.raises(IntegrityError):
            raw(give_in, user.pk, role, place, town.TODAY, date(2020, 5, 1), mine.pk)
    early = town.START - timedelta(days=1)
    with pytest.raises(IntegrityError, match="a_substitute_sits_at_the_same_desk_within_its_time"):
        raw(give_in, he.pk, mine.role, mine.place_id, early, date(2020, 5, 1), mine.pk)


def test_a_substitute_acts_for_a_dated_time_and_is_shown_as_one(cast: town.Cast) -> None:
    he = User.objects.create_user("he", full_name="何")
    post = actions.stand_in(cast.wang.posts.get(), he, town.TODAY, date(2020, 4, 8))
    assert str(post) == "代镇街经办 · 长安镇"
    assert queries.posts_of(he.pk, town.TODAY).exists()
    assert not queries.posts_of(he.pk, date(2020, 4, 8)).exists()
    with pytest.raises(errors.BadSubstitute):
        actions.stand_in(cast.wang.posts.get(), cast.wang, town.TODAY, date(2020, 4, 8))
    with pytest.raises(errors.Incompatible, match="镇街审批"):
        chief = town.desk("sun", "孙", roles.TOWN_CHIEF, town.CHANGAN)
        actions.stand_in(cast.wang.posts.get(), chief, town.TODAY, date(2020, 4, 8))


def test_a_post_is_opened_where_its_role_sits(cast: town.Cast) -> None:
    he = User.objects.create_user("he")
    with pytest.raises(errors.BadPlace, match="镇街经办"):
        actions.open_post(NewPost(he, roles.TOWN_CLERK, town.CITY, town.TODAY))
    assert actions.open_post(NewPost(he, roles.TOWN_CLERK, town.CHANGAN, town.TODAY)).pk
    with pytest.raises(errors.HeldAlready):
        actions.open_post(NewPost(he, roles.TOWN_CLERK, town.CHANGAN, town.TODAY))


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three things lie at every desk that settles leads."""
    kind = open_work.Kind("visits", "走访", roles.May.SETTLE_LEADS, "leads", lambda _post: 3)
    monkeypatch.setattr(open_work, "KINDS", {"visits": kind})


@pytest.mark.usefixtures("busy")
def test_a_desk_with_open_work_is_handed_to_somebody_who_can_do_it(cast: town.Cast) -> None:
    mine, admin = cast.wang.posts.get(), town.desk("admin", "管", roles.ADMINISTRATOR, town.CITY)
    with pytest.raises(errors.OpenWork, match="接手"):
        actions.end_post(mine.pk, town.TODAY, admin, town.TODAY)
    elsewhere = cast.huang.posts.get()
    with pytest.raises(errors.NoSuccessor):
        actions.end_post(mine.pk, town.TODAY, admin, town.TODAY, to=elsewhere.pk)
    he = town.desk("he", "何", roles.TOWN_CLERK, town.CHANGAN)
    given = actions.end_post(mine.pk, town.TODAY, admin, town.TODAY, to=he.posts.get().pk)
    assert not queries.posts_of(cast.wang.pk, town.TODAY).exists()
    with scope.hold(town.eyes(he)):
        assert queries.handed_to(he.pk) == [(given, 3)]
        actions.take_over(given, he)
        actions.take_over(given, he)
        assert queries.handed_to(he.pk) == []
    with scope.hold(town.eyes(cast.huang)):
        assert not Handover.objects.exists()


@pytest.mark.usefixtures("busy")
def test_a_forced_end_gives_a_reason_and_the_work_falls_to_the_chief(cast: town.Cast) -> None:
    mine = cast.wang.posts.get()
    given = actions.end_post(
        mine.pk, town.TODAY, cast.zhou, town.TODAY, forced_because="已离职，无人接手"
    )
    assert given.forced
    assert given.to == cast.liang.posts.get()
    sun = town.desk("sun", "孙", roles.TOWN_CHIEF, town.HUMEN)
    theirs = cast.huang.posts.get()
    given = actions.end_post(theirs.pk, town.TODAY, cast.zhou, town.TODAY, forced_because="调离")
    assert given.to == sun.posts.get()
    with pytest.raises(errors.AlreadyEnded):
        actions.end_post(theirs.pk, date(2020, 6, 1), cast.zhou, town.TODAY)


def test_what_was_handed_over_is_never_changed(cast: town.Cast) -> None:
    mine = cast.wang.posts.get()
    actions.end_post(mine.pk, town.TODAY, cast.zhou, town.TODAY)
    for table in ("staff_handover", "staff_handedover", "staff_taken"):
        for attack in (f"UPDATE {table} SET place = ''", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match=r"permission denied|append-only"):
                raw(attack)
    insert = (
        "INSERT INTO staff_handover (post_id, place, ends_on, by_id, forced, reason, to_id) "
        "VALUES (%s, %s, '2021-01-01', %s, %s, '', %s)"
    )
    other = cast.huang.posts.get()
    with scope.hold(town.eyes(cast.zhou)):
        with pytest.raises(IntegrityError, match="a_forced_end_says_why"):
            raw(insert, other.pk, town.HUMEN, cast.zhou.pk, True, None)
        with pytest.raises(IntegrityError, match="a_post_is_handed_to_another"):
            raw(insert, other.pk, town.HUMEN, cast.zhou.pk, False, other.pk)
    with scope.hold(town.eyes(cast.wang)), pytest.raises(DatabaseError, match="row-level security"):
        raw(insert, other.pk, town.HUMEN, cast.wang.pk, False, None)


def test_the_last_administrator_stays(cast: town.Cast) -> None:
    admin = town.desk("admin", "管", roles.ADMINISTRATOR, town.CITY)
    with pytest.raises(errors.LastAdministrator):
        actions.end_post(admin.posts.get().pk, town.TODAY, admin, town.TODAY)
    with pytest.raises(errors.LastAdministrator):
        actions.lock(admin, town.TODAY)
    town.desk("second", "二", roles.ADMINISTRATOR, town.CITY)
    actions.lock(admin, town.TODAY)
    assert not queries.posts_of(admin.pk, town.TODAY).exists()
    actions.unlock(admin)
    assert queries.posts_of(admin.pk, town.TODAY).exists()


def test_a_change_that_waits_is_open_work_of_who_asked_and_of_who_decides(cast: town.Cast) -> None:
    fact = NewFact("deposits", 500_000, date(2020, 3, 1), source="test")
    with scope.hold(town.eyes(cast.wang)):
        home = Household.objects.get(pk=cast.chen_home.id)
        made = changes.prepare(home, fact, "存款有变", "存折", cast.wang.pk, town.KNOWN)
        assert open_work.of(cast.wang.posts.get())["changes"] == 1
    with scope.hold(town.eyes(cast.liang)):
        assert open_work.of(cast.liang.posts.get())["changes_to_decide"] == 1
        changes.approve(made.pk, cast.liang.pk, town.KNOWN)
        assert "changes_to_decide" not in open_work.of(cast.liang.posts.get())
    with scope.hold(town.eyes(cast.wang)):
        assert "changes" not in open_work.of(cast.wang.posts.get())


def test_every_kind_of_open_work_leads_to_a_page_its_taker_may_see() -> None:
    from django.urls import reverse

    assert {"leads", "runs", "runs_to_approve", "what_ifs", "proposals"} <= set(open_work.KINDS)
    for kind in open_work.KINDS.values():
        assert reverse(kind.page)
        assert any(kind.may in may for may in roles.ROLES.values())
    assert Post._meta.get_field("stands_in_for").null
