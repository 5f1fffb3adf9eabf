"""Role by door by place: what the table of roles says, the doors do."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from guanjia.cases import actions as cases
from guanjia.cases import tasks
from guanjia.cases.models import Attachment, Case, Event
from guanjia.concerns.answered import board
from guanjia.concerns.matters.city import the_promises
from guanjia.concerns.models import (
    Draw,
    Drawn,
    Review,
    SavedFilter,
    Sorting,
    Ticket,
    Topic,
    TopicCase,
    TopicChoice,
    TopicMonth,
    TopicWord,
)
from guanjia.concerns.rates import tasks as rate_tasks
from guanjia.concerns.rules.workflow import CONCERN
from guanjia.concerns.tables.public import Call, Consent
from guanjia.entitlements.models import Determination, Lead
from guanjia.kit import clock, days, scope
from guanjia.ledger.models import Account, Entry
from guanjia.people.models import Household
from guanjia.staff import actions, gate, roles
from guanjia.staff.factor_views import SetUpCodes, SetUpPasskey
from guanjia.staff.models import Post, User
from tests import town
from tests.concerns.test_desk import ask
from tests.doors import at_desk, signed_in
from tests.entitlements.desk import Worked, as_job
from tests.house_rules.test_doors import PUBLIC
from tests.staff.attacking import FORBIDDEN, records, rows_of, tables, why_refused

NO_RIGHT = "您当前的岗位没有这项权限"
SEATS = {6: town.CITY, 9: town.CHANGAN, 12: town.COMMUNITY}
PLACE_OF = {role: SEATS[digits[0]] for role, digits in actions.DIGITS.items()}
# Doors whose number is of something that belongs to one town: what the number is, in that town.
OF_A_TOWN = {
    *("person", "household", "why", "why_now", "lead", "account", "entry"),
    *("looked", "choose_change", "choose_household_change"),
}
# The same, but what they are of is made, and asked for from elsewhere, in the tests of their rooms.
OF_A_TOWN_IN_ITS_ROOM = {
    *("change", "ask_change", "ask_household_change", "approve_change", "return_change"),
    *("withdraw_change", "ask_merge", "merge", "approve_merge", "return_merge", "withdraw_merge"),
    *("undo_merge", "ask_split", "split", "approve_split", "return_split", "withdraw_split"),
    *("undo_split", "transfer", "agree_transfer", "refuse_transfer", "numbers"),
    *("bank_failure", "decide_account", "decide_hold", "overpayment", "inbox_case", "inbox_move"),
    *("inbox_phone", "inbox_others"),
    *("inbox_phone", "inbox_sort", "inbox_beside"),
    *("inbox_phone", "inbox_others", "inbox_file", "notice"),
    *("inbox_person", "inbox_link", "inbox_same", "inbox_drop_filter"),
    *("inbox_phone", "inbox_sort", "inbox_beside", "review"),
    *("import", "import_progress", "apply_import", "cancel_import", "undo_import"),
    *("bad_rows", "bad_rows_csv"),
}
# Doors whose number is of something that every office may know of, of the city, or of who asks.
OF_A_TOWN_IN_ITS_ROOM |= {"callback", "inbox_publish", "rate_cases"}
OF_NO_TOWN = {
    *("run", "run_progress", "approve_run", "reject_run", "cancel_run", "retry_run", "run_units"),
    *("bank_file", "what_if", "what_if_progress", "cancel_what_if", "what_if_csv"),
    *("propose_what_if", "proposal", "adopt_proposal", "reject_proposal", "withdraw_proposal"),
    *("post", "end_post", "stand_in", "staff_account", "change_account"),
    *("intake_sheet", "intake_hints", "topic"),
    *("handover", "end_session", "chapter", "bank_return", "sending", "send_run"),
}


def doors(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    """Every address of ours; allauth's have their own tests."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from doors(pattern.url_patterns)
        elif pattern.callback.__module__.startswith("guanjia."):
            yield pattern


