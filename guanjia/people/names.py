"""How names are found: every tail of a name, and its pinyin initials."""

from functools import cache

from pypinyin import Style, pinyin

# Surnames whose reading as a name differs from the dictionary's first one.
SURNAMES = {"曾": "z", "单": "s", "解": "x", "查": "z", "仇": "q", "区": "o", "盖": "g", "乐": "y"}


def initials(name: str) -> str:
    """Pinyin initials in lower case: 陈大文 -> cdw. Letters stay, other signs are dropped."""
    first = SURNAMES.get(name[:1])
    letters = [_initial(sign) for sign in name]
    if first:
        letters[0] = first
    return "".join(letters)[:30]


def grams(name: str) -> list[str]:
    """All tails of the name and of its initials, each once: what `starts_with` is asked of."""
    short = initials(name)
    tails = [name[i:] for i in range(len(name))]
    return list(dict.fromkeys([*tails, short] if short else tails))


@cache
def _initial(sign: str) -> str:
    if sign.isascii():
        return sign.lower() if sign.isalnum() else ""
    found = pinyin(sign, style=Style.FIRST_LETTER, errors="ignore")
    return found[0][0][:1] if found else ""
