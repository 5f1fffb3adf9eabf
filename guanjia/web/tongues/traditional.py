"""Simplified characters as Hong Kong writes them, by phrases; no Django."""

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import opencc

# The converter follows Hong Kong's school forms; offices and keyboards there write these as Big5 does.
AS_TYPED = str.maketrans("户説脱税鋭閲悦兑藴温", "戶說脫稅銳閱悅兌蘊溫")
# Phrases that the converter reads wrongly here; names of places, and words, that keep their characters.
EXCEPTIONS = {
    **{"并发": "並發", "周岁": "周歲", "采用": "採用", "冲正": "沖正", "面积": "面積"},
    **{name: name for name in ("涌", "面積", "咸西", "余屋", "斗朗", "谷吓")},
}
EXCEPTION = re.compile("(" + "|".join(EXCEPTIONS) + ")")


@lru_cache(maxsize=8192)
def traditional(text: str) -> str:
    """发放 → 發放, 头发 → 頭髮."""
    parts = EXCEPTION.split(text)
    return "".join(EXCEPTIONS.get(part) or _converted(part) for part in parts)


def _converted(part: str) -> str:
    return str(_converter().convert(part)).translate(AS_TYPED)


@cache
def _converter() -> "opencc.OpenCC":
    import opencc  # some megabytes of tables: only where somebody reads Traditional

    return opencc.OpenCC("s2hk")