OURS = [door for door in doors(get_resolver().url_patterns) if hasattr(door.callback, "asks")]
GUARDED = {str(door.name): door for door in OURS if door.callback.asks != gate.OWN}


def sample(name: str, number: int = 1) -> str:
    """The address of a door with arguments."""
    said: dict[str, object] = {"number": number, "what": "new", "benefit": "dibao", "code": "dibao"}
    said |= {"kind": "wages", "verb": "accept", "position": 0}
    said |= {"code": "phone"} if name.startswith("intake") else {}
    wanted = GUARDED[name].pattern.converters
    return reverse(name, kwargs={key: said[key] for key in wanted})


def test_every_address_of_ours_says_what_it_asks_or_is_public() -> None:
    silent = {
        str(door.name)
        for door in doors(get_resolver().url_patterns)
        if not hasattr(door.callback, "asks")
        and getattr(door.callback, "view_class", None) not in (SetUpCodes, SetUpPasskey)
    }
    assert silent == PUBLIC
    assert len(GUARDED) > 30


def test_every_role_has_a_place_a_name_and_rights() -> None:
    assert set(roles.NAMES) == set(roles.ROLES) == set(PLACE_OF)
    assert roles.RESIDENT not in roles.NAMES
    moving = {roles.May.APPROVE_RUN, roles.May.ASK_RUN, roles.May.MANAGE_POSTS}
    assert {role for role, may in roles.ROLES.items() if may & moving} <= roles.SECOND_FACTOR


def refused(client: Client, method: str, url: str) -> bool:
    """Whether the door says that the post has no right; what it did is undone."""
    with transaction.atomic():
        answer = getattr(client, method)(url)
        transaction.set_rollback(True)
    sent_off = answer.status_code == 302 and answer["Location"].startswith("/accounts/")
    assert not sent_off, (url, answer["Location"])
    assert answer.status_code < 500, (url, answer.status_code)
    return answer.status_code == 403 and NO_RIGHT in answer.content.decode()


@pytest.mark.parametrize("role", roles.NAMES)
def test_a_role_passes_the_doors_of_its_rights_and_no_other(two_towns: Worked, role: str) -> None:
    client = at_desk(town.desk("somebody", "某", role, PLACE_OF[role]))
    for name, door in GUARDED.items():
        for method in ("get", "post"):
            asks = {"get": door.callback.asks, "post": door.callback.asks_to_post}[method]
            allowed = asks in roles.ROLES[role]
            url = sample(name)
            with transaction.atomic():
                answer = getattr(client, method)(url)
                transaction.set_rollback(True)
            if answer.status_code == 405:
                continue
            assert answer.status_code < 500, (url, answer.status_code)
            no_right = answer.status_code == 403 and NO_RIGHT in answer.content.decode()
            assert no_right != allowed, (role, method, name)


def test_an_account_without_a_post_passes_no_door(two_towns: Worked) -> None:
    client = signed_in(User.objects.create_user("resident"))
    for name in GUARDED:
        assert any(refused(client, method, sample(name)) for method in ("get", "post")), name


def numbers(place: str, worked: Worked) -> dict[str, int]:
    """The number of something of that town, for each door of OF_A_TOWN."""
    cast = worked.cast
    person = cast.li.id if place == town.CHANGAN else cast.ho.id
    with scope.hold(as_job()):
        here = {"place__code__startswith": place}
        return {
            "person": person,
            "household": Household.objects.filter(**here).values_list("pk", flat=True)[0],
            "why": Determination.objects.filter(**here).values_list("pk", flat=True)[0],
            "why_now": person,
            "looked": person,
            "choose_change": person,
            "choose_household_change": Household.objects.filter(**here).values_list(
                "pk", flat=True
            )[0],
            "lead": Lead.objects.filter(**here).values_list("pk", flat=True)[0],
            "account": Account.objects.filter(**here).values_list("pk", flat=True)[0],
            "entry": Entry.objects.filter(**here).values_list("pk", flat=True)[0],
        }


