"""The bank's side of a month in the browser, by keys: sent, answered, put right; what was too much, settled."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from guanjia.entitlements.bank import holding
from guanjia.entitlements.runs import actions
from guanjia.interop import bank, returns
from guanjia.kit import scope
from guanjia.people.records import NewFact
from guanjia.staff.models import User
from tests import town
from tests.entitlements import office
from tests.journeys.worked import Worked, worked  # noqa: F401


def as_job() -> scope.Scope:
    return scope.job("journey", town.CITY, town.TODAY)


def enter(page: Page, role: str, name: str) -> None:
    """Focus what a key would reach, and press Enter."""
    page.get_by_role(role, name=name).first.focus()  # type: ignore[arg-type]
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.fixture(scope="module")
def answered(worked: Worked, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    """January's return, in which the 陈 family's 低保 failed."""
    run = worked.paid[1]
    with scope.hold(as_job()):
        file = holding.latest_file(run)
        assert file is not None
        content = (bank.folder_of(run.month) / file.name).read_bytes()
    key = f"dibao/h{worked.cast.chen_home.id}/D-1/2020-01/payment/0"
    back = tmp_path_factory.mktemp("back") / "back-2020-01.csv"
    back.write_bytes(returns.answer(content, file.name, {key: "账户不存在"}))
    return back


def test_a_file_is_sent_answered_and_put_right(
    worked: Worked,  # noqa: F811
    answered: Path,
    page: Page,
    sign_in: Callable[[User], None],
    on_every_size: Callable[[str], None],
) -> None:
    sign_in(worked.cast.zhou)
    page.goto("/bank/")
    on_every_size("bank-empty")
    page.goto(f"/runs/{worked.paid[1].pk}/")
    enter(page, "link", "交银行、暂缓与停发")
    on_every_size("bank-sending")
    enter(page, "button", "已交银行")
    expect(page.get_by_text("从现在起不能再暂缓")).to_be_visible()
    page.goto("/bank/")
    page.get_by_label("回盘文件", exact=True).set_input_files(answered)
    enter(page, "button", "读入")
    expect(page.get_by_text("回盘已读入")).to_be_visible()
    on_every_size("bank-return")
    page.goto("/bank/")
    on_every_size("bank")
    enter(page, "link", "退回的逐笔")
    on_every_size("bank-failures")
    enter(page, "link", "陈大文")
    page.get_by_label("收款账号", exact=True).fill("6217 0099 9999 0001")
    page.get_by_label("更正依据").fill("本人持存折来更正")
    enter(page, "button", "提请更正")
    expect(page.get_by_text("等第二个人审批").first).to_be_visible()
    on_every_size("bank-failure")
    url = page.url
    sign_in(worked.cast.liang)
    page.goto(url)
    enter(page, "button", "批准更正")
    expect(page.get_by_text("已更正，下一批重发")).to_be_visible()


def test_a_broken_return_is_refused_in_words(
    worked: Worked,  # noqa: F811
    answered: Path,
    page: Page,
    sign_in: Callable[[User], None],
    sound: Callable[[], None],
) -> None:
    broken = answered.with_name("broken.csv")
    broken.write_bytes(answered.read_bytes().replace(b"1421.00", b"1421.01"))
    cut = answered.with_name("cut.csv")
    cut.write_bytes(answered.read_bytes()[:-40])
    sign_in(worked.cast.zhou)
    page.goto("/bank/")
    for file, words in ((cut, "回盘文件不完整"), (broken, "被改动过|不完整")):
        page.get_by_label("回盘文件", exact=True).set_input_files(file)
        page.get_by_role("button", name="读入").click()
        expect(page.locator("main")).to_contain_text(words.split("|")[0][:6])
        sound()


def test_what_was_too_much_is_settled_by_two(
    worked: Worked,  # noqa: F811
    page: Page,
    sign_in: Callable[[User], None],
    on_every_size: Callable[[str], None],
) -> None:
    with scope.hold(as_job()):
        actions.cancel_run(worked.ready.pk, worked.cast.zhou, office.moment(office.MARCH, 6))
        dead = NewFact("alive", 0, office.JANUARY)
        office.learn(worked.cast.ho, dead, office.moment(office.MARCH, 7))
        less = NewFact("wages", 150000, date(2019, 5, 1), date(2019, 11, 1))
        office.learn(worked.cast.chen, less, office.moment(office.MARCH, 7))
        run = office.determine(worked.cast, office.MARCH, office.moment(office.MARCH, 8))
    sign_in(worked.cast.zhou)
    page.goto(f"/runs/{run.pk}/arrears/")
    expect(page.get_by_text("工资性收入").first).to_be_visible()
    on_every_size("arrears")
    page.emulate_media(media="print")
    expect(page.get_by_text("工资性收入").first).to_be_visible()
    page.emulate_media(media="screen")
    page.goto("/overpayments/")
    on_every_size("overpayments")
    enter(page, "link", "待处理")
    on_every_size("overpayment")
    page.get_by_label("已追回").focus()
    page.keyboard.press("Space")
    page.get_by_label("依据").fill("家属3月10日交回")
    enter(page, "button", "提请审批")
    expect(page.get_by_text("已提请，等第二个人审批")).to_be_visible()
    url = page.url
    sign_in(worked.cast.liang)
    page.goto(url)
    enter(page, "button", "同意")
    expect(page.get_by_text("已经了结")).to_be_visible()
    on_every_size("overpayment-settled")
