"""The bank's side of a month at its doors: how often the pages ask, and who may give the commands."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from guanjia.entitlements.bank import holding, returning
from guanjia.entitlements.bank import settling_overpayments as settling
from guanjia.entitlements.models import Run
from guanjia.entitlements.runs.cli import NoDesk
from guanjia.entitlements.tables.after import BankAnswer, BankReturn, Hold, Overpayment, Sending
from guanjia.interop import bank, cli_bank, returns
from guanjia.kit import scope
from guanjia.ledger.models import Entry
from guanjia.people.records import NewFact
from tests import town
from tests.doors import asked_of, at_desk, text_of
from tests.entitlements import office
from tests.entitlements.desk import as_job

MOST = 15


@pytest.fixture
def paid(cast: town.Cast, files: Path) -> list[Run]:
    """Three months that were paid: the first two too much, which became known before the third."""
    with scope.hold(as_job()):
        office.open_house(cast)
        office.award_chen(cast)
        office.award_li(cast)
        before = office.months(cast, office.DECEMBER, office.JANUARY)
        late = office.moment(office.FEBRUARY, 1)
        for person in (cast.chen, cast.li):
            wages = NewFact("wages", 230000, date(2019, 5, 1), office.DECEMBER)
            office.learn(person, wages, late)
        return [*before, *office.months(cast, office.FEBRUARY)]


def content_of(run: Run) -> tuple[str, bytes]:
    """The name and the bytes of the file that goes to the bank."""
    file = holding.latest_file(run)
    assert file is not None
    return file.name, (bank.folder_of(run.month) / file.name).read_bytes()


def answer(run: Run, cast: town.Cast) -> BankReturn:
    """The run is sent, and the bank sends every payment back."""
    with scope.hold(as_job()):
        at = office.moment(run.month, 8)
        holding.send(run.pk, cast.zhou, at)
        name, content = content_of(run)
        failures = dict.fromkeys(Entry.objects.filter(run=run).values_list("key", flat=True), "无")
        read = returns.read("back.csv", returns.answer(content, name, failures))
        return returning.take_over(read, cast.zhou, at, at.date())[0]


def hold(run: Run, cast: town.Cast, count: int) -> None:
    """So many more payments of a run are held."""
    with scope.hold(as_job()):
        free = Entry.objects.filter(run=run, kind="payment", holds__isnull=True).order_by("pk")
        for entry in list(free[:count]):
            holding.hold(run.pk, entry.key, "来电", cast.wang, office.moment(run.month, 8))


def pages() -> list[str]:
    """The pages that list money which was sent, came back, or was too much."""
    return [reverse(name) for name in ("bank", "bank_failures", "overpayments")]


def test_the_money_pages_ask_little_and_no_more_for_many_rows(
    paid: list[Run], cast: town.Cast
) -> None:
    zhou = at_desk(cast.zhou)
    answer(paid[0], cast)
    few = [asked_of(zhou, url) for url in pages()]
    answer(paid[1], cast)
    many = [asked_of(zhou, url) for url in pages()]
    assert few == many and max(many) <= MOST
    with scope.hold(as_job()):
        back, failed = (
            BankReturn.objects.latest("pk"),
            BankAnswer.objects.filter(place__code__startswith=town.CHANGAN).latest("pk"),
        )
        assert Sending.objects.count() == 2
        assert BankAnswer.objects.filter(result="failed").count() > back.lines > 1
    assert asked_of(zhou, reverse("bank_return", args=[back.pk])) <= MOST
    assert asked_of(at_desk(cast.wang), reverse("bank_failure", args=[failed.pk])) <= MOST


def test_before_sending_the_page_asks_no_more_for_many_holds(
    paid: list[Run], cast: town.Cast
) -> None:
    zhou, url = at_desk(cast.zhou), reverse("sending", args=[paid[1].pk])
    hold(paid[1], cast, 1)
    few = asked_of(zhou, url)
    hold(paid[1], cast, 1)
    assert text_of(zhou, url).count("来电") == 2
    assert asked_of(zhou, url) == few <= MOST


def test_a_town_sees_that_the_city_sent_and_offers_no_hold(
    paid: list[Run], cast: town.Cast
) -> None:
    wang, url = at_desk(cast.wang), reverse("sending", args=[paid[0].pk])
    assert "还没有交银行" in (page := text_of(wang, url)) and "暂缓一笔" in page
    answer(paid[0], cast)
    assert "交出" in (page := text_of(wang, url)) and "暂缓一笔" not in page


def test_what_was_too_much_asks_no_more_for_many_records_and_steps(
    paid: list[Run], cast: town.Cast
) -> None:
    zhou, at = at_desk(cast.zhou), office.moment(office.MARCH)
    with scope.hold(as_job()):
        records = list(Overpayment.objects.order_by("pk"))
        assert len(records) > 1
        settling.ask(records[0].pk, "recovered", "已交回", cast.zhou, at)
    url = reverse("overpayment", args=[records[0].pk])
    few = asked_of(zhou, url), asked_of(zhou, reverse("overpayments"))
    with scope.hold(as_job()):
        settling.decide(records[0].pk, False, "没有收据", cast.liang, at)
        for one in records:
            settling.ask(one.pk, "recovered", "已交回", cast.zhou, at)
    many = asked_of(zhou, url), asked_of(zhou, reverse("overpayments"))
    assert many == few and max(many) <= MOST


def test_only_who_asks_for_runs_gives_the_banks_commands(
    paid: list[Run], cast: town.Cast, tmp_path: Path
) -> None:
    with scope.hold(as_job()):
        name, content = content_of(paid[0])
    file = tmp_path / "back.csv"
    file.write_bytes(returns.answer(content, name, {}))
    for words in (["return", str(file)], ["sent", "2019-12"]):
        command = cli_bank.sent if words[0] == "sent" else cli_bank.take_back
        for who in ("wang", "liang", "nobody"):
            with pytest.raises(NoDesk, match=f"{who} 没有这项权限"):
                command([*words, "--as", who])
    with scope.hold(as_job()):
        assert not Sending.objects.exists() and not BankReturn.objects.exists()
    assert cli_bank.sent(["sent", "2019-12", "--as", "zhou"]) == 0
    assert cli_bank.take_back(["return", str(file), "--as", "zhou"]) == 0
    with scope.hold(as_job()):
        assert BankReturn.objects.get().loaded_by == cast.zhou


def test_what_the_command_held_stays_held_though_nothing_was_sent(
    paid: list[Run], cast: town.Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    with scope.hold(as_job()):
        frozen = paid[0].known_at
        dead = NewFact("alive", 0, office.DECEMBER)
        office.learn(cast.li, dead, frozen + timedelta(hours=1))
    assert cli_bank.sent(["sent", "2019-12", "--as", "zhou"]) == 1
    assert "1 笔暂缓" in capsys.readouterr().err
    with scope.hold(as_job()):
        assert Hold.objects.get().held_by == cast.zhou and not Sending.objects.exists()
