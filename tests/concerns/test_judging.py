"""合理 or not: said with a reason, answered all the same, reviewed by another desk, sampled each month from a seed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from guanjia.cases.actions import By, Given
from guanjia.cases.errors import Missing, NotYours
from guanjia.cases.models import Case, Event
from guanjia.concerns import tasks
from guanjia.concerns.answered import judging
from guanjia.concerns.answered.judging import ReviewedAlready, Said
from guanjia.concerns.matters.city import the_brand
from guanjia.concerns.models import Draw, Drawn, Review
from guanjia.concerns.rules import brand
from guanjia.concerns.rules.brand import BrandError
from guanjia.concerns.rules.workflow import FAIR, UNFAIR
from guanjia.kit import scope
from guanjia.staff import roles
from guanjia.staff.models import User
from tests import town
from tests.cases import office
from tests.cases.office import ANSWER, HOUR, MORNING
from tests.concerns.test_desk import EYES, ask
from tests.doors import at_desk, queries_of, text_of

WHY = Given(note="现场看过，没有这回事", reason="unfair_facts")
NO, YES = Said(False, "现场照片对得上，是真的"), Said(True, "核实过，同意")


def judged(cast: town.Cast, key: str = office.KEY, reason: str = "unfair_facts") -> Case:
    """A case of 长安 that its clerk found unreasonable."""
    case = office.ask(key)
    office.make(cast.wang, case, "accept", MORNING + HOUR)
    given = Given(note=WHY.note, reason=reason)
    return office.make(cast.wang, case, "judge", MORNING + 2 * HOUR, given)


def judgement(case: Case) -> Event:
    """Its last judgement."""
    return Event.objects.filter(case=case, verb="judge").latest("step")


def review(user: User, case: Case, said: Said, hours: int = 5) -> Review:
    """A review by a user in their only post."""
    with scope.hold(town.eyes(user)):
        by = By(user, user.posts.get())
        return judging.review(judgement(case), said, office.book(), by, MORNING + hours * HOUR)


def is_fair(case: Case) -> bool:
    """Whether nobody found it unreasonable in this round, or another desk did not agree."""
    with scope.hold(EYES):
        round_ = Case.objects.get(pk=case.pk).round
        last = Event.objects.filter(case=case, round=round_, verb="judge").order_by("-step").first()
        if last is None or last.reason not in UNFAIR:
            return True
        return Review.objects.filter(event=last, upheld=False).exists()


def test_a_judgement_needs_a_reason_and_words_and_answers_nobody(cast: town.Cast) -> None:
    case = office.ask()
    office.make(cast.wang, case, "accept", MORNING + HOUR)
    for lacking in (Given(note="x"), Given(reason="unfair_facts"), Given("x", "complex")):
        with pytest.raises(Missing):
            office.make(cast.wang, case, "judge", MORNING + HOUR, lacking)
    case = office.make(cast.wang, case, "judge", MORNING + HOUR, WHY)
    assert (case.state, case.answered_at) == ("handling", None)
    assert case.due_at is not None, "what was found unreasonable is due as before"
    assert not is_fair(case)
    answered = office.make(cast.wang, case, "answer", MORNING + 2 * HOUR, ANSWER)
    assert answered.state == "answered"
    assert not is_fair(case)
    assert set(FAIR) & set(UNFAIR) == set()


def test_what_nobody_judged_and_what_is_judged_fair_counts(cast: town.Cast) -> None:
    case = office.ask()
    assert is_fair(case)
    office.make(cast.wang, case, "accept", MORNING + HOUR)
    office.make(cast.wang, case, "judge", MORNING + HOUR, WHY)
    assert not is_fair(case)
    office.make(cast.wang, case, "judge", MORNING + HOUR, Given("弄错了", "fair_facts"))
    assert is_fair(case), "the last word holds"


def test_a_review_that_overturns_opens_it_again_for_an_answer(cast: town.Cast) -> None:
    case = judged(cast)
    case = office.make(cast.wang, case, "answer", MORNING + 3 * HOUR, ANSWER)
    review(cast.zhou, case, NO)
    with scope.hold(EYES):
        case.refresh_from_db()
    assert (case.state, case.round, case.answered_at) == ("received", 2, None)
    assert is_fair(case)
    with scope.hold(office.asker()):
        told = case.events.latest("step").note
    assert NO.note in told
    with pytest.raises(ReviewedAlready):
        review(cast.liang, case, YES)


def test_a_review_of_an_open_case_brings_it_back_among_the_fair(cast: town.Cast) -> None:
    case = judged(cast)
    review(cast.zhou, case, NO)
    with scope.hold(EYES):
        case.refresh_from_db()
    assert (case.state, case.round) == ("handling", 1)
    assert is_fair(case)
    other = judged(cast, "b" * 32)
    review(cast.zhou, other, YES)
    assert not is_fair(other)


def test_who_judged_and_their_desk_do_not_review(cast: town.Cast) -> None:
    case = judged(cast)
    neighbour = town.desk("neighbour", "邻", roles.TOWN_CHIEF, town.CHANGAN)
    below = town.desk("below", "村", roles.VILLAGE_WORKER, town.COMMUNITY)
    for user in (cast.wang, neighbour, below):
        with pytest.raises(NotYours):
            review(user, case, YES)
    with pytest.raises(Event.DoesNotExist):
        review(cast.huang, case, YES)
    with pytest.raises(Missing):
        review(cast.zhou, case, Said(True, " "))


def test_what_the_city_s_desk_judged_its_chief_reviews(cast: town.Cast) -> None:
    case = office.ask(desk=town.CITY)
    office.make(cast.zhou, case, "accept", MORNING + HOUR)
    office.make(cast.zhou, case, "judge", MORNING + HOUR, WHY)
    other = town.desk("other", "他", roles.CITY_CLERK, town.CITY)
    for user in (cast.zhou, other):
        with pytest.raises(NotYours):
            review(user, case, YES)
    assert review(cast.liang, case, YES).upheld


@pytest.mark.parametrize(
    ("who", "promise"),
    [("wang", "who_judged_does_not_review"), ("neighbour", "another_desk_reviews")],
)
def test_the_schema_refuses_it_too(cast: town.Cast, who: str, promise: str) -> None:
    case = judged(cast)
    users = {"wang": cast.wang, "neighbour": town.desk("n", "邻", roles.TOWN_CHIEF, town.CHANGAN)}
    post = users[who].posts.get()
    with scope.hold(EYES):
        row = {"event": judgement(case), "case": case, "by": users[who], "post": post}
        row |= {"at": MORNING, "upheld": True, "note": "同意"}
        with pytest.raises(IntegrityError, match=promise), transaction.atomic():
            Review.objects.create(**row)
        row |= {"by": cast.zhou}
        with (
            pytest.raises(IntegrityError, match="who_judged_does_not_review"),
            transaction.atomic(),
        ):
            Review.objects.create(**row)
        accepted = case.events.get(verb="accept")
        row |= {"post": cast.zhou.posts.get(), "event": accepted}
        with pytest.raises(IntegrityError, match="what_is_reviewed"), transaction.atomic():
            Review.objects.create(**row)
        row |= {"event": judgement(case), "note": " "}
        with pytest.raises(IntegrityError, match="a_review_says_why"), transaction.atomic():
            Review.objects.create(**row)
        Review.objects.create(**{**row, "note": "同意"})
        with pytest.raises(DatabaseError), transaction.atomic():
            Review.objects.update(upheld=False)
    with scope.hold(town.eyes(cast.huang)):
        assert not Review.objects.exists()


def test_a_month_s_sample_is_drawn_once_and_made_again_from_its_seed(cast: town.Cast) -> None:
    cases = [judged(cast, f"{n:032x}") for n in range(7)]
    judged(cast, "c" * 32, "fair_facts")
    month, at = date(2020, 4, 1), MORNING + timedelta(days=31)
    made = tasks.draw_for(month, "abc", at)
    assert (made.judged, made.drawn, made.percent) == (7, 2, 20)
    assert tasks.draw_for(month, "other", at).pk == made.pk
    with scope.hold(EYES):
        drawn = list(Drawn.objects.order_by("event_id").values_list("event_id", flat=True))
        assert drawn == judging.sampled(judging.judged_in(month), 20, "abc")
        assert len(cases) == 7
        first = judging.waiting(cast.zhou.posts.get())[0]
        assert first.pk in drawn, "what was drawn stands first"
    empty = tasks.draw_for(date(2020, 3, 1), "x", at)
    assert (empty.judged, empty.drawn) == (0, 0)
    with scope.hold(EYES), pytest.raises(IntegrityError), transaction.atomic():
        Draw(
            *(None, town.CITY, date(2020, 2, 1), "x", 20, 1, 2, datetime(2020, 3, 1, tzinfo=UTC))
        ).save()


@given(st.lists(st.integers(1, 10**6), unique=True), st.integers(1, 100), st.text(max_size=8))
def test_a_sample_is_of_its_size_and_the_seed_s_alone(
    numbers: list[int], percent: int, seed: str
) -> None:
    chosen = judging.sampled(numbers, percent, seed)
    assert chosen == judging.sampled(numbers, percent, seed) == sorted(set(chosen))
    assert set(chosen) <= set(numbers)
    assert len(chosen) * 100 >= len(numbers) * percent > (len(chosen) - 1) * 100 or not numbers


def test_the_share_is_the_city_s_data(cast: town.Cast) -> None:
    known = the_brand()
    assert (known.sample.percent, known.sample.status) == (20, "assumption")
    assert brand.ALL_OF_THEM.percent == 100
    for share in ("0%", "101%", "some"):
        with pytest.raises(BrandError, match="抽查比例"):
            brand._sample({"share": share, "status": "found", "law": ""})


def test_the_pages_lead_through_a_review(cast: town.Cast) -> None:
    case, wang, zhou = ask(1), at_desk(cast.wang), at_desk(cast.zhou)
    wang.post(f"/inbox/{case.pk}/accept/", {"step": 0})
    said = {"step": 1, "note": WHY.note, "reason": "unfair_facts"}
    assert wang.post(f"/inbox/{case.pk}/judge/", said).status_code == 302
    with scope.hold(EYES):
        number = judgement(case).pk
    assert "没有等您复核的" in text_of(wang, "/reviews/")
    assert "第1件事" in text_of(zhou, "/reviews/")
    assert "假设" in text_of(zhou, "/reviews/")
    text_of(wang, f"/reviews/{number}/", 404)
    assert WHY.note in text_of(zhou, f"/reviews/{number}/")
    assert zhou.post(f"/reviews/{number}/", {"upheld": "no"}).status_code == 400
    answer = zhou.post(f"/reviews/{number}/", {"upheld": "no", "note": "是真的"})
    assert answer["Location"] == "/reviews/"
    assert "是真的" in text_of(zhou, "/reviews/")
    text_of(zhou, f"/reviews/{number}/", 404)
    assert queries_of(zhou, "/reviews/") <= 16
