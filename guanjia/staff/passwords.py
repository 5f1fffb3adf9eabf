"""Password rules by length and by lists of what is tried first; no symbols demanded, no forced change.

Source: NIST SP 800-63B section 5.1.1.2: compare with breached passwords, repetitive and sequential
characters and context-specific words; impose no other rules of composition.
"""

import re
import tomllib
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

OWN_PART = 8  # characters that must be left when all that is easily guessed is taken out
SHORTEST_WORD, LONGEST_WORD, SHORTEST_RUN = 6, 20, 4
ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz")
SLANTED = ("1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujmikolp")
HOUSE = ("guanjia", "莞家", "minzheng", "民政", "admin", "password", "mima", "密码", "12345")
PARTS = re.compile(r"[^\W_]+")


class NotGuessable:
    """What is left of a password without known words and rows of keys must still be long enough."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        if own_part(password, words_of(user)) < OWN_PART:
            raise ValidationError(
                _(
                    "这个密码容易被猜到：去掉常见密码、地名、账号名和键盘上连着的键以后，"
                    "剩下不到 %(least)d 个字符。可以用几个不相干的词连起来，不必有符号。"
                )
                % {"least": OWN_PART},
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        """The rule, in a sentence."""
        return _(
            "不要用常见密码、本市地名、自己的账号名或键盘上连着的键；几个不相干的词连起来最好记。"
        )


def own_part(password: str, words: tuple[str, ...]) -> int:
    """How many characters remain without words, common passwords and runs of keys."""
    text = password.lower()
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    return len(_without_runs(_without_common(text)).strip())


def words_of(user: Any) -> tuple[str, ...]:
    """Words that somebody who knows the house and the user tries first."""
    own = [getattr(user, name, "") or "" for name in ("username", "full_name", "email")]
    parts = [part for text in own for part in PARTS.findall(text.lower())]
    return tuple({*HOUSE, *_city_words(), *(p for p in parts if len(p) >= 2)})


@cache
def _city_words() -> tuple[str, ...]:
    city = tomllib.loads((settings.GUANJIA_CITY / "city.toml").read_text(encoding="utf-8"))
    texts = [str(city.get(key, "")) for key in ("name", "en", "code")]
    words = [part for text in texts for part in PARTS.findall(text.lower())]
    return tuple({*words, *(word.removesuffix("市") for word in words)} - {""})


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def _without_common(text: str) -> str:
    """Without the longest common passwords in it."""
    for size in range(min(LONGEST_WORD, len(text)), SHORTEST_WORD - 1, -1):
        for start in range(len(text) - size + 1):
            if text[start : start + size] in _common():
                return _without_common(text[:start] + " " + text[start + size :])
    return text


def _without_runs(text: str) -> str:
    """Runs of neighbouring keys, of the alphabet, or of one character, count as one character."""
    out, start = "", 0
    while start < len(text):
        end = start + 1
        while end < len(text) and _follows(text[start : end + 1]):
            end += 1
        out += text[start] if end - start >= SHORTEST_RUN else text[start:end]
        start = end
    return out


def _follows(run: str) -> bool:
    return run == run[0] * len(run) or any(
        run in row or run[::-1] in row for row in (*ROWS, *SLANTED)
    )
