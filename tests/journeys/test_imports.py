"""A clerk's own spreadsheet: handed in, looked at, let in, taken back. By keys."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from guanjia.interop import import_tasks, tables
from guanjia.interop.models import Import
from guanjia.kit import scope
from guanjia.staff.models import User
from tests import town
from tests.interop import handing
from tests.interop.test_import_undo import AWARD
from tests.journeys.conftest import DESK, PHONE, SMALLEST
from tests.journeys.houses import House


def as_job() -> scope.Scope:
    return scope.job("journey", town.CITY, town.TODAY)


@pytest.fixture(scope="module")
def desk(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The house, with files of its own."""
    files: Path = settings.GUANJIA_FILES
    settings.GUANJIA_FILES = tmp_path_factory.mktemp("files")
    yield house
    settings.GUANJIA_FILES = files


def work_off() -> None:
    """What the worker does with every import that waits."""
    jobs = {
        "asked": import_tasks.check_import,
        "applying": import_tasks.apply_import,
        "undoing": import_tasks.undo_import,
    }
    with scope.hold(as_job()):
        waiting = list(Import.objects.filter(state__in=jobs).order_by("pk"))
    for one in waiting:
        jobs[one.state](None, one.pk)


def book(folder: Path) -> Path:
    """Eight families with their facts; some rows that cannot be, and a column nobody asked for."""
    people = [
        f"P{n},{name},男,19{70 + n}-05-04,居民身份证,{town.number(town.date(1970 + n, 5, 4), 71)}"
        for n, name in enumerate(("张伟", "王芳", "李娜", "刘洋", "陈静", "杨帆", "黄磊", "周婷"))
    ]
    people[3] = people[3].replace("1973-05-04", "05/04/1973")
    people[5] = people[5][:-18] + "4.41900E+17"
    people[6] = people[6].replace("黄磊", "")
    rows = {
        tables.HOUSEHOLDS: [f"H{n},44190011900{2 + n % 2},否" for n in range(7)]
        + ["H7,441900119999,否"],
        tables.PERSONS: people,
        tables.MEMBERS: [f"H{n},P{n},2019-01-01,,本人" for n in range(8)],
        tables.PERSON_FACTS: [f"P{n},工资性收入,,{n + 1}99.00,2019-01-01," for n in range(8)],
    }
    return handing.workbook(folder, rows, "长安镇入户登记表.xlsx")


def hand_in(page: Page, folder: Path, look: Callable[[str], None]) -> None:
    """From the empty form to what would become of each row."""
    press(page, page.get_by_role("link", name="交一个文件").first)
    look("import-new")
    press(page, page.get_by_role("button", name="交上去检查"))  # no file yet: it stays
    expect(page.get_by_role("heading", level=1)).to_have_text("交一个文件")
    page.get_by_label("文件").set_input_files(book(folder))
    press(page, page.get_by_role("button", name="交上去检查"))
    expect(page.get_by_text("正在检查：一行一行地看，不写入")).to_be_visible()
    page.reload()  # it stays after a reload
    expect(page.get_by_role("button", name="停止")).to_be_visible()
    look("import-checking")
    work_off()
    expect(page.locator("h1 .mark-tag")).to_have_text("检查完，待写入", timeout=15_000)
    expect(page.get_by_text("表格软件把号码改成了数字").first).to_be_visible()
    expect(page.get_by_text("人员表里这个人的一行（第 5 行）退回了").first).to_be_visible()
    look("import-checked")


def take_back(page: Page) -> None:
    """From the list to an import that is undone."""
    press(page, page.get_by_role("link", name="长安镇入户登记表.xlsx"))
    press(page, page.locator("summary", has_text="撤销这次导入"))
    press(page, page.get_by_role("button", name="撤销", exact=True))
    expect(page.get_by_text("正在撤销")).to_be_visible()
    work_off()
    expect(page.locator("h1 .mark-tag")).to_have_text("已撤销", timeout=15_000)


def test_by_keys_from_a_file_to_its_rows_and_back(
    desk: House,
    page: Page,
    tmp_path: Path,
    sign_in: Callable[[User], None],
    size: Callable[[tuple[int, int]], None],
    sound: Callable[[], None],
    dress: Callable[..., None],
    shot: Callable[[str], None],
) -> None:
    def look(name: str) -> None:
        for one in (PHONE, SMALLEST, DESK):
            size(one)
            sound()
            shot(f"{name}-{one[0]}")

    sign_in(desk.cast.wang)
    page.goto("/import/")
    look("imports-empty")
    hand_in(page, tmp_path, look)
    with page.expect_download() as download:
        press(page, page.get_by_role("link", name="下载退回的行"))
    assert download.value.suggested_filename.endswith("bad-rows.xlsx")
    press(page, page.get_by_role("button", name="写入 21 行"))
    expect(page.get_by_text("正在写入")).to_be_visible()
    work_off()
    expect(page.locator("h1 .mark-tag")).to_have_text("已写入", timeout=15_000)
    look("import-applied")
    for theme in ({"theme": "dark"}, {"elder": "1"}):
        dress(**theme)
        page.reload()
        sound()
        shot(f"import-{next(iter(theme))}")
    dress(theme="light", elder="0")
    page.goto("/import/")
    look("imports")
    take_back(page)
    look("import-undone")


def test_awards_are_written_by_the_second_person(
    desk: House,
    page: Page,
    tmp_path: Path,
    sign_in: Callable[[User], None],
    sound: Callable[[], None],
    shot: Callable[[str], None],
) -> None:
    row = AWARD.format(home="T-2", payee="陈大文")
    with scope.hold(as_job()):
        zhou, liang = desk.cast.zhou, desk.cast.liang
    handing.check(handing.csv(tmp_path, tables.AWARDS, [row]), zhou)
    sign_in(zhou)
    page.goto("/import/")
    press(page, page.get_by_role("link", name="awards.csv"))
    expect(page.get_by_text("请由有审批权限的另一位来写入")).to_be_visible()
    sound()
    shot("import-awards-mine-1440")
    sign_in(liang)
    page.goto("/")
    press(page, page.get_by_role("link", name="导入的待遇待审批"))
    press(page, page.get_by_role("button", name="写入 1 行"))
    expect(page.get_by_text("正在写入")).to_be_visible()
    work_off()
    expect(page.locator("h1 .mark-tag")).to_have_text("已写入", timeout=15_000)
    sound()


def test_one_is_stopped_by_key(
    desk: House,
    page: Page,
    tmp_path: Path,
    sign_in: Callable[[User], None],
    sound: Callable[[], None],
) -> None:
    sign_in(desk.cast.wang)
    page.goto("/import/new/")
    page.get_by_label("文件").set_input_files(
        handing.csv(tmp_path, tables.PERSONS, ["P1,张三,男,1978-05-04,无证件,"])
    )
    press(page, page.get_by_role("button", name="交上去检查"))
    press(page, page.get_by_role("button", name="停止"))
    expect(page.get_by_text("没有写入任何内容。")).to_be_visible()
    sound()


def press(page: Page, what: object) -> None:
    """Reach a control by focus and press Enter on it."""
    what.focus()  # type: ignore[attr-defined]
    page.keyboard.press("Enter")