def test_every_numbered_door_is_of_a_town_or_of_none() -> None:
    numbered = {name for name, door in GUARDED.items() if door.pattern.converters}
    known = OF_A_TOWN | OF_A_TOWN_IN_ITS_ROOM | OF_NO_TOWN
    assert numbered <= known, numbered - known


@pytest.mark.parametrize("role", [r for r, p in PLACE_OF.items() if len(p) > 6])
def test_a_role_in_a_town_finds_its_own_and_nothing_of_another(
    two_towns: Worked, role: str
) -> None:
    client = at_desk(town.desk("somebody", "某", role, PLACE_OF[role]))
    own, other = numbers(town.CHANGAN, two_towns), numbers(town.HUMEN, two_towns)
    for name in sorted(OF_A_TOWN):
        if GUARDED[name].callback.asks not in roles.ROLES[role]:
            continue
        assert client.get(sample(name, other[name])).status_code == 404, (role, name)
        if len(PLACE_OF[role]) == 9:
            assert client.get(sample(name, own[name])).status_code == 200, (role, name)


@pytest.mark.parametrize("role", sorted(roles.SECOND_FACTOR))
def test_a_post_that_needs_it_is_shut_until_this_session_used_a_second_factor(
    two_towns: Worked, role: str
) -> None:
    user = town.desk("somebody", "某", role, PLACE_OF[role])
    at_desk(user)  # it has a factor; this session has not used it
    client = signed_in(user, factor=False)
    for name, door in GUARDED.items():
        if door.callback.asks in roles.ROLES[role]:
            answers = [client.get(sample(name)), client.post(sample(name))]
            led = [a for a in answers if a.status_code == 302]
            assert led, name
            assert all(a["Location"].startswith("/accounts/2fa/reauthenticate/") for a in led)
    assert client.get("/")["Location"].startswith("/accounts/2fa/reauthenticate/")
    assert at_desk(user).get("/").status_code == 200


@pytest.mark.parametrize("role", [roles.ADMINISTRATOR, roles.PROVIDER, roles.RESIDENT])
def test_who_runs_the_house_or_is_served_by_it_reads_no_persons_row(
    two_towns: Worked, role: str
) -> None:
    eyes = scope.staff(1, role, town.CITY, town.TODAY)
    if role == roles.RESIDENT:
        eyes = scope.Scope(kind=roles.RESIDENT, today=town.TODAY.isoformat())
    with scope.hold(eyes):
        of_persons = [t for t in tables() if t.startswith(("people_", "entitlements_", "ledger_"))]
        assert len(of_persons) > 15
        assert [table for table in of_persons if rows_of(table)] == []


RESIDENTS_OWN = {"concerns_contactcode", "concerns_contactsession"}
"""Of these no office sees a row (tests/concerns/test_mine_gate.py)."""


def row_of_each_table(wang: User, case: Case) -> None:
    """Something in every table of what was asked."""
    with scope.hold(as_job()):
        Ticket.objects.create(case=case, number="12345/T-1")
        said = {"case": case, "at": clock.now(), "by": wang, "desk_id": town.CHANGAN}
        Sorting.objects.create(**said, category="living", policy="dibao", department="minzheng")
        Attachment.objects.create(
            case=case,
            who="resident",
            name="x",
            media="image/png",
            size=1,
            stored="a" * 32,
            at=town.KNOWN,
        )
        case = Case.objects.select_related("concern").get(pk=case.pk)
        called = {"case": case, "round": 1, "number": 1, "at": clock.now(), "by": wang}
        Call.objects.create(**called, reached=False)
        Consent.objects.create(case=case, given_at=clock.now())
        board.publish(case, case.concern, "能不能送餐", "能，下周起。", wang, clock.now())
        topic = Topic.objects.create(
            place_id=town.CITY, label="路灯", category="living", found_on=town.TODAY
        )
        TopicWord.objects.create(topic=topic, word="路灯", percent=100, others=0)
        TopicCase.objects.create(topic=topic, case=case, again=False, added_on=town.TODAY)
        TopicMonth(None, topic.pk, town.TODAY, town.CHANGAN, 1, town.TODAY).save()
        post = town.desk("chief", "长", roles.CITY_CHIEF, town.CITY).posts.get()
        TopicChoice.objects.create(
            topic=topic, kind="monthly", words="立题", by=post.user, post=post, at=clock.now()
        )
        judge(wang, case, post)


