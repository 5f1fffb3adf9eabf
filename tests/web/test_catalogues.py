"""Catalogues are compiled into the data folder once, and again only when their text has changed."""

import gettext
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from guanjia.places.models import Place, PlaceKind
from guanjia.policy import words
from guanjia.web.tongues import catalogues
from guanjia.web.tongues.traditional import traditional as converted


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source of one catalogue, and a data folder that holds none yet."""
    source = tmp_path / "written" / "en" / catalogues.INSIDE
    source.parent.mkdir(parents=True)
    source.write_text(one_word("Home"), encoding="utf-8")
    monkeypatch.setattr(catalogues, "SOURCES", tmp_path / "written")
    monkeypatch.setattr(settings, "LOCALE_PATHS", [tmp_path / "house" / "locale"])
    return source


def one_word(home: str) -> str:
    """A catalogue of one word."""
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    return f'{head}msgid "首页"\nmsgstr "{home}"\n'


def said(text: str) -> str:
    """What the compiled catalogue says."""
    made = Path(settings.LOCALE_PATHS[0]) / "en" / "LC_MESSAGES" / "django.mo"
    with made.open("rb") as compiled:
        return gettext.GNUTranslations(compiled).gettext(text)


def test_a_catalogue_is_compiled_once(room: Path) -> None:
    assert catalogues.compile_stale() == ["en"]
    assert said("首页") == "Home"
    assert catalogues.compile_stale() == []


def test_a_changed_catalogue_is_compiled_again(room: Path) -> None:
    catalogues.compile_stale()
    room.write_text(one_word("Front page"), encoding="utf-8")
    assert catalogues.compile_stale() == ["en"]
    assert said("首页") == "Front page"


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        ("补足差额，并发食品燃气补贴", "補足差額，並發食品燃氣補貼"),
        ("已满70周岁", "已滿70周歲"),
        ("还没有采用", "還沒有採用"),
        ("边界和面积", "邊界和面積"),
        ("户籍、税务、说明", "戶籍、稅務、說明"),
        ("麻涌镇、高埗镇、道滘镇、莞城街道", "麻涌鎮、高埗鎮、道滘鎮、莞城街道"),
        ("水蛇涌社区、咸西社区、余屋社区", "水蛇涌社區、咸西社區、余屋社區"),
    ],
)
def test_what_a_converter_by_phrases_gets_wrong_is_put_right(
    simplified: str, traditional: str
) -> None:
    assert converted(simplified) == traditional
    assert converted(traditional) == traditional


def test_a_town_is_named_in_the_language_of_the_page() -> None:
    town = Place(name="长安镇", name_hant="長安鎮", pinyin="chang an", kind=PlaceKind.TOWN)
    community = Place(name="厦边社区居民委员会", kind=PlaceKind.RESIDENTS_COMMITTEE)
    named = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            named[code] = (str(town), str(community), words.language())
    assert named == {
        "zh-hans": ("长安镇", "厦边社区居民委员会", ""),
        "zh-hant": ("長安鎮", "廈邊社區居民委員會", "zh-hant"),
        "en": ("Chang'an Town", "厦边社区居民委员会", "en"),
    }
