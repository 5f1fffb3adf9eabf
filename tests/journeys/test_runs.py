"""A month in the browser: asked for, watched, approved by a second person, handed to the bank."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from guanjia.entitlements.deciding import comparing, determining
from guanjia.entitlements.models import Run
from guanjia.entitlements.runs import actions, paying
from guanjia.interop import bank
from guanjia.kit import scope
from guanjia.staff.models import User
from tests import town
from tests.entitlements import office
from tests.journeys.worked import Worked, worked  # noqa: F401


def as_job() -> scope.Scope:
    return scope.job("journey", town.CITY, town.TODAY)


def test_runs_are_read_on_every_size(
    worked: Worked,  # noqa: F811
    page: Page,
    sign_in: Callable[[User], None],
    on_every_size: Callable[[str], None],
) -> None:
    sign_in(worked.cast.zhou)
    january = worked.paid[1].pk
    for name, url in (
        ("runs", "/runs/"),
        ("run", f"/runs/{january}/"),
        ("run-ready", f"/runs/{worked.ready.pk}/"),
        ("run-list", f"/runs/{january}/changed/"),
        ("run-empty-list", f"/runs/{january}/new/"),
    ):
        page.goto(url)
        on_every_size(name)


def test_a_figure_leads_to_who_is_behind_it(
    worked: Worked,  # noqa: F811
    page: Page,
    sign_in: Callable[[User], None],
) -> None:
    sign_in(worked.cast.zhou)
    page.goto(f"/runs/{worked.paid[1].pk}/")
    row = page.locator("section", has_text="按镇街").get_by_role("row", name="长安镇")
    row.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("变更")
    expect(page.get_by_role("link", name="陈大文", exact=True).first).to_be_visible()
    page.get_by_role("link", name="为什么 陈大文").first.click()
    expect(page.get_by_text("与留存的结果一致")).to_be_visible()


def test_a_month_goes_from_approval_to_the_bank_and_the_next_begins(
    worked: Worked,  # noqa: F811
    page: Page,
    sign_in: Callable[[User], None],
    sound: Callable[[], None],
    shot: Callable[[str], Path],
) -> None:
    sign_in(worked.cast.liang)
    page.goto(f"/runs/{worked.ready.pk}/")
    page.get_by_role("button", name="批准并记账").click()
    expect(page.get_by_text("正在记账：按审批逐笔记入账本")).to_be_visible()
    sound()
    shot("run-progress-1440")
    post(worked.ready)
    expect(page.locator("h1 .mark-tag")).to_have_text("已发放", timeout=15_000)
    with page.expect_download() as download:
        page.get_by_role("link", name=".csv").click()
    assert "陈大文" in download.value.path().read_text(encoding="gb18030")

    sign_in(worked.cast.zhou)
    page.goto("/runs/")
    page.get_by_label("核算哪个月").select_option("2020-04")
    page.get_by_role("button", name="开始核算").click()
    expect(page.get_by_text("排队中：马上开始核算")).to_be_visible()
    sound()
    work_out()
    expect(page.locator("h1 .mark-tag")).to_have_text("待审批", timeout=15_000)
    expect(page.get_by_text("不能审批自己经办的批次")).to_be_visible()


def test_a_run_goes_back_with_a_reason(
    worked: Worked,  # noqa: F811
    page: Page,
    sign_in: Callable[[User], None],
    sound: Callable[[], None],
) -> None:
    with scope.hold(as_job()):
        newest = Run.objects.order_by("-month").first()
    assert newest is not None
    assert newest.state == "ready"
    sign_in(worked.cast.liang)
    page.goto(f"/runs/{newest.pk}/")
    page.locator("summary", has_text="退回").click()
    sound()
    page.get_by_label("退回原因").fill("名单要先核对")
    page.get_by_role("button", name="退回给经办人").click()
    expect(page.get_by_text("退回：名单要先核对")).to_be_visible()
    sound()


def post(run: Run) -> None:
    """What the worker does with an approved run."""
    with scope.hold(as_job()):
        while paying.pay_batch(run.pk, run.month):
            pass
        titles = {chapter.code: chapter.title for chapter in office.BOOK.chapters}
        files = bank.write(run, titles)
        actions.record_bank_files(run.pk, files, office.moment(run.month, 6))


def work_out() -> None:
    """What the worker does with the run that was asked for."""
    at = office.moment(town.TODAY)
    with scope.hold(as_job()):
        run = Run.objects.get(state="asked")
        while determining.determine_batch(run.pk, at):
            pass
        comparing.finish(run.pk, at)
