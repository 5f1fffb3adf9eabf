"""Every word of the pages is said in every language, and no page in English speaks Chinese unasked."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from guanjia.places.models import Place
from guanjia.policy import book as books
from guanjia.web import languages
from guanjia.web.languages import Key
from guanjia.web.tongues.traditional import traditional
from tests import town
from tests.house_rules.reading import modules, name, tree
from tests.web.test_due_pages import NONE, OLD, to_the_end

CHINESE = re.compile(r"[\u3001-\u303f\u3400-\u9fff\uff00-\uffef]")
# English writes months by their names: those stand for the numbers.
# The seal, names in examples, and what must be typed into a table exactly so.
AS_WRITTEN = re.compile(
    r"莞|陈?大文|厦边|长安镇|低保|路灯|外地|无证件|不知道|是(?= \(yes)|否(?= \(no)"
    r"|校验|序号|收款人|收款账号|金额（元）|用途|凭证号|结果|原因"
)
STANDS_FOR = {"{name}": "{month}", "{MMM}": "{M}"}
ALL = languages.gathered()
SHOWN = {"en": ALL, "zh_Hant": [key for key in ALL if not key.context]}
CARE = ("eats", "dresses", "leaves_bed", "uses_toilet", "walks_indoors", "bathes")
ABLE = {f"{what}_alone": "yes" for what in CARE} | {"serious_illness": "no", "supporters": "none"}
PAGES = (
    "/",
    "/book/",
    "/book/dibao/",
    "/book/tekun/",
    "/accounts/login/",
    "/marks/",
    "/due/",
    "/ask/",
    "/case/",
    "/mine/",
    "/mine/?by=email",
    "/nowhere/",
)
# Modules that speak in a terminal or tell what is wrong with a book.
TERMINAL = ("guanjia/policy/", "guanjia/web/commands/", "guanjia/__main__.py")
TERMINAL += ("guanjia/interop/cli.py", "guanjia/cases/")
TERMINAL += tuple(
    f"guanjia/entitlements/{part}.py"
    for part in ("proposals/adopting", "proposals/cli", "runs/cli", "what_if/cli")
)
TERMINAL += ("guanjia/web/posts/accounts.py",)
TERMINAL += tuple(
    f"guanjia/web/house/{part}.py"
    for part in (
        *("archive", "cluster", "embedded", "external", "home", "keeper"),
        *("resealing", "schema", "start", "static_files"),
    )
)
TERMINAL += tuple(
    f"guanjia/web/demo/{part}.py" for part in ("filling", "looking", "staff", "statement")
)
# A unit that is read, a mark, the name of an account and of a file, texts that books hold.
NO_WORDS = {"年预算", "元", " 元", "？", "系统管理员", "填写说明.md", "拟定标准，尚未发文"}
NO_WORDS |= {"小时", "日", "天", "工作日", "个工作日", "月", "个月"}
VOID = {"meta", "link", "input", "br", "hr", "img"}
ORIGINAL = {"pre", "code", "script", "time"}  # texts and codes as they are


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A page in another language leaves this thread speaking it."""
    yield
    translation.deactivate()


def spoken(module: Path) -> bool:
    """Whether a module speaks to somebody outside a page."""
    return name(module).startswith(TERMINAL)


def translations(language: str, key: Key) -> list[str]:
    """What a catalogue says for a key, in each of its forms."""
    entry = languages.catalogue(language).get(key)
    assert entry is not None, f"{language} lacks {key.text!r}: run make languages"
    return list(entry.msgstr_plural.values()) if key.plural else [entry.msgstr]


def places(text: str) -> list[str]:
    """What is put into a text, in order of the alphabet."""
    found = re.findall(r"%\(\w+\)\d*\w|\{\w*\}", text)
    return sorted(re.sub(r"\)\d+", ")", STANDS_FOR.get(one, one)) for one in found)


def test_the_words_of_templates_modules_and_the_book_are_gathered() -> None:
    assert len(ALL) > 1000
    assert Key("登录") in ALL
    assert Key("批准的次月起") in ALL
    assert Key("食品燃气补贴", context="book") in ALL
    assert Key("共 %(n)s 章。", "共 %(n)s 章。") in ALL


@pytest.mark.parametrize("language", SHOWN)
def test_every_word_is_translated(language: str) -> None:
    silent = [key.text for key in SHOWN[language] if not all(translations(language, key))]
    assert silent == []


@pytest.mark.parametrize("language", SHOWN)
def test_what_is_put_into_a_text_is_the_same_in_every_language(language: str) -> None:
    differing = [
        (key.text, said)
        for key in SHOWN[language]
        for said in translations(language, key)
        if sorted(places(said)) != places(key.text)
    ]
    assert differing == []


