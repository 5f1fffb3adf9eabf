"""Numbers of persons (GB 11643-1999) and of organisations (GB 32100-2015), and how they are shown."""

from datetime import date

from django.utils.translation import gettext as _

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
CENTURY = "19"
FULL_WIDTH = str.maketrans("０１２３４５６７８９Ｘ", "0123456789X")
ORGANISATION_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class BadDocument(ValueError):
    """A number that cannot be right, with what a right one looks like."""


def check_digit(first17: str) -> str:
    """The 18th character over 17 digits (ISO 7064 MOD 11-2)."""
    return CHECKS[sum(int(d) * w for d, w in zip(first17, WEIGHTS, strict=True)) % 11]


def citizen_number(text: str) -> str:
    """The number in its 18-digit form, or BadDocument. Old 15-digit numbers are widened.

    An unknown area code is no error: areas are abolished and people keep their numbers.
    """
    number = text.strip().upper().translate(FULL_WIDTH)
    if len(number) == 15 and number.isascii() and number.isdecimal():
        number = number[:6] + CENTURY + number[6:]
        number += check_digit(number)
    if len(number) != 18 or not (number.isascii() and number[:17].isdecimal()):
        raise BadDocument(
            _("身份证号应为18位：前17位是数字，最后一位是数字或 X。请对照证件再输一次。")
        )
    if check_digit(number[:17]) != number[17]:
        raise BadDocument(
            _("身份证号最后一位与前17位对不上，多半有一位输错了。请对照证件再输一次。")
        )
    born_on(number)
    return number


def born_on(number: str) -> date:
    """The birth date that an 18-digit number states. Raises BadDocument for an impossible one."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise BadDocument(
            _("身份证号第7至14位应是出生日期，例如 19400315。请对照证件再输一次。")
        ) from None


def organisation_number(text: str) -> str:
    """The unified social credit code in its 18 signs, or BadDocument."""
    number = text.strip().upper()
    if len(number) != 18 or not set(number) <= set(ORGANISATION_SIGNS):
        raise BadDocument(
            _("统一社会信用代码应为18位数字或大写字母（不含 I、O、S、V、Z）。请对照证照再输一次。")
        )
    total = sum(ORGANISATION_SIGNS.index(s) * pow(3, i, 31) for i, s in enumerate(number[:17]))
    if ORGANISATION_SIGNS[-total % 31] != number[17]:
        raise BadDocument(
            _("统一社会信用代码最后一位与前17位对不上，多半有一位输错了。请对照证照再输一次。")
        )
    return number


def masked(number: str) -> str:
    """First three and last two characters, the rest hidden: 441**************2X."""
    if len(number) <= 5:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 5) + number[-2:]
