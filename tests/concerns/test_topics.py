"""Topics: gathered by shared words, told in those words, kept over time, taken up in somebody's words."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from guanjia.cases import promises
from guanjia.concerns import tasks
from guanjia.concerns.likeness import gathering, topics
from guanjia.concerns.likeness.topics import Doc
from guanjia.concerns.matters.actions import NewConcern, take_in
from guanjia.concerns.models import ChoiceKind, Topic, TopicCase, TopicChoice, TopicMonth
from guanjia.concerns.rules import brand
from guanjia.interop.synthetic import wordings
from guanjia.kit import clock, scope
from tests import town
from tests.concerns.test_desk import EYES, FOLDER
from tests.doors import at_desk, queries_of, text_of

BUS = [
    "厦边的校车停开了，孩子上学要走一个钟",
    "校车停开以后，接送不了，请恢复",
    "为什么校车停开？请告诉家长",
    "校车停开，两个孩子没车坐",
    "听说校车停开，是真的吗",
]
OTHER = ["路灯不亮", "低保没到账", "工地太吵", "井盖松了", "饭堂的菜太咸", "公厕锁着"]


def docs(*texts: str, again: bool = False) -> list[Doc]:
    """Matters with these words."""
    return [Doc(n, text, "child", again) for n, text in enumerate(texts)]


def ask(text: str, number: int, place: str = town.COMMUNITY, days: int = 0) -> None:
    """A concern of so many days ago."""
    asked = NewConcern(f"{number:032x}", "child", text, place)
    at = clock.now() - timedelta(days=days)
    take_in(asked, brand.load(FOLDER), promises.load(FOLDER), "", at)


def test_matters_that_share_rare_words_make_a_topic() -> None:
    [found] = topics.gathered(docs(*BUS, *OTHER))
    assert "校车停开" in [w.word for w in found.words]
    assert {d.text for d in found.docs} == set(BUS)
    assert found.words[0].percent == 100
    assert found.words[0].others == 0
    assert found.category == "child"
    assert topics.gathered(docs(*BUS[:3], *OTHER)) == []
    assert topics.gathered([]) == []
    assert topics.gathered(docs("长" * 100_000, "", "。。。")) == []


@given(st.lists(st.text("校车停开路灯不亮了的", max_size=12), max_size=30))
def test_a_matter_is_of_one_topic_at_most_and_topics_are_large_enough(texts: list[str]) -> None:
    found = topics.gathered(docs(*texts))
    numbers = [d.number for topic in found for d in topic.docs]
    assert len(numbers) == len(set(numbers))
    assert all(len(topic.docs) >= topics.LEAST for topic in found)
    assert all(w.percent <= 100 for topic in found for w in topic.words)


def test_many_made_up_matters_gather_into_sensible_topics() -> None:
    made = wordings.made(FOLDER, 400, seed=1)
    read = [Doc(n, m.text, m.category) for n, m in enumerate(made)]
    found = topics.gathered(read, topics.passed_over(FOLDER))
    assert len(found) >= 10
    for topic in found[:8]:
        share = sum(d.category == topic.category for d in topic.docs) / len(topic.docs)
        assert share > 0.6, topic.label
    assert topics.passed_over(FOLDER.parent) == ()


def test_topics_are_kept_and_grow_and_months_over_stay(cast: town.Cast) -> None:
    for n, text in enumerate(BUS):
        ask(text, n, days=40)
    at = clock.now()
    assert tasks.gather_at(at) == (1, 5)
    assert tasks.gather_at(at) == (0, 0)
    with scope.hold(EYES):
        written = list(TopicMonth.objects.values_list("place", "count"))
    assert sum(n for _place, n in written) == 5
    ask("校车停开，老人送不了", 50, town.ELSEWHERE)
    ask("请恢复校车，校车停开很久了", 51, town.ELSEWHERE, days=40)
    assert tasks.gather_at(clock.now()) == (0, 2)
    with scope.hold(EYES):
        assert (
            sum(TopicMonth.objects.filter(place=town.CHANGAN).values_list("count", flat=True)) == 5
        )
        topic = Topic.objects.get()
        assert gathering.by_town(topic) == {town.CHANGAN: 5, town.HUMEN: 2}
        trend = dict(gathering.trend(topic, clock.now().date()))
        assert sum(trend.values()) == 7
    with scope.hold(town.eyes(cast.wang)):
        assert gathering.by_town(topic) == {town.CHANGAN: 5}
        assert TopicCase.objects.count() == 5
        assert not TopicMonth.objects.filter(place=town.HUMEN).exists()


def test_what_stands_under_a_policy_is_gathered_only_when_it_comes_back(cast: town.Cast) -> None:
    for n, text in enumerate(BUS):
        ask(text, n)
    client = at_desk(cast.wang)
    with scope.hold(EYES):
        numbers = [doc.number for doc in gathering.asked(clock.now())]
    assert len(numbers) == 5
    for number in numbers:
        client.post(f"/inbox/{number}/sort/", {"category": "child", "policy": "school_place"})
    with scope.hold(EYES):
        assert gathering.asked(clock.now()) == []
    for step, verb in enumerate(("accept", "answer", "reopen")):
        client.post(f"/inbox/{numbers[0]}/{verb}/", {"step": step, "note": "还没办好"})
    with scope.hold(EYES):
        [doc] = gathering.asked(clock.now())
    assert (doc.number, doc.again) == (numbers[0], True)


def test_a_topic_s_page_tells_why_where_and_what_comes_near(cast: town.Cast) -> None:
    for n, text in enumerate(BUS):
        ask(f"{text}，电话13800001234", n)
    tasks.gather_at(clock.now())
    with scope.hold(EYES):
        topic = Topic.objects.get()
    client = at_desk(cast.wang)
    assert topic.label in text_of(client, "/topics/")
    page = text_of(client, f"/topics/{topic.pk}/")
    assert "13800001234" not in page
    assert "校车停开" in page
    assert "义务教育入学" in page
    assert "本月 5 件" in page
    assert "application/json" in page
    other = text_of(at_desk(cast.huang), f"/topics/{topic.pk}/")
    assert "都不在您的辖区" in other
    assert "接送不了" not in other
    assert "还没有归成的题目" in text_of(at_desk(cast.huang), "/topics/")
    text_of(client, "/topics/999999/", 404)
    assert queries_of(client, "/topics/") <= 12
    assert queries_of(client, f"/topics/{topic.pk}/") <= 20


def test_a_topic_is_taken_up_in_somebodys_words(cast: town.Cast) -> None:
    for n, text in enumerate(BUS):
        ask(text, n)
    tasks.gather_at(clock.now())
    with scope.hold(EYES):
        topic = Topic.objects.get()
    client = at_desk(cast.zhou)
    assert client.post(f"/topics/{topic.pk}/", {"kind": "monthly"}).status_code == 400
    assert client.post(f"/topics/{topic.pk}/", {"kind": "x", "words": "y"}).status_code == 400
    said = {"kind": "monthly", "words": "五月的题，教育局牵头"}
    assert client.post(f"/topics/{topic.pk}/", said).status_code == 302
    page = text_of(client, f"/topics/{topic.pk}/")
    assert "每月一题" in page
    assert "五月的题，教育局牵头" in page
    assert "周" in page
    assert "每月一题" in text_of(client, "/topics/")
    with scope.hold(EYES):
        choice = TopicChoice.objects.get()
        row: dict[str, Any] = {"topic": topic, "by": choice.by, "post": choice.post}
        for bad in ({"kind": "x", "words": "y"}, {"kind": ChoiceKind.PROJECT, "words": " "}):
            with pytest.raises(IntegrityError), transaction.atomic():
                TopicChoice.objects.create(**row, **bad, at=clock.now())
        with pytest.raises(DatabaseError), transaction.atomic():
            TopicChoice.objects.update(words="z")
    assert settings.GUANJIA_CITY
