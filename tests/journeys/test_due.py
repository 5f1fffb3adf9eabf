"""我能享受什么, from the first question to the answer: five families, by keys alone, on the smallest phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from guanjia.web import due_words
from tests.journeys.conftest import DESK, PHONE, SMALLEST
from tests.journeys.houses import House

Said = dict[str, str]
PLAIN: Said = {"hukou": "local", "emergency": "none", "disability_level": "0", "wages": "0"}
PLAIN |= {"business": "0", "transfers_in": "0", "deposits": "2000", "vehicles": "0", "houses": "1"}
PLAIN |= {"medical_own": "0", "supporters": "able", "injury_nursing": "no"}
PLAIN |= {"same_kind_living": "0", "same_kind_care": "0", "social_insurance": "none"}
PLAIN |= {"insurance_contribution": "0"}
FOCUSED = """() => { const node = document.activeElement;
  return [node.type ?? "", node.name ?? "", node.value ?? "", node.checked ?? false] }"""


def focused(page: Page) -> tuple[str, str, str, bool]:
    """Type, name, value and whether checked, of what the keys now act on."""
    return tuple(page.evaluate(FOCUSED))


def choose(page: Page, wanted: str) -> None:
    """By arrows to the radio that is wanted."""
    page.keyboard.press("Space")
    for _ in range(16):
        if focused(page)[2] == wanted:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{wanted} cannot be reached: {focused(page)}")


def answer(page: Page, said: Said) -> None:
    """Answer a screen by keys and go on; `wages.1` goes before `wages`."""
    for _ in range(120):
        page.keyboard.press("Tab")
        kind, name, value, _checked = focused(page)
        if (kind, name, value) == ("submit", "go", "next") and page.evaluate(
            "document.activeElement.closest('main') !== null"
        ):
            page.keyboard.press("Enter")
            return
        fact, _dot, part = name.rpartition(".")
        if kind == "radio":
            choose(page, said.get(name) or said[fact])
        elif kind == "text" and part in ("y", "m", "d"):
            page.keyboard.type(said[fact].split("-")["ymd".index(part)])
        elif kind == "text":
            page.keyboard.type(said.get(name) or said[fact])
    raise AssertionError("the way on cannot be reached by keys")


def gather(page: Page, kin: list[str]) -> None:
    """Who lives together, by keys, from the front door on."""
    page.goto("/")
    page.get_by_role("region", name="我能享受什么").get_by_role("link").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/due/")
    order = [code for code in due_words.KIN if code != due_words.SELF]
    for place, code in enumerate(kin, start=2):
        page.locator(f"#kin-{place}").focus()
        for _ in range(order.index(code) + 1):
            page.keyboard.press("ArrowDown")
    page.locator("main").get_by_role("button", name="开始").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.fixture
def ask(
    page: Page,
    size: Callable[[tuple[int, int]], None],
    sound: Callable[[], None],
    shot: Callable[[str], None],
) -> Callable[[str, list[str], Said], list[str]]:
    """Goes the whole way for a family and gives back the titles of the screens."""

    def asked(name: str, kin: list[str], said: Said) -> list[str]:
        size(SMALLEST)
        gather(page, kin)
        titles = []
        while page.locator("form#due button[value=next]").count():
            expect(page.locator("#wrong")).to_have_count(0)
            titles.append(page.get_by_role("heading", level=1).inner_text())
            sound()
            shot(f"due-{name}-{len(titles)}")
            with page.expect_navigation():
                answer(page, said)
        sound()
        shot(f"due-{name}-result")
        assert page.context.cookies() == [] or {c["name"] for c in page.context.cookies()} == {
            "csrftoken"
        }
        return titles

    return asked


Ask = Callable[[str, list[str], Said], list[str]]


def test_an_old_woman_alone_without_income(page: Page, ask: Ask) -> None:
    titles = ask("li", [], PLAIN | {"born_on.0": "1938-3-15"})
    assert titles[0] == "年龄和户籍"
    assert "日常自理" not in titles
    total = page.locator(".due-totals")
    expect(total).to_contain_text("1,290.00 元")
    expect(page.get_by_role("heading", name="高龄津贴 您")).to_be_visible()
    page.get_by_text("为什么，金额怎么算").first.press("Enter")
    expect(page.locator(".reasons").first).to_contain_text("家庭月收入低于标准乘人口")


def test_a_poor_family_of_three(page: Page, ask: Ask) -> None:
    births = {"born_on.0": "1978-5-4", "born_on.1": "1981-7-9", "born_on.2": "2012-2-29"}
    parents = {"father_state": "able", "mother_state": "able", "care_form": "parents"}
    ask("chen", ["spouse", "son"], PLAIN | births | parents | {"wages.0": "1999"})
    expect(page.locator(".due-totals")).to_contain_text("1,421.00 元")
    expect(page.locator("main")).to_contain_text("申请人和共同生活家庭成员的身份证")


def test_a_disabled_son_in_a_family_little_above_the_line(page: Page, ask: Ask) -> None:
    births = {"born_on.0": "1968-5-4", "born_on.1": "1969-7-9", "born_on.2": "1995-2-28"}
    said = PLAIN | births | {"wages.0": "4200", "disability_level.2": "1"}
    said |= {"disability_kind": "none", "disability_kind.2": "limb", "supporters.2": "able"}
    ask("bianyuan", ["spouse", "son"], said)
    main = page.locator("main")
    expect(page.locator(".due-totals")).to_contain_text("1,640.00 元")
    expect(page.get_by_role("heading", name="单人户低保 儿子")).to_be_visible()
    expect(page.get_by_role("heading", name="重度残疾人护理补贴 儿子")).to_be_visible()
    expect(page.get_by_role("heading", name="困难残疾人生活补贴 儿子")).to_be_visible()
    expect(main).to_contain_text("是一种身份，本身不发钱")


def test_a_grandchild_whose_parents_cannot_care(page: Page, ask: Ask) -> None:
    births = {"born_on.0": "1952-3-15", "born_on.1": "2012-5-1"}
    child = {"father_state": "prison", "mother_state": "lost_contact", "care_form": "relatives"}
    said = PLAIN | births | child | {"transfers_in.0": "5000", "supporters.1": "unable"}
    helpless = dict.fromkeys(["eats_alone", "dresses_alone", "leaves_bed_alone"], "yes")
    helpless |= dict.fromkeys(["uses_toilet_alone", "walks_indoors_alone", "bathes_alone"], "yes")
    titles = ask("child", ["grandchild"], said | helpless | {"chosen_benefit": "unattended"})
    assert "孩子由谁抚养" in titles
    expect(page.get_by_role("heading", name="事实无人抚养儿童保障 孙辈")).to_be_visible()
    expect(page.locator("main")).to_contain_text("1,820.00 元")


def test_a_family_from_elsewhere_whose_home_burned(page: Page, ask: Ask) -> None:
    births = {"born_on.0": "1985-5-4", "born_on.1": "1986-7-9", "born_on.2": "2015-2-28"}
    said = PLAIN | births | {"hukou": "elsewhere", "emergency.0": "fire", "wages.0": "9000"}
    titles = ask("migrant", ["spouse", "daughter"], said)
    assert "残疾和重病" not in titles, "what only residents may have is not asked"
    expect(page.locator(".due-totals")).to_contain_text("一次合计")
    expect(page.locator(".due-totals")).to_contain_text("3,180.00 元")
    expect(page.locator("main")).to_contain_text("急难发生地")


def test_wrong_answers_are_led_to_by_keys(
    page: Page, sound: Callable[[], None], shot: Callable[[str], None]
) -> None:
    page.goto("/due/")
    page.locator("main").get_by_role("button", name="开始").click()
    page.locator("[name='born_on.0.y']").fill("1938")
    page.keyboard.press("Enter")
    expect(page.locator("#wrong")).to_be_focused()
    sound()
    shot("due-wrong")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[id='q-born_on.0']")).to_be_in_viewport()
    expect(page.locator("[name='born_on.0.y']")).to_have_value("1938")


def test_large_letters_come_in_the_middle_and_nothing_is_lost(
    page: Page, sound: Callable[[], None], shot: Callable[[str], None]
) -> None:
    page.goto("/due/")
    page.locator("main").get_by_role("button", name="开始").click()
    page.locator("[name='born_on.0.y']").fill("1938")
    page.get_by_role("button", name="长辈版").click()
    expect(page.get_by_role("button", name="标准版")).to_be_visible()
    expect(page.locator("[name='born_on.0.y']")).to_have_value("1938")
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == 20
    targets = page.locator("main .tile, main .btn, main .form-control").all()
    assert targets
    assert all((target.bounding_box() or {"height": 0})["height"] >= 60 for target in targets)
    sound()
    shot("due-elder")


def test_a_saved_link_opens_to_the_same_answer(
    page: Page, house: House, ask: Ask, shot: Callable[[str], None], sound: Callable[[], None]
) -> None:
    ask("saved", [], PLAIN | {"born_on.0": "1938-3-15"})
    page.get_by_role("button", name="生成链接").click()
    link = page.get_by_label("链接", exact=True).input_value()
    assert link.startswith(f"{house.url}/due/#kin=self")
    sound()
    shot("due-link")
    other = page.context.new_page()
    other.goto(link)
    expect(other.locator(".due-totals")).to_contain_text("1,290.00 元")
    other.close()


def test_paper_carries_the_answers_only_where_they_were_opened(page: Page, ask: Ask) -> None:
    ask("paper", [], PLAIN | {"born_on.0": "1938-3-15"})
    answers = page.get_by_text("您是哪天出生的？")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator(".due-totals")).to_contain_text("1,290.00 元")
    expect(page.get_by_text("户籍所在地的村（社区）").first).to_be_visible()
    expect(answers).to_be_hidden()
    expect(page.get_by_role("button", name="上一步")).to_be_hidden()
    page.emulate_media(media="screen")
    page.locator(".own > summary").press("Enter")
    page.emulate_media(media="print")
    expect(answers).to_be_visible()


def test_the_way_back_keeps_the_answers_without_a_script(page: Page, house: House) -> None:
    browser = page.context.browser
    assert browser is not None
    plain = browser.new_context(base_url=house.url, locale="zh-CN", java_script_enabled=False)
    still = plain.new_page()
    still.goto("/due/")
    still.locator("main").get_by_role("button", name="开始").click()
    for part, text in zip("ymd", ("1938", "3", "15"), strict=True):
        still.locator(f"[name='born_on.0.{part}']").fill(text)
    still.get_by_label("本市户籍").check()
    still.locator("main").get_by_role("button", name="下一步").click()
    expect(still.get_by_role("heading", name="最近的急难")).to_be_visible()
    still.get_by_role("button", name="上一步").click()
    expect(still.locator("[name='born_on.0.y']")).to_have_value("1938")
    expect(still.get_by_label("本市户籍")).to_be_checked()
    plain.close()


@pytest.mark.parametrize(
    ("name", "window", "cookies"),
    [
        ("desk", DESK, {}),
        ("phone", PHONE, {}),
        ("elder", DESK, {"elder": "1"}),
        ("elder-phone", SMALLEST, {"elder": "1"}),
        ("dark-phone", PHONE, {"theme": "dark"}),
    ],
)
def test_the_calculator_is_sound_in_every_dress(
    page: Page,
    name: str,
    window: tuple[int, int],
    cookies: dict[str, str],
    size: Callable[[tuple[int, int]], None],
    dress: Callable[..., None],
    sound: Callable[[], None],
    shot: Callable[[str], None],
) -> None:
    size(window)
    dress(**cookies)
    page.goto("/due/")
    page.locator("#kin-2").select_option("spouse")
    shot(f"due-first-{name}")
    sound()
    page.locator("main").get_by_role("button", name="开始").click()
    shot(f"due-people-{name}")
    sound()
    said = PLAIN | {"born_on.0": "1938-3-15", "born_on.1": "1941-1-2", "wages.0": "?"}
    while page.locator("form#due button[value=next]").count():
        with page.expect_navigation():
            answer(page, said | {"wages.0": "100"})
    for fold in page.locator("main details").all():
        fold.evaluate("node => { node.open = true }")
    shot(f"due-result-{name}")
    sound()
