"""Reading the policy book: from a benefit to its figures over time, sentences, laws and examples."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, SMALLEST


def test_a_reader_goes_from_the_book_to_a_figure_and_its_law(page: Page) -> None:
    page.goto("/book/")
    page.get_by_role("link", name="最低生活保障").first.click()
    page.wait_for_url("**/book/dibao/")
    expect(
        page.get_by_text("低保标准从2020年1月起为 1060 元/人·月，比之前高 8.2 %")
    ).to_be_visible()
    row = page.get_by_role("row").filter(has_text="980 元/人·月")
    expect(row).to_contain_text("2019年1月1日 至 2019年12月31日")
    expect(row).to_contain_text("会议报道 2020-10-27")
    expect(row.get_by_role("link", name="据会议报道")).to_be_visible()


def test_the_chart_draws_every_value_of_the_figure(page: Page, size: Callable[..., None]) -> None:
    page.goto("/book/dibao/")
    drawing = page.get_by_role("img", name="低保标准从2020年1月起为")
    expect(drawing.get_by_text("980 元/人·月")).to_be_visible()
    expect(drawing.get_by_text("1060 元/人·月")).to_be_visible()
    wide = drawing.locator("svg").bounding_box()
    size(SMALLEST)
    page.wait_for_function("document.querySelector('[data-chart] svg').clientWidth < 360")
    narrow = drawing.locator("svg").bounding_box()
    assert wide is not None
    assert narrow is not None
    assert narrow["width"] < wide["width"]
    label = drawing.get_by_text("1,060", exact=True).bounding_box()
    assert label is not None
    assert label["x"] + label["width"] <= narrow["x"] + narrow["width"], "no label is cut off"


def test_the_chart_takes_the_colours_of_the_theme(page: Page, dress: Callable[..., None]) -> None:
    stroke = "document.querySelector('[data-chart] svg path[stroke-width=\"2.5\"]').getAttribute('stroke')"
    page.goto("/book/dibao/")
    light = page.evaluate(stroke)
    dress(theme="dark")
    page.reload()
    assert light == "#0f766e"
    assert page.evaluate(stroke) == "#5cc9bd"


def test_an_example_opens_to_its_reasons(
    page: Page, sound: Callable[[], None], shot: Callable[[str], None]
) -> None:
    page.goto("/book/dibao/")
    example = page.locator("details.example").filter(has_text="六个月收入正好到线：不符合")
    expect(example.locator("summary").first).to_contain_text("不符合")
    example.locator("summary").first.click()
    reasons = example.locator(".reasons")
    expect(reasons.locator("li").first).to_contain_text("家庭月收入低于标准乘人口")
    expect(reasons.locator("li").first).to_contain_text("19,080.00 元")
    sound()
    shot("example")


def test_a_law_in_a_reason_leads_to_its_sentence_in_the_chapter(page: Page) -> None:
    page.goto("/book/dibao/")
    example = page.locator("details.example").filter(has_text="六个月收入正好到线：不符合")
    example.locator("summary").first.click()
    example.locator(".reasons li").first.locator(".law a").first.click()
    page.wait_for_url("**/book/dibao/#income")
    expect(page.locator("#income")).to_be_in_viewport()


def test_the_whole_text_of_a_chapter_can_be_read(page: Page, sound: Callable[[], None]) -> None:
    page.goto("/book/longevity/")
    page.get_by_text("看全文").click()
    expect(page.locator(".book-text")).to_contain_text("[[figure.age_first]]")
    sound()


def test_every_chapter_is_sound_on_a_phone(
    page: Page, size: Callable[..., None], sound: Callable[[], None]
) -> None:
    size(PHONE)
    for code in ("dibao", "bianyuan", "disability_living", "disability_care", "longevity"):
        page.goto(f"/book/{code}/")
        for fold in page.locator("details.example").all():
            fold.evaluate("node => { node.open = true }")
        sound()


def test_a_page_read_in_the_dark_prints_on_white_and_comes_back(
    page: Page, dress: Callable[..., None]
) -> None:
    dress(theme="dark")
    page.goto("/book/dibao/")
    ink = "getComputedStyle(document.body).color"
    dark = page.evaluate(ink)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.evaluate(ink) == "rgb(27, 39, 51)"
    expect(page.get_by_role("navigation", name="本页内容")).to_be_hidden()
    assert page.locator("details.example[open]").count() == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.evaluate(ink) == dark
