"""From a figure in the book to another book: tried, read, laid side by side, proposed, adopted. By keys."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from guanjia.entitlements.tables.books import WhatIf
from guanjia.entitlements.what_if import tasks as what_if_tasks
from guanjia.entitlements.what_if import trying
from guanjia.kit import scope
from guanjia.staff.models import User
from tests import town
from tests.entitlements import office
from tests.entitlements.test_what_ifs import AT, wish
from tests.journeys.conftest import DESK, PHONE, SMALLEST
from tests.journeys.houses import House


def as_job() -> scope.Scope:
    return scope.job("journey", town.CITY, town.TODAY)


@pytest.fixture(scope="module")
def city(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A book, 陈 on 低保 at 长安, 何金水 paid at 虎门, 李婆婆 without an award; two what-ifs tried."""
    files: Path = settings.GUANJIA_FILES
    settings.GUANJIA_FILES = tmp_path_factory.mktemp("files")
    cast = house.cast
    with scope.hold(as_job()):
        office.open_house(cast)
        office.award_chen(cast)
        ho = replace(office.LI, number="L-2", place=town.ELSEWHERE, payee="何金水", granted=10000)
        office.grant(cast, replace(ho, person=cast.ho.id))
        for asked in (
            wish("dibao_line=1150", "longevity.first=90", months=6),
            wish("dibao_line=1100", months=6),
        ):
            trying.ask_what_if(asked, town.CITY, cast.zhou, AT, town.TODAY)
    work_off()
    yield house
    settings.GUANJIA_FILES = files


def work_off() -> None:
    """What the worker does with every what-if that waits."""
    with scope.hold(as_job()):
        waiting = list(WhatIf.objects.filter(state="asked").order_by("pk"))
    for one in waiting:
        what_if_tasks.try_figures(None, one.pk)


def tried(n: int) -> int:
    """The number of the n-th what-if."""
    with scope.hold(as_job()):
        return int(WhatIf.objects.order_by("pk").values_list("pk", flat=True)[n])


def test_what_was_tried_is_read_on_every_size(
    city: House,
    page: Page,
    sign_in: Callable[[User], None],
    sound: Callable[[], None],
    size: Callable[[tuple[int, int]], None],
    dress: Callable[..., None],
    shot: Callable[[str], None],
) -> None:
    sign_in(city.cast.zhou)
    first, second = tried(0), tried(1)
    for name, url in (
        ("what-ifs", "/what-if/"),
        ("what-if-new", "/what-if/new/?figure=dibao.house_limit"),
        ("what-if", f"/what-if/{first}/"),
        ("what-if-beside", f"/what-if/{first}/?with={second}"),
        ("chapter-try", "/book/dibao/"),
    ):
        page.goto(url)
        for one in (DESK, PHONE, SMALLEST):
            size(one)
            sound()
            shot(f"{name}-{one[0]}")
    for look in ({"theme": "dark"}, {"elder": "1"}):
        dress(**look)
        page.goto(f"/what-if/{first}/")
        size(PHONE)
        sound()
        shot(f"what-if-{next(iter(look))}")


def test_by_keys_from_a_figure_to_its_what_if(
    city: House,
    page: Page,
    sign_in: Callable[[User], None],
    sound: Callable[[], None],
    shot: Callable[[str], None],
) -> None:
    sign_in(city.cast.zhou)
    page.goto("/book/disability_care/")
    press(page, page.get_by_role("link", name="试算这个数字").first)
    page.get_by_label("改为").focus()
    page.keyboard.type("一千")
    page.keyboard.press("Enter")
    expect(page.get_by_text("“一千”不能作")).to_be_visible()
    sound()
    shot("what-if-wrong-1440")
    page.get_by_label("改为").fill("350")
    press(page, page.get_by_role("button", name="再改一个标准"))
    page.get_by_label("改哪个标准").nth(1).select_option("dibao_line")
    page.get_by_label("改为").nth(1).fill("1200")
    press(page, page.get_by_role("button", name="开始试算"))
    expect(page.get_by_text("正在试算：一个月一个月地算全部的人")).to_be_visible()
    sound()
    page.reload()  # it stays after a reload
    expect(page.get_by_role("button", name="停止")).to_be_visible()
    shot("what-if-working-1440")
    work_off()
    expect(page.locator("h1 .mark-tag").first).to_have_text("已算完", timeout=15_000)
    expect(page.get_by_text("1 户、3 人增加、没有减少的")).to_be_visible()
    expect(page.get_by_text("低保标准由 1060 元/人·月 改为 1200 元/人·月")).to_be_visible()
    with page.expect_download() as download:
        press(page, page.get_by_role("link", name="下载 CSV"))
    assert "长安镇" in download.value.path().read_text(encoding="utf-8-sig")


def test_by_keys_from_a_what_if_to_a_second_persons_yes(
    city: House,
    page: Page,
    sign_in: Callable[[User], None],
    sound: Callable[[], None],
    size: Callable[[tuple[int, int]], None],
    shot: Callable[[str], None],
) -> None:
    def look(name: str) -> None:
        for one in (PHONE, DESK):
            size(one)
            sound()
            shot(f"{name}-{one[0]}")

    sign_in(city.cast.zhou)
    page.goto(f"/what-if/{tried(2)}/")
    page.get_by_label("依据的文件").fill("试行通知〔2020〕1号")
    press(page, page.get_by_role("button", name="提请采用"))
    expect(page.get_by_text("不能由您审批")).to_be_visible()
    look("proposal-mine")
    sign_in(city.cast.liang)
    page.goto("/")
    press(page, page.get_by_role("link", name="政策簿的改动待审批"))
    expect(page.get_by_text("标准 低保标准 1200 元/人·月，自 2020年5月1日").first).to_be_visible()
    look("proposal")
    press(page, page.locator("summary", has_text="退回"))
    press(page, page.get_by_role("button", name="退回给经办人"))  # no reason yet: it stays
    press(page, page.get_by_role("button", name="采用", exact=True))
    expect(page.get_by_text("已采用。以后的核算按它办")).to_be_visible()
    sound()
    page.goto("/book/dibao/")
    row = page.get_by_role("row").filter(has_text="1200 元/人·月")
    expect(row).to_contain_text("试行通知〔2020〕1号")


def test_two_are_laid_side_by_side_and_one_is_stopped(
    city: House,
    page: Page,
    sign_in: Callable[[User], None],
    sound: Callable[[], None],
) -> None:
    sign_in(city.cast.zhou)
    page.goto(f"/what-if/{tried(0)}/")
    page.get_by_label("和另一个试算对照").select_option(str(tried(1)))
    press(page, page.get_by_role("button", name="对照"))
    expect(page.get_by_role("heading", level=1)).to_have_text("两个试算对照")
    expect(page.get_by_role("row", name="长安镇")).to_be_visible()
    page.goto("/what-if/new/?figure=longevity.first")
    page.get_by_label("改为").fill("120")
    press(page, page.get_by_role("button", name="开始试算"))
    press(page, page.get_by_role("button", name="停止"))
    expect(page.get_by_text("已停止。算完的月份还可以看。")).to_be_visible()
    sound()


def press(page: Page, what: object) -> None:
    """Reach a control by focus and press Enter on it."""
    what.focus()  # type: ignore[attr-defined]
    page.keyboard.press("Enter")
