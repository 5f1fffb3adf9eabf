"""Facts of one file that are another person's: moved by two people, and back; nothing believed is lost."""

import pytest
from django.db import DatabaseError
from django.urls import reverse

from guanjia.kit import scope
from guanjia.people import errors, queries, second, splitting
from guanjia.people.desk_models import Split
from guanjia.people.models import PersonFact
from tests import town
from tests.doors import at_desk, text_of
from tests.people.desk import ASKED, DECIDED, UNDONE, as_job, chief, raw

Value = tuple[object, ...]


def values(person: int) -> list[Value]:
    """What is believed of a person: kind, key, value, period, source."""
    with scope.hold(as_job()):
        rows = [f for f in queries.facts_of_person(person) if f.superseded_at is None]
    return sorted(
        (f.kind, f.key, f.number, f.word, str(f.day), str(f.since), str(f.until), f.source_id)
        for f in rows
    )


def of_kind(person: int, kind: str) -> list[int]:
    """The keys of the facts of one kind that are believed of a person."""
    with scope.hold(as_job()):
        return [
            f.pk for f in queries.facts_of_person(person) if f.kind == kind and not f.superseded_at
        ]


def ask(cast: town.Cast, kind: str = "wages") -> Split:
    """王 says that facts of 陈大文 are 李月好's."""
    chosen = of_kind(cast.chen.id, kind)
    assert chosen
    with scope.hold(town.eyes(cast.wang)):
        return splitting.prepare(
            *(cast.chen.id, cast.li.id, chosen, "两人的工资记在了一处", cast.wang.pk, ASKED)
        )


def test_facts_move_with_period_value_and_source_and_come_back_the_same(cast: town.Cast) -> None:
    mine, hers = values(cast.chen.id), values(cast.li.id)
    wages = [row for row in mine if row[0] == "wages"]
    row, boss = ask(cast), chief()
    assert values(cast.chen.id) == mine, "nothing moves before a second person says so"
    with scope.hold(town.eyes(boss)):
        splitting.approve(row.pk, boss.pk, DECIDED)
    assert values(cast.chen.id) == [r for r in mine if r not in wages]
    assert values(cast.li.id) == sorted([*hers, *wages])
    with scope.hold(as_job()):
        old = PersonFact.objects.filter(person=cast.chen.id, kind="wages")
        assert {f.superseded_at for f in old} == {DECIDED}, "what was believed stays, with its end"
    with scope.hold(town.eyes(boss)):
        splitting.undo(row.pk, boss.pk, "原来没有记错", UNDONE)
    assert (values(cast.chen.id), values(cast.li.id)) == (mine, hers)


def test_what_cannot_be_moved_is_refused_in_words(cast: town.Cast) -> None:
    chen, wang = cast.chen.id, cast.wang
    wages = of_kind(chen, "wages")
    with scope.hold(town.eyes(wang)):
        for other, chosen, reason, said in (
            (chen, wages, "x", "同一份档案"),
            (cast.li.id, [], "x", "至少一条"),
            (cast.li.id, of_kind(cast.li.id, "hukou"), "x", "现在采信的资料"),
        ):
            with pytest.raises(errors.NotBelieved, match=said):
                splitting.prepare(chen, other, chosen, reason, wang.pk, ASKED)
        with pytest.raises(errors.ReasonMissing):
            splitting.prepare(chen, cast.li.id, wages, " ", wang.pk, ASKED)
    row = ask(cast)
    with scope.hold(town.eyes(wang)), pytest.raises(errors.SamePerson):
        splitting.approve(row.pk, wang.pk, DECIDED)
    with scope.hold(as_job()):
        raw("UPDATE people_personfact SET superseded_at = %s WHERE id = %s", DECIDED, wages[0])
    boss = chief()
    with scope.hold(town.eyes(boss)), pytest.raises(errors.NotBelieved, match="已经更正过"):
        splitting.approve(row.pk, boss.pk, DECIDED)


def test_where_the_other_file_says_something_itself_nothing_moves(cast: town.Cast) -> None:
    row, boss = ask(cast), chief()
    with scope.hold(as_job()):
        raw(
            "INSERT INTO people_personfact (person_id, kind, key, number, since, source_id) "
            "SELECT %s, kind, key, 1, since, source_id FROM people_personfact WHERE id = %s",
            *(cast.li.id, of_kind(cast.chen.id, "wages")[0]),
        )
    before = values(cast.chen.id)
    with scope.hold(town.eyes(boss)), pytest.raises(errors.NotBelieved, match="同一时期"):
        splitting.approve(row.pk, boss.pk, DECIDED)
    assert values(cast.chen.id) == before
    with scope.hold(town.eyes(cast.wang)):
        assert second.withdraw(Split, row.pk, cast.wang.pk, DECIDED).state == "withdrawn"


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        ("UPDATE people_split SET state='approved', decided_by_id=%s, decided_at=now()", "moved"),
        (
            "UPDATE people_split SET state = 'withdrawn', decided_by_id = prepared_by_id, "
            "decided_at = now(), reason = 'x' WHERE id > %s",
            "keeps what",
        ),
        ("UPDATE people_splitfact SET split_id = %s", "append-only|permission"),
        ("DELETE FROM people_split WHERE id <> %s", "append-only|permission"),
        (
            "INSERT INTO people_splitfact (split_id, fact_id) SELECT s.id, f.id FROM people_split s, "
            "people_personfact f WHERE f.person_id = s.other_id AND f.id <> %s LIMIT 1",
            "names facts",
        ),
    ],
)
def test_no_statement_approves_without_moving(cast: town.Cast, attack: str, said: str) -> None:
    ask(cast)
    boss = chief()
    with scope.hold(town.eyes(boss)), pytest.raises(DatabaseError, match=said):
        raw(attack, boss.pk if "approved" in attack else 0)


def test_a_split_is_not_seen_from_another_town(cast: town.Cast) -> None:
    row = ask(cast)
    with scope.hold(town.eyes(cast.huang)):
        assert raw("SELECT count(*) FROM people_split") == [(0,)]
        assert raw("SELECT count(*) FROM people_splitfact") == [(0,)]
    assert at_desk(cast.huang).get(reverse("split", args=[row.pk])).status_code == 404


def test_the_pages_ask_answer_and_undo(cast: town.Cast) -> None:
    clerk, url = at_desk(cast.wang), reverse("ask_split", args=[cast.chen.id])
    assert "把记错人的资料移到另一份档案" in text_of(clerk, url)
    said = {"other": str(cast.li.id), "reason": "两人的工资记在了一处"}
    assert "请至少选一条资料" in clerk.post(url, said).content.decode()
    sent = clerk.post(url, {**said, "facts": of_kind(cast.chen.id, "wages")}, follow=True)
    assert "已提出拆分" in sent.content.decode()
    row = sent.context["split"]
    assert "不能由您复核" in sent.content.decode()
    boss = at_desk(chief())
    assert reverse("split", args=[row.pk]) in text_of(boss, reverse("desk"))
    done = boss.post(reverse("approve_split", args=[row.pk]), follow=True).content.decode()
    assert "已拆分" in done
    assert "有资料移到了另一份档案" in text_of(clerk, reverse("person", args=[cast.chen.id]))
    assert "有资料从另一份档案移来" in text_of(clerk, reverse("person", args=[cast.li.id]))
    undone = boss.post(
        reverse("undo_split", args=[row.pk]), {"reason": "原来没有记错"}, follow=True
    ).content.decode()
    assert "已撤销拆分" in undone