@pytest.mark.parametrize("language", SHOWN)
def test_no_translation_is_a_guess_or_a_leftover(language: str) -> None:
    entries = languages.catalogue(language)
    assert [key.text for key, entry in entries.items() if entry.fuzzy or entry.obsolete] == []
    assert set(entries) == set(SHOWN[language])


def test_english_is_english() -> None:
    left = [
        said
        for key in ALL
        for said in translations("en", key)
        if CHINESE.search(AS_WRITTEN.sub("", said))
    ]
    assert left == []


def test_traditional_is_what_the_converter_says_today() -> None:
    stale = [
        key.text
        for key in SHOWN["zh_Hant"]
        if translations("zh_Hant", key) != [traditional(key.text)]
    ]
    assert stale == []


def test_towns_are_written_in_traditional_as_their_register_writes_them(cast: town.Cast) -> None:
    named = dict(Place.objects.exclude(name_hant="").values_list("name", "name_hant"))
    assert {name: traditional(name) for name in named} == named
    assert {"高埗鎮", "道滘鎮", "莞城街道"} <= set(named.values())


def said_in(module: Path) -> Iterator[str]:
    """Texts of a module that a reader may see: its docstrings are for those who write it."""
    silent = [n.value for n in ast.walk(tree(module)) if isinstance(n, ast.Expr)]
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in silent:
            yield node.value


@pytest.mark.parametrize("module", [p for p in modules("guanjia") if spoken(p)], ids=name)
def test_what_a_command_or_a_book_says_is_translated(module: Path) -> None:
    keys = {text for key in ALL for text in (key.text, key.plural)}
    unsaid = [text for text in said_in(module) if CHINESE.search(text) and text not in keys]
    assert [text for text in unsaid if text not in NO_WORDS] == []


class Words(HTMLParser):
    """The words of a page that are in the page's own language."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []

    @property
    def elsewhere(self) -> bool:
        """Inside something that is quoted or not read."""
        return any(apart for _tag, apart in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        apart = tag in ORIGINAL or said.get("aria-hidden") == "true"
        apart = apart or (tag != "html" and "lang" in said)
        if not (apart or self.elsewhere):
            self.found += [v or "" for k, v in attrs if k in ("title", "aria-label", "placeholder")]
        if tag not in VOID:
            self.open.append((tag, apart))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self.elsewhere:
            self.found.append(data.strip())


def page(path: str, accepted: str) -> str:
    """A public page as a browser with that language gets it."""
    return Client().get(path, headers={"accept-language": accepted}).content.decode()


def names_of_examples() -> re.Pattern[str]:
    """Names of people in the book's examples, which are the same in every language."""
    people = [
        person.get("name", "")
        for chapter in books.load(Path(settings.GUANJIA_CITY)).chapters
        for example in chapter.examples
        for person in example.rows["person"]
    ]
    return re.compile("|".join(sorted({*people} - {""}, key=len, reverse=True)))


def said_on(html: str) -> list[str]:
    """The words of a page in its own language, without the names of people."""
    words, names = Words(), names_of_examples()
    words.feed(html)
    return [names.sub("", said) for said in words.found]


@pytest.mark.parametrize("path", PAGES)
def test_an_english_page_is_english(path: str, cast: town.Cast) -> None:
    html = page(path, "en-GB,en;q=0.9")
    assert '<html lang="en"' in html
    assert [said for said in said_on(html) if CHINESE.search(said)] == []


@pytest.mark.parametrize("path", PAGES)
def test_a_traditional_page_is_traditional(path: str, cast: town.Cast) -> None:
    html = page(path, "zh-HK,zh;q=0.9")
    assert '<html lang="zh-HK"' in html
    assert [said for said in said_on(html) if traditional(said) != said] == []


@pytest.mark.parametrize("said", [OLD | NONE | ABLE, OLD | dict.fromkeys(NONE | ABLE, "?")])
def test_the_calculator_speaks_english_to_its_end(said: dict[str, str], cast: town.Cast) -> None:
    html = to_the_end(Client(headers={"accept-language": "en"}), said).content.decode()
    assert "Longevity allowance" in html
    assert [said for said in said_on(html) if CHINESE.search(said)] == []


def test_a_law_stays_in_the_original_and_says_so(cast: town.Cast) -> None:
    law = '<span lang="zh-CN">民发〔2021〕57号《最低生活保障审核确认办法》</span>'
    assert law in page("/book/dibao/", "en")
    assert law in page("/book/dibao/", "zh-TW")
    assert law not in page("/book/dibao/", "zh-CN")


def test_one_may_choose_each_language_from_every_page(cast: town.Cast) -> None:
    html = page("/", "en")
    for code, own in settings.LANGUAGES:
        assert f'name="language" value="{code}"' in html
        assert str(own) in html
