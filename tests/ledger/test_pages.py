"""The pages of the ledger: from a yuan to the law that orders it, and who sees which account."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from guanjia.kit import scope
from guanjia.ledger import page_queries
from guanjia.ledger.models import Account, Entry, Transfer
from guanjia.staff import roles
from tests import town
from tests.doors import at_desk, queries_of, text_of
from tests.entitlements import office


def as_job() -> scope.Scope:
    return scope.job("test", town.CITY, town.TODAY)


@pytest.fixture
def paid(cast: town.Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[town.Cast]:
    """陈 on 低保, paid for December and January."""
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path)
    with scope.hold(as_job()):
        office.open_house(cast)
        office.award_chen(cast)
        office.months(cast, office.DECEMBER, office.JANUARY)
    yield cast


def account(path: str) -> Account:
    with scope.hold(as_job()):
        return Account.objects.get(path=path)


def test_four_clicks_lead_from_a_transfer_to_its_law(paid: town.Cast) -> None:
    client = at_desk(paid.wang)
    budget = account("budget/441900119/dibao")
    statement = text_of(client, reverse("account", args=[budget.pk]))
    entry_url = found(r'href="(/ledger/entries/\d+/)"', statement)
    entry = text_of(client, entry_url)
    why_url = found(r'href="(/why/\d+/)"', entry)
    why = text_of(client, why_url)
    chapter_url, anchor = found(r'href="(/book/dibao/)#(figure-dibao_line)"', why, both=True)
    chapter = text_of(client, chapter_url)
    assert f'id="{anchor}"' in chapter
    assert "1060 元/人·月" in chapter
    condition = found(r'href="/book/dibao/#(income)"', why)
    assert f'id="{condition}"' in chapter


def found(pattern: str, page: str, both: bool = False) -> str:
    match = re.search(pattern, page)
    assert match is not None, pattern
    return match.groups() if both else match[1]  # type: ignore[return-value]


def test_the_statement_ends_where_the_balance_stands(paid: town.Cast) -> None:
    budget = account("budget/441900119/dibao")
    with scope.hold(town.eyes(paid.wang)):
        lines, go_on = page_queries.statement(budget)
    assert go_on is None
    assert lines[0].balance == budget.balance == office.PLENTY - 94100 - 142100
    assert [(line.came, line.went) for line in lines] == [
        (None, 142100),
        (None, 94100),
        (office.PLENTY, None),
    ]
    assert lines[-1].balance == office.PLENTY


def test_a_statement_goes_on_where_the_page_ended(
    paid: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    budget = account("budget/441900119/dibao")
    with scope.hold(town.eyes(paid.wang)):
        whole, _end = page_queries.statement(budget)
        monkeypatch.setattr(page_queries, "PAGE", 1)
        by_one: list[page_queries.Line] = []
        before: int | None = None
        for _turn in whole:
            lines, before = page_queries.statement(budget, before)
            by_one += lines
    assert before is None
    assert [(line.transfer, line.balance) for line in by_one] == [
        (line.transfer, line.balance) for line in whole
    ]


def test_a_town_sees_its_own_accounts_and_no_other(paid: town.Cast) -> None:
    mine, other = at_desk(paid.wang), at_desk(paid.huang)
    budget = account("budget/441900119/dibao")
    with scope.hold(as_job()):
        entry = Entry.objects.filter(kind="payment").first()
    assert entry is not None
    for url in (reverse("account", args=[budget.pk]), reverse("entry", args=[entry.pk])):
        text_of(mine, url)
        text_of(other, url, 404)
    page = text_of(mine, reverse("ledger"))
    assert "长安镇" in page
    assert "虎门镇" not in page
    assert "财政已拨出" not in page
    assert "长安镇" not in text_of(other, reverse("ledger"))


def test_the_city_sees_all_and_the_books_balance(paid: town.Cast) -> None:
    client = at_desk(paid.zhou)
    page = text_of(client, reverse("ledger"))
    for words in ("长安镇", "虎门镇", "财政已拨出", "24.00 亿元"):
        assert words in page
    assert "账是平的" in text_of(client, reverse("audit"))
    fragment = client.get(reverse("audit"), headers={"HX-Request": "true"}).content.decode()
    assert "账是平的" in fragment
    assert "<html" not in fragment


def test_what_the_audit_finds_stands_on_the_page(
    paid: town.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = "SELECT path, balance, 1::bigint FROM ledger_account WHERE path LIKE 'bank/%%'"
    monkeypatch.setattr("guanjia.ledger.audit.BALANCE", wrong)
    page = text_of(at_desk(paid.zhou), reverse("audit"))
    assert "处不平" in page
    assert "bank/441900119" in page


def test_a_statement_is_filtered_and_taken_along_and_tells_balances_only_where_they_are_true(
    paid: town.Cast,
) -> None:
    client, url = (
        at_desk(paid.zhou),
        reverse("account", args=[account("budget/441900119/dibao").pk]),
    )
    assert 'data-label="余额"' in text_of(client, url)
    for asked in ("?way=went", "?kind=payment", "?sort=-fen", "?month=2020-01"):
        page = text_of(client, url + asked)
        assert 'data-label="余额"' not in page, asked
    went = text_of(client, f"{url}?way=went")
    assert "拨款" not in went[went.index("<tbody") :]
    response = client.get(f"{url}?form=csv&way=went")
    lines = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    with scope.hold(as_job()):
        sent = Transfer.objects.filter(source__path="budget/441900119/dibao").values_list("fen")
        fen = sorted(sum(sent, ()))
    assert sorted(int(line.split(",")[5].replace(".", "")) for line in lines[1:]) == fen
    assert fen and "余额" not in lines[0]
    assert {line.split(",")[3] for line in lines[1:]} == {"已交银行 · 长安镇"}


def test_a_whole_statement_is_taken_along_with_the_balance_after_each_line(
    paid: town.Cast,
) -> None:
    budget = account("budget/441900119/dibao")
    response = at_desk(paid.zhou).get(reverse("account", args=[budget.pk]) + "?form=csv")
    head, *lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert head == "记账日,事由,收款人,对方账户,收入（元）,支出（元）,余额（元）,凭证"
    came, went, balance = (
        [int(line.split(",")[n].replace(".", "") or 0) for line in lines] for n in (4, 5, 6)
    )
    assert balance[0] == budget.balance and len(lines) > 1
    assert balance == [sum(came[n:]) - sum(went[n:]) for n in range(len(lines))]


def test_strangers_and_village_workers_see_no_account(paid: town.Cast, client: Client) -> None:
    village = at_desk(town.desk("ma", "马", roles.VILLAGE_WORKER, town.COMMUNITY))
    budget = account("budget/441900119/dibao")
    for url in (
        reverse("ledger"),
        reverse("audit"),
        reverse("account", args=[budget.pk]),
        reverse("entry", args=[1]),
    ):
        assert client.get(url).headers["Location"].startswith(reverse("account_login"))
        assert village.get(url).status_code == 403


def test_a_long_statement_takes_as_many_queries_as_a_short_one(paid: town.Cast) -> None:
    client = at_desk(paid.zhou)
    short = queries_of(client, reverse("account", args=[account("bank/441900119").pk]))
    with scope.hold(as_job()):
        for n in range(20):
            office.fund(paid, town.CHANGAN, "dibao", 100, reference=f"more-{n}")
    long = queries_of(client, reverse("account", args=[account("budget/441900119/dibao").pk]))
    assert long <= short + 2  # awards and their payees are read where there are any


def test_addresses_that_make_no_sense_are_refused(paid: town.Cast) -> None:
    client = at_desk(paid.zhou)
    budget = reverse("account", args=[account("budget/441900119/dibao").pk])
    for bad in ("after=x", "way=up", "kind=theft", "month=2020-13", "sort=balance"):
        text_of(client, f"{budget}?{bad}", 400)
    text_of(client, reverse("account", args=[10**9]), 404)
