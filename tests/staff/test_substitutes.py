"""Who stood in for somebody is shown as such beside every act of that time; the database keeps at which post."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError
from django.urls import reverse

from guanjia.cases import promises
from guanjia.cases.models import Event
from guanjia.cases.records import By
from guanjia.concerns.matters import actions as taken
from guanjia.concerns.matters.actions import NewConcern
from guanjia.concerns.rules import brand
from guanjia.entitlements.models import Run
from guanjia.kit import clock, scope
from guanjia.people import changes
from guanjia.people.desk_models import ChangeRequest
from guanjia.people.models import Person
from guanjia.people.records import NewFact
from guanjia.staff import actions, roles
from guanjia.staff.models import Post, User
from tests import town
from tests.concerns.test_desk import FOLDER, MASK, PHONE, ask
from tests.doors import asked_of, at_desk, text_of
from tests.entitlements import desk
from tests.people.desk import ASKED, DECIDED, as_job, chief, raw

UNTIL = date(2020, 5, 1)
MARKED = "何（代）"
FORGED = "UPDATE {} SET {} = (SELECT max(id) FROM staff_post)"


@pytest.fixture(autouse=True)
def _files_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path)


@pytest.fixture
def worked(cast: town.Cast) -> desk.Worked:
    """Months that were paid and one to approve."""
    return desk.work(cast)


def stands_in(post: Post) -> User:
    """何, who has no post of his own, sits at somebody's desk for a month."""
    he = User.objects.create_user("he", full_name="何")
    actions.stand_in(post, he, town.TODAY, UNTIL)
    return he


def asks_for_wages(cast: town.Cast, who: User) -> ChangeRequest:
    """Somebody at a desk asks for other wages of 陈."""
    with scope.hold(town.eyes(who)):
        chen = Person.objects.get(pk=cast.chen.id)
        fact = NewFact("wages", 250000, date(2020, 1, 1), source="test")
        return changes.prepare(chen, fact, "工资单", "工资证明", who.pk, ASKED)


def test_the_case_thread_marks_a_substitute_and_nobody_else(cast: town.Cast) -> None:
    case, he = ask(1), stands_in(cast.wang.posts.get())
    url = f"/inbox/{case.pk}/"
    at_desk(cast.wang).post(f"{url}accept/", {"step": 0})
    assert "（代）" not in text_of(at_desk(cast.wang), url)
    at_desk(he).post(f"{url}contact/", {"step": 1, "note": "通了电话"})
    page = text_of(at_desk(cast.wang), url)
    assert page.count(MARKED) == 1 and "王（代）" not in page
    with scope.hold(as_job()):
        kept = dict(Event.objects.filter(case=case).values_list("verb", "post__user__username"))
    assert kept == {"open": None, "accept": "wang", "contact": "he"}
    before = asked_of(at_desk(cast.wang), url)
    at_desk(he).post(f"{url}answer/", {"step": 2, "note": "办好了"})
    assert asked_of(at_desk(cast.wang), url) <= before


def test_a_matter_taken_in_by_a_substitute_says_so(cast: town.Cast) -> None:
    he = stands_in(cast.wang.posts.get())
    asked = NewConcern(f"{9:032x}", "living", "路灯不亮", town.COMMUNITY, phone=PHONE)
    known, promised = brand.load(FOLDER), promises.load(FOLDER)
    with scope.hold(town.eyes(he)):
        taken.take_in(asked, known, promised, MASK, clock.now(), By(he, he.posts.get()))
    with scope.hold(as_job()):
        case = Event.objects.get(verb="open", by=he).case_id
    assert MARKED in text_of(at_desk(cast.wang), f"/inbox/{case}/")


