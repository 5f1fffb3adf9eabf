"""The pages of people: who is found, what is shown, and who sees nothing of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from guanjia.kit import scope
from guanjia.people import actions, dossier, queries, seal, words
from guanjia.people.models import NameGram, Person, PersonFact
from guanjia.people.records import NewFact, NewHousehold
from guanjia.staff import roles
from tests import town
from tests.doors import at_desk, queries_of, text_of
from tests.entitlements import office

LATER = datetime(2020, 3, 1, tzinfo=UTC)


def search(client: Client, typed: str, **more: str) -> str:
    response = client.get(reverse("people"), {"q": typed, **more})
    assert response.status_code == 200
    return response.content.decode()


def as_job() -> "scope.Scope":
    return scope.job("test", town.CITY, town.TODAY)


@pytest.mark.parametrize(
    "typed", ["陈大文", "大文", "文", "cdw", "CDW", "cd", " 陈 大文", "ｃｄｗ"]
)
def test_a_person_is_found_by_any_part_of_the_name_and_by_initials(
    cast: town.Cast, typed: str
) -> None:
    assert f'href="{reverse("person", args=[cast.chen.id])}"' in search(at_desk(cast.wang), typed)


@pytest.mark.parametrize("typed", ["王", "大大", "dw", "%", "_", "陈大文大"])
def test_other_words_find_nobody(cast: town.Cast, typed: str) -> None:
    page = search(at_desk(cast.wang), typed)
    assert "没有找到这个人" in page
    assert "陈大文</a>" not in page


def test_a_whole_number_leads_straight_to_the_person(cast: town.Cast) -> None:
    response = at_desk(cast.wang).get(reverse("people"), {"q": cast.chen.document})
    assert response.headers["Location"] == reverse("person", args=[cast.chen.id])


def test_a_number_that_cannot_be_right_says_which_part(cast: town.Cast) -> None:
    page = search(at_desk(cast.wang), cast.chen.document[:-1] + "0")
    assert "最后一位与前17位对不上" in page
    assert "身份证号应为18位" in search(at_desk(cast.wang), cast.chen.document[:-2])


def test_a_number_of_another_town_finds_nobody(cast: town.Cast) -> None:
    assert "没有找到这个人" in search(at_desk(cast.huang), cast.chen.document)


def test_nobody_sees_a_whole_number(cast: town.Cast) -> None:
    client = at_desk(cast.wang)
    page = text_of(client, reverse("person", args=[cast.chen.id]))
    assert cast.chen.document not in page + search(client, "陈大文")
    assert "441*************" in page


def test_names_go_on_where_the_page_ended_and_nobody_stands_twice(cast: town.Cast) -> None:
    crowd(60)
    client = at_desk(cast.wang)
    found: list[int] = []
    after: queries.Mark | None = None
    for _turn in range(2):
        with scope.hold(town.eyes(cast.wang)):
            page = queries.by_name("赵", town.CHANGAN, after)
        found += [person.pk for person, _place in page.people]
        after = page.after
    assert after is None
    assert len(found) == len(set(found)) == 60
    first = search(client, "赵")
    assert first.count("<tr>") == queries.PAGE + 1
    assert "after=" in first
    assert client.get(reverse("people"), {"q": "赵", "after": "nonsense"}).status_code == 400


def test_finding_fifty_takes_as_many_queries_as_finding_one(cast: town.Cast) -> None:
    crowd(50)
    client = at_desk(cast.wang)
    one = queries_of(client, f"{reverse('people')}?q=李月好")
    assert queries_of(client, f"{reverse('people')}?q=赵") == one


def test_a_page_of_many_facts_takes_as_many_queries_as_one_of_few(cast: town.Cast) -> None:
    client = at_desk(cast.wang)
    url = reverse("person", args=[cast.chen.id])
    few = queries_of(client, url)
    with scope.hold(as_job()):
        for month in range(1, 13):
            fact = NewFact("medical_own", month, date(2019, month, 1), date(2020, month, 1))
            actions.correct_fact(cast.chen, fact, "test", town.KNOWN)
    assert queries_of(client, url) == few


def test_a_town_sees_nothing_of_another(cast: town.Cast) -> None:
    client = at_desk(cast.huang)
    for url in (
        reverse("person", args=[cast.chen.id]),
        reverse("household", args=[cast.chen_home.id]),
        reverse("why_now", args=[cast.chen.id, "dibao"]),
        reverse("person", args=[10**18]),
    ):
        assert "陈大文" not in text_of(client, url, 404)
    assert "没有找到这个人" in search(client, "陈大文")


def test_a_stranger_is_sent_to_sign_in(cast: town.Cast, client: Client) -> None:
    for url in (
        reverse("people"),
        reverse("person", args=[cast.chen.id]),
        reverse("household", args=[cast.chen_home.id]),
    ):
        assert client.get(url).headers["Location"] == f"{reverse('account_login')}?next={url}"


def test_the_administrator_sees_no_person(cast: town.Cast) -> None:
    admin = town.desk("admin", "管理员", roles.ADMINISTRATOR, town.CITY)
    assert "陈大文" not in text_of(at_desk(admin), reverse("person", args=[cast.chen.id]), 403)


def test_a_village_worker_sees_no_money(paid: town.Cast) -> None:
    client = at_desk(town.desk("ma", "马", roles.VILLAGE_WORKER, town.COMMUNITY))
    person = text_of(client, reverse("person", args=[paid.chen.id]))
    household = text_of(client, reverse("household", args=[paid.chen_home.id]))
    for page in (person, household):
        assert "陈大文" in page
        assert ' class="money"' not in page
        assert 'id="payments-title"' not in page
    assert "本岗位不显示金额" in person


def test_a_clerk_sees_award_decisions_and_payments(paid: town.Cast) -> None:
    page = text_of(at_desk(paid.wang), reverse("person", args=[paid.chen.id]))
    for told in ("在享受", "2020年1月", "941.00 元", "1,421.00 元", "发放记录", "尾号 0001"):
        assert told in page


@dataclass
class Shown:
    """The facts of 陈 as his page shows them."""

    lines: dict[str, dossier.Line]
    groups: dict[str, dossier.Group]


def shown(cast: town.Cast) -> Shown:
    with scope.hold(town.eyes(cast.wang)):
        rows = queries.facts_of_person(cast.chen.id)
        groups = dossier.groups("person", rows, town.TODAY, {})
    lines = {line.fact.name: line for g in groups for line in (*g.lines, *g.silent)}
    return Shown(lines, {group.code: group for group in groups})


def test_every_declared_fact_stands_in_one_group(cast: town.Cast) -> None:
    seen = shown(cast)
    total = sum(len(g.lines) + len(g.silent) for g in seen.groups.values())
    assert total == len(seen.lines)
    derived_or_on_the_person = {"born_on", "sex", "hukou_local"}
    declared = {fact.name for fact in dossier.facts.declared().person}
    assert set(seen.lines) == declared - derived_or_on_the_person


def test_a_corrected_fact_keeps_what_was_believed(cast: town.Cast) -> None:
    with scope.hold(as_job()):
        fact = NewFact("relation", "8", date(2020, 1, 1))
        actions.correct_fact(cast.chen, fact, "test", LATER)
    line = shown(cast).lines["relation"]
    assert [s.words for s in line.now] == ["其他"]
    assert [(s.words, s.until) for s in line.periods] == [("本人", date(2020, 1, 1))]
    assert [s.superseded_at for s in line.superseded] == [LATER]
    page = text_of(at_desk(cast.wang), reverse("person", args=[cast.chen.id]))
    assert "被更正" in page
    assert "2019年1月1日</time>至" in page


def test_silence_reads_as_declared(cast: town.Cast) -> None:
    lines = shown(cast).lines
    assert lines["disability_level"].silence == "0"
    assert lines["serious_illness"].silence == "否"
    assert lines["disability_kind"].silence == "无"
    assert lines["able_to_work"].silence == ""
    assert lines["serious_illness"].register


def test_months_of_income_are_joined_where_nothing_changes(cast: town.Cast) -> None:
    with scope.hold(as_job()):
        for fact in (
            NewFact("wages", 50000, date(2020, 2, 1), date(2020, 3, 1), key="second"),
            NewFact("business", None, date(2020, 4, 1), date(2020, 5, 1)),
        ):
            actions.correct_fact(cast.chen, fact, "test", LATER)
    told = [(s.since, s.until, s.fen) for s in shown(cast).groups["income"].segments]
    assert told == [
        (date(2020, 4, 1), None, (199900, None)),
        (date(2020, 3, 1), date(2020, 4, 1), (199900, 0)),
        (date(2020, 2, 1), date(2020, 3, 1), (249900, 0)),
        (date(2019, 5, 1), date(2020, 2, 1), (199900, 0)),
    ]


def test_a_fact_not_known_is_to_be_asked(cast: town.Cast) -> None:
    with scope.hold(as_job()):
        actions.correct_fact(cast.chen, NewFact("marital", None, town.START), "test", town.KNOWN)
        assert PersonFact.objects.filter(kind="marital", word=None).exists()
    assert not shown(cast).lines["marital"].now[0].known


@pytest.fixture
def paid(cast: town.Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[town.Cast]:
    """陈 on 低保, paid for December and January."""
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path)
    with scope.hold(as_job()):
        office.open_house(cast)
        office.award_chen(cast)
        office.months(cast, office.DECEMBER, office.JANUARY)
    yield cast


def crowd(count: int) -> None:
    """`count` persons of the name 赵 in the community of 长安."""
    people = [
        town.resident(f"赵{chr(0x4E00 + n)}", date(1980, 1, 1), n, town.COMMUNITY)
        for n in range(count)
    ]
    homes = [NewHousehold(f"C-{n}", town.COMMUNITY, [p]) for n, p in enumerate(people)]
    with scope.hold(as_job()):
        actions.register(homes, "test", town.KNOWN)


def test_names_and_numbers_reach_their_indexes_behind_row_security(cast: town.Cast) -> None:
    """An operator that is not leakproof would be a filter after the scan, never its condition."""
    number = seal.index(cast.chen.document)
    wanted = (
        (NameGram.objects.filter(gram__gte="陈", gram__lt="陈\U0010ffff"), "gram)::text >= "),
        (Person.objects.filter(document_kind="citizen", document_index=number), "document_index"),
    )
    with scope.hold(town.eyes(cast.wang)), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for rows, condition in wanted:
            plan = rows.explain()
            conditions = [line for line in plan.splitlines() if "Index Cond" in line]
            assert any(condition in line for line in conditions), plan


@pytest.mark.parametrize(
    ("name", "brief"),
    [
        ("厦边社区居民委员会", "厦边社区"),
        ("油甘埔村村民委员会", "油甘埔村"),
        ("塘厦村民委员会", "塘厦村"),
        ("松山湖", "松山湖"),
    ],
)
def test_a_community_is_called_as_its_neighbours_call_it(name: str, brief: str) -> None:
    assert words.short(name) == brief
