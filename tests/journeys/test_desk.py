"""Two people and one file: a change asked for and let in, files joined and parted, days gone by, numbers shown."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from guanjia.staff import roles
from guanjia.staff.models import User
from tests import town
from tests.journeys.houses import House

Look = Callable[[str], None]
SignIn = Callable[[User], None]


def press(what: Locator) -> None:
    """By keys alone."""
    what.focus()
    what.press("Enter")


def test_a_change_that_moves_money_is_asked_by_one_and_let_in_by_another(
    house: House, page: Page, sign_in: SignIn, on_every_size: Look
) -> None:
    sign_in(house.cast.wang)
    page.goto(f"/people/{house.cast.chen.id}/")
    press(page.get_by_role("link", name="申请变更"))
    on_every_size("change-choose")
    press(page.get_by_role("link", name="工资性收入"))
    page.get_by_label("改为").fill("2345.00")
    page.get_by_label("从哪一天起").fill("2020-03-01")
    press(page.get_by_role("button", name="提出申请"))
    expect(page.get_by_label("原因")).to_be_focused()  # it must say why
    on_every_size("change-ask")
    page.get_by_label("原因").fill("三月起工资有变")
    page.get_by_label("资料来源").select_option(index=1)
    page.get_by_label("依据的材料").fill("工资证明 2020年3月15日")
    press(page.get_by_role("button", name="提出申请"))
    expect(page.get_by_text("复核之前不变")).to_be_visible()
    expect(page.get_by_text("这是您提的，不能由您复核")).to_be_visible()
    on_every_size("change-asked")
    sign_in(house.cast.liang)
    page.goto("/desk/")
    on_every_size("desk")
    press(page.get_by_role("link", name="去复核").first)
    on_every_size("change")
    press(page.get_by_role("button", name="复核同意，生效"))
    expect(page.get_by_text("从现在起按新的内容采信")).to_be_visible()
    page.goto(f"/people/{house.cast.chen.id}/")
    expect(page.get_by_text("2,345.00").first).to_be_visible()


def test_a_person_is_read_as_known_on_a_day(
    house: House, page: Page, sign_in: SignIn, on_every_size: Look
) -> None:
    sign_in(house.cast.wang)
    page.goto(f"/people/{house.cast.chen.id}/")
    page.get_by_label("日期", exact=True).fill("2019-06-30")
    press(page.get_by_role("button", name="查看", exact=True))
    expect(page.get_by_text("这一页按 2019年6月30日24时掌握的情况显示")).to_be_visible()
    on_every_size("person-known")
    press(page.get_by_role("link", name="回到现在").first)
    expect(page.get_by_text("掌握的情况显示")).not_to_be_visible()


def test_two_files_are_joined_by_two_people_and_parted_again(
    house: House, page: Page, sign_in: SignIn, on_every_size: Look
) -> None:
    cast = house.cast
    sign_in(cast.zhou)
    page.goto(f"/people/{cast.li.id}/merge/")
    page.get_by_label("另一份档案的证件号或档案号").fill(str(cast.ho.id))
    page.get_by_label("怎样知道是同一人").fill("两份档案的照片和住址相同")
    press(page.get_by_role("button", name="提出合并"))
    expect(page.get_by_text("已提出合并")).to_be_visible()
    sign_in(cast.liang)
    page.goto("/desk/")
    press(page.get_by_role("link", name="并入"))
    on_every_size("merge")
    press(page.get_by_role("button", name="复核同意，合并"))
    expect(page.get_by_text("已合并。两份档案的记录都留着")).to_be_visible()
    page.goto(f"/people/{cast.ho.id}/")
    expect(page.get_by_text("并入另一份")).to_be_visible()
    on_every_size("person-merged")
    press(page.get_by_role("link", name="看合并"))
    page.get_by_label("原因").fill("核对指纹，是两个人")
    press(page.get_by_role("button", name="撤销合并"))
    expect(page.get_by_text("两份档案都和合并之前一样")).to_be_visible()
    on_every_size("merge-undone")


def test_facts_of_another_person_go_to_his_file_and_come_back(
    house: House, page: Page, sign_in: SignIn, on_every_size: Look
) -> None:
    cast = house.cast
    sign_in(cast.zhou)
    page.goto(f"/people/{cast.chen.id}/")
    press(page.get_by_role("link", name="拆分档案"))
    on_every_size("split-ask")
    page.get_by_label("工资").first.press("Space")
    page.get_by_label("那个人的证件号或档案号").fill(str(cast.li.id))
    page.get_by_label("怎样知道是两个人").fill("单位证明写的是另一个人")
    press(page.get_by_role("button", name="提出拆分"))
    expect(page.get_by_text("已提出拆分")).to_be_visible()
    sign_in(cast.liang)
    page.goto("/desk/")
    press(page.get_by_role("link", name="的资料移给"))
    on_every_size("split")
    press(page.get_by_role("button", name="复核同意，拆分"))
    expect(page.get_by_text("资料从现在起记在另一份档案")).to_be_visible()
    page.goto(f"/people/{cast.li.id}/")
    expect(page.get_by_text("有资料从另一份档案移来")).to_be_visible()
    press(page.get_by_role("link", name="看拆分"))
    page.get_by_label("原因").fill("单位更正了证明")
    press(page.get_by_role("button", name="撤销拆分"))
    expect(page.get_by_text("资料又记回原来的档案")).to_be_visible()


def test_a_number_is_shown_for_a_reason_and_the_look_stands_in_the_log(
    house: House, page: Page, sign_in: SignIn, on_every_size: Look
) -> None:
    cast = house.cast
    sign_in(cast.wang)
    page.goto(f"/people/{cast.li.id}/")
    numbers = page.locator("#numbers")
    expect(numbers.get_by_text("441")).to_be_visible()
    expect(numbers.get_by_text(cast.li.document)).not_to_be_visible()
    press(numbers.get_by_role("link", name="查看完整号码").first)
    expect(numbers.get_by_role("button", name="查看并记录")).to_be_visible()
    on_every_size("reveal-ask")
    numbers.get_by_role("combobox").first.select_option(index=1)
    press(numbers.get_by_role("button", name="查看并记录"))
    expect(numbers.get_by_text(cast.li.document)).to_be_visible()
    on_every_size("revealed")
    page.reload()
    expect(page.get_by_text("王 · 查看完整号码").first).to_be_visible()
    expect(page.locator("main").get_by_text(cast.li.document)).not_to_be_visible()
    sign_in(town.desk("shen", "沈", roles.AUDITOR, town.CITY))
    page.goto("/reads/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("查阅")
    expect(page.get_by_text("李月好").first).to_be_visible()
    on_every_size("reads")