def judge(wang: User, case: Case, post: Post) -> None:
    """A judgement that was drawn and reviewed."""
    event = Event(
        *(None, case.pk, 99, 1, clock.now(), "judge", "staff", wang.pk, "handling", "handling"),
        *(town.CHANGAN, "unfair_facts", "核实过"),
    )
    event.save()
    month = {"place_id": town.CITY, "month": town.TODAY, "at": clock.now()}
    made = Draw.objects.create(**month, seed="1", percent=20, judged=1, drawn=1)
    Drawn.objects.create(draw=made, event=event)
    said = {"case": case, "by": post.user, "post": post, "at": clock.now()}
    Review.objects.create(event=event, **said, upheld=True, note="同意")


def asked_and_answered(cast: town.Cast) -> Post:
    """A row in every table of cases and concerns; returns a post of the city that sees them."""
    case = ask(1)
    for step, verb in enumerate(("accept", "answer")):
        at_desk(cast.wang).post(f"/inbox/{case.pk}/{verb}/", {"step": step, "note": "办好了"})
    with scope.hold(scope.Scope(kind="case", key=case.track)):
        said = {"solved": True, "satisfied": True}
        cases.rate(CONCERN, the_promises(), case, 2, clock.now(), **said)
    row_of_each_table(cast.wang, case)
    for ahead in (0, 1):  # the promises of today end in this month or in the next
        month = days.add_months(clock.now().date(), ahead)
        rate_tasks.take_at(month, clock.now() + timedelta(days=90))
    tasks.sweep_at(town.KNOWN)
    clerk = town.desk("clerk", "办", roles.CITY_CLERK, town.CITY).posts.get()
    with scope.hold(gate.scope_of(clerk)):
        SavedFilter.objects.create(post=clerk, name="x", asked="state=late")
    return clerk


@pytest.mark.parametrize("role", [roles.ADMINISTRATOR, roles.PROVIDER, roles.RESIDENT])
def test_who_runs_the_house_or_is_served_by_it_reads_no_row_of_what_was_asked(
    cast: town.Cast, role: str
) -> None:
    clerk = asked_and_answered(cast)
    of_cases = [t for t in tables() if t.startswith(("cases_", "concerns_"))]
    eyes = scope.staff(1, role, town.CITY, town.TODAY)
    with scope.hold(gate.scope_of(clerk)):
        unseen = {table for table in of_cases if not rows_of(table)}
        assert unseen == RESIDENTS_OWN, "there is something to see"
    if role == roles.RESIDENT:
        eyes = scope.Scope(kind=roles.RESIDENT, today=town.TODAY.isoformat())
    with scope.hold(eyes):
        assert [table for table in of_cases if rows_of(table)] == []


@pytest.mark.parametrize(
    "eyes",
    [
        *(scope.NOTHING, scope.PUBLIC, scope.Scope(kind=roles.RESIDENT)),
        *(scope.Scope(kind=k, key="of nobody") for k in ("case", "intake", "contact", "session")),
    ],
)
def test_who_is_no_office_adds_no_row(two_towns: Worked, eyes: scope.Scope) -> None:
    """Rows of the house written again as they stand: refused by a policy or a promise, not by chance."""
    clerk = asked_and_answered(two_towns.cast)
    tried = set()
    for table in tables():
        with scope.hold(gate.scope_of(clerk)):
            rows = records(table)
        if rows:
            tried.add(table)
            with scope.hold(eyes):
                assert {why_refused(table, row) for row in rows} <= FORBIDDEN, table
    assert len(tried) > 40