def test_the_person_page_marks_who_asked_and_who_recorded(cast: town.Cast) -> None:
    boss = chief()
    he = stands_in(boss.posts.get())
    asked = asks_for_wages(cast, cast.wang)
    with scope.hold(town.eyes(he)):
        changes.approve(asked.pk, he.pk, DECIDED)
    page = text_of(at_desk(cast.wang), reverse("person", args=[cast.chen.id]))
    # What he recorded as it was approved, and the request beside it.
    assert page.count(MARKED) >= 2 and f"王 申请，{MARKED} 复核" in page
    assert MARKED in text_of(at_desk(cast.wang), reverse("change", args=[asked.pk]))


def test_a_run_marks_who_prepared_it(worked: desk.Worked) -> None:
    he = stands_in(worked.cast.liang.posts.get())
    run = worked.ready.pk
    at_desk(he).post(reverse("approve_run", args=[run]))
    with scope.hold(as_job()):
        found = Run.objects.get(pk=run)
    assert (found.approved_by_id, found.approved_post_id) == (he.pk, he.posts.get().pk)
    page = text_of(worked.zhou, reverse("run", args=[run]))
    assert f"{MARKED} 于" in page and "周（代）" not in page
    assert MARKED in text_of(worked.zhou, reverse("runs"))


def test_the_read_log_marks_a_substitute(cast: town.Cast) -> None:
    he = stands_in(cast.wang.posts.get())
    person = reverse("person", args=[cast.chen.id])
    text_of(at_desk(he), person)
    text_of(at_desk(cast.wang), person)
    looked = text_of(at_desk(cast.wang), reverse("looked", args=[cast.chen.id]))
    assert MARKED in looked and "王（代）" not in looked
    auditor = town.desk("shen", "审", roles.AUDITOR, town.CITY)
    log = text_of(at_desk(auditor), reverse("reads"))
    assert MARKED in log and "王（代）" not in log


def test_an_act_after_the_substitution_bears_no_mark(cast: town.Cast) -> None:
    case, he = ask(1), stands_in(cast.wang.posts.get())
    own = Post.objects.create(user=he, role=roles.TOWN_CLERK, place_id=town.CHANGAN, since=UNTIL)
    eyes = scope.staff(own.pk, own.role, own.place_id, UNTIL)
    raw_event = (
        "INSERT INTO cases_event (case_id, step, round, at, verb, who, by_id, was, became, desk, reason, "
        "note, post_id) SELECT case_id, 1, round, at, 'contact', 'staff', %s, became, became, desk, '', "
        "'', %s FROM cases_event WHERE case_id = %s AND step = 0"
    )
    with scope.hold(eyes):
        # Whatever a statement says: it is the post of the scope, and his who acts.
        raw(raw_event, he.pk, he.posts.exclude(pk=own.pk).get().pk, case.pk)
        assert Event.objects.get(case=case, step=1).post_id == own.pk
    with scope.hold(town.eyes(cast.wang)):
        raw(raw_event.replace(", 1, round", ", 2, round"), he.pk, own.pk, case.pk)
        assert Event.objects.get(case=case, step=2).post_id is None, "at another's post nobody acts"


@pytest.mark.parametrize(
    ("table", "column"),
    [("entitlements_run", "approved_post_id"), ("entitlements_run", "prepared_post_id")],
)
def test_at_which_post_a_run_was_signed_cannot_be_changed(
    worked: desk.Worked, table: str, column: str
) -> None:
    with scope.hold(as_job()):
        before = raw(f"SELECT id, {column} FROM {table} ORDER BY id")
        raw(FORGED.format(table, column))
        assert raw(f"SELECT id, {column} FROM {table} ORDER BY id") == before


def test_at_which_post_something_was_asked_cannot_be_changed(cast: town.Cast) -> None:
    asks_for_wages(cast, cast.wang)
    with scope.hold(as_job()):
        before = raw("SELECT prepared_post_id FROM people_changerequest")
        assert before == [(cast.wang.posts.get().pk,)]
        try:
            raw(FORGED.format("people_changerequest", "prepared_post_id"))
        except DatabaseError as refused:
            assert "keeps what was asked" in str(refused) or "cannot become" in str(refused)
        assert raw("SELECT prepared_post_id FROM people_changerequest") == before
