"""The words that explanations are made of. The house above may say in which language they are read."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from guanjia.kit import money

if TYPE_CHECKING:
    from guanjia.policy.chapter import Cadence
    from guanjia.policy.facts import Fact

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


class Speaker(NamedTuple):
    """Knows the reader's language: its code ('' as written), our words in it, the book's words in it.

    `tell` takes the book's words and the English that stands beside them ('' where none does).
    """

    language: Callable[[], str]
    translate: Callable[[str], str]
    tell: Callable[[str, str], str]


_speaker = [Speaker(str, str, lambda text, _en: text)]


def speak_with(speaker: Speaker) -> None:
    """From now on every word goes through `speaker`."""
    _speaker[0] = speaker


def language() -> str:
    """The code of the reader's language; '' for the language of the book itself."""
    return _speaker[0].language()


def told(text: str, en: str = "") -> str:
    """The book's own words in the reader's language."""
    return _speaker[0].tell(text, en) if text else text


def word(text: str, /, **parts: object) -> str:
    """`text` in the reader's language, with its {parts} put in; as written where nobody translates."""
    return _speaker[0].translate(text).format(**parts)


def yuan(fen: int) -> str:
    """`118000` → `1,180.00 元`, in the reader's language."""
    return word("{sum} 元", sum=money.show(fen).removesuffix(" 元"))


def per(sum_: str, cadence: "Cadence") -> str:
    """A sum and how often it is paid: `1,180.00 元/月`."""
    if cadence == "month":
        return word("{sum}/月", sum=sum_)
    return word("{sum}/年", sum=sum_) if cadence == "year" else word("{sum}/次", sum=sum_)


def brackets(words: str) -> str:
    """Words in brackets, as the language writes them."""
    return word("（{words}）", words=words)


def listed(words: Iterable[str]) -> str:
    """A list: `甲、乙`."""
    return word("、").join(words)


def in_turn(sentences: Iterable[str]) -> str:
    """Short sentences one after the other: `甲；乙`."""
    return word("；").join(sentences)


def member(number: int) -> str:
    """A member without a name, counted from nought: `第1人`."""
    return word("第{number}人", number=number + 1)


def day(on: date) -> str:
    """`2020年3月1日`; a language may write the month by its {name}."""
    name = MONTHS[on.month - 1]
    return word("{year}年{month}月{day}日", year=on.year, month=on.month, day=on.day, name=name)


def month(first: date) -> str:
    """`2020年3月`."""
    name = MONTHS[first.month - 1]
    return word("{year}年{month}月", year=first.year, month=first.month, name=name)


def joined(who: str, what: str) -> str:
    """Whose something is: `陈大文工资 0.00 元`; `what` alone where nobody is named."""
    return word("{who}{what}", who=who, what=what) if who else what


def pair(what: str, value: str) -> str:
    """`已批准低保：是`."""
    return word("{what}：{value}", what=what, value=value)


def not_a_month(text: object) -> str:
    """A text that should be a month."""
    return word("“{text}”不是月份。请写成 2020-01。", text=text)


def not_money(text: object) -> str:
    """A text that should be a sum."""
    return word("“{text}”不是金额。请写成元，最多两位小数，例如 1999.00。", text=text)


def aside(what: str, how: str) -> str:
    """`6 ÷ 4，取整`."""
    return word("{what}，{how}", what=what, how=how)


def ask() -> str:
    """What stands where nobody knows yet."""
    return word("待补问")


def varied() -> str:
    """What stands for a sum that differs from month to month."""
    return word("各月不同")


def rounded(how: str) -> str:
    """How a division was rounded: up, down or half_up."""
    if how == "up":
        return word("向上取整到分")
    return word("舍去分以下") if how == "down" else word("四舍五入到分")


def show(value: Any, kind: str, fact: "Fact | None" = None) -> str:
    """A value in words; `kind` is the type of the part it comes from."""
    if value is None:  # unknown
        return ask()
    if kind == "fen":
        return yuan(value)
    if kind == "yes_no":
        return word("是") if value else word("否")
    if isinstance(value, date):
        return day(value)
    if fact is not None and fact.choices:
        return fact.choices.get(value, str(value))
    return f"{value:,}" if isinstance(value, int) else str(value)
