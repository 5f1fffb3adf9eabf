"""Topics written: which matters are asked, which topic each is of, months that are over, what was chosen."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Left, TruncMonth

from guanjia.cases.errors import Missing
from guanjia.cases.models import Case, Rating
from guanjia.concerns.likeness import topics
from guanjia.concerns.likeness.topics import Doc, Found
from guanjia.concerns.models import (
    ChoiceKind,
    Sorting,
    Topic,
    TopicCase,
    TopicChoice,
    TopicMonth,
    TopicWord,
)
from guanjia.kit.days import SHANGHAI, add_months
from guanjia.staff.models import Post, User

WINDOW = timedelta(days=183)
MOST = 20_000
TOWN = 9


def asked(at: datetime) -> list[Doc]:
    """Matters in sight of half a year that stand under no policy, or that came back; the newest MOST.

    What a desk put under a policy is covered, unless it was opened again or its asker said that it
    was not solved. What nobody has sorted yet is asked too.
    """
    last = Sorting.objects.filter(case=OuterRef("pk")).order_by("-pk")
    unsolved = Rating.objects.filter(case=OuterRef("pk"), solved=False)
    found = Case.objects.filter(opened_at__gte=at - WINDOW, opened_at__lte=at).annotate(
        policy=Subquery(last.values("policy")[:1]),
        stood=Coalesce(Subquery(last.values("category")[:1]), "concern__category"),
        again=Q(round__gt=1) | Exists(unsolved),
    )
    found = found.filter(Q(again=True) | Q(policy="") | Q(policy__isnull=True)).order_by("-pk")
    rows = found.values_list("pk", "concern__text", "stood", "again")[:MOST]
    return [Doc(*row) for row in rows.iterator()]


@transaction.atomic
def gather(city: str, docs: Sequence[Doc], on: date, passed: Sequence[str] = ()) -> tuple[int, int]:
    """Topics that are new, and matters that were added to one. A matter stays in the topic it is of."""
    known = _known(city)
    taken = set(
        TopicCase.objects.filter(case_id__in=[d.number for d in docs]).values_list(
            "case_id", flat=True
        )
    )
    fresh, added = 0, 0
    for found in topics.gathered(docs, passed):
        topic = next((t for t, words in known.items() if topics.same(words, _words(found))), None)
        mine = [d for d in found.docs if d.number not in taken]
        if topic is None and len(mine) >= topics.LEAST:
            topic = _begin(city, found, on)
            known[topic] = _words(found)
            fresh += 1
        if topic is not None and mine:
            added += len(mine)
            TopicCase.objects.bulk_create(
                TopicCase(case_id=d.number, topic=topic, again=d.again, added_on=on) for d in mine
            )
            taken |= {d.number for d in mine}
    _write_months(on)
    return fresh, added


def _known(city: str) -> dict[Topic, list[str]]:
    found = Topic.objects.filter(place=city).prefetch_related("words")
    return {topic: [w.word for w in topic.words.all()] for topic in found}


def _words(found: Found) -> list[str]:
    return [w.word for w in found.words]


def _begin(city: str, found: Found, on: date) -> Topic:
    topic = Topic.objects.create(
        place_id=city, label=found.label[:120], category=found.category, found_on=on
    )
    TopicWord.objects.bulk_create(
        TopicWord(topic=topic, word=w.word, percent=w.percent, others=w.others) for w in found.words
    )
    return topic


def counted() -> dict[tuple[int, date, str], int]:
    """(topic, month, town) → matters in sight."""
    rows = (
        TopicCase.objects.annotate(
            month=TruncMonth("case__opened_at", tzinfo=SHANGHAI), town=Left("case__place", TOWN)
        )
        .values_list("topic_id", "month", "town")
        .annotate(count=Count("pk"))
    )
    return {(topic, month.date(), town): n for topic, month, town, n in rows.order_by()}


def _write_months(on: date) -> None:
    """Months that are over are written once, as they were seen then; later finds do not change them."""
    this_month = on.replace(day=1)
    TopicMonth.objects.bulk_create(
        [
            TopicMonth(topic_id=topic, month=month, place_id=town, count=count, written_on=on)
            for (topic, month, town), count in sorted(counted().items())
            if month < this_month
        ],
        ignore_conflicts=True,
    )


def trend(topic: Topic, on: date, months: int = 7) -> list[tuple[date, int]]:
    """Matters in sight a month, the newest last: as written where a month is over, else as they stand."""
    written: Counter[date] = Counter()
    for row in TopicMonth.objects.filter(topic=topic):
        written[row.month] += row.count
    standing: Counter[date] = Counter()
    for (_topic, month, _town), count in _of(topic).items():
        standing[month] += count
    last = [add_months(on.replace(day=1), -n) for n in reversed(range(months))]
    return [(month, written[month] or standing[month]) for month in last]


def by_town(topic: Topic) -> dict[str, int]:
    """Matters in sight, by town, the most first."""
    found: Counter[str] = Counter()
    for (_topic, _month, town), count in _of(topic).items():
        found[town] += count
    return dict(found.most_common())


def _of(topic: Topic) -> Mapping[tuple[int, date, str], int]:
    found: defaultdict[tuple[int, date, str], int] = defaultdict(int)
    ones = TopicCase.objects.filter(topic=topic).values_list("case__opened_at", "case__place_id")
    for at, place in ones[:MOST]:
        found[topic.pk, at.astimezone(SHANGHAI).date().replace(day=1), place[:TOWN]] += 1
    return found


@transaction.atomic
def choose(
    topic: Topic, kind: ChoiceKind, words: str, by: User, post: Post, at: datetime
) -> TopicChoice:
    """Say what a topic is taken up for. Raises Missing."""
    if not words.strip():
        raise Missing("note")
    return TopicChoice.objects.create(
        topic=topic, kind=kind, words=words.strip(), by=by, post=post, at=at
    )
