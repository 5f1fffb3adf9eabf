"""Money in whole fen: read from what offices write, shown as residents read it. No floats."""

import re

WRITTEN = re.compile(r"([-−]?)([0-9]{1,3}(?:[,，][0-9]{3})+|[0-9]+)(?:\.([0-9]{1,2}))?\s*(?:元)?")
FULL_WIDTH = str.maketrans("０１２３４５６７８９．", "0123456789.")


class NotMoney(ValueError):
    """A text that is no amount of yuan; the text says what a right one looks like."""


def read(text: str) -> int:
    """Fen of an amount of yuan as text: '1,999.00 元' -> 199900. Raises NotMoney."""
    found = WRITTEN.fullmatch(text.strip().translate(FULL_WIDTH))
    if found is None:
        raise NotMoney(f"“{text}”不是金额。请写成元，最多两位小数，例如 1999.00。")
    sign, yuan, cents = found.groups()
    fen = int(yuan.replace(",", "").replace("，", "")) * 100 + int((cents or "").ljust(2, "0"))
    return -fen if sign else fen


def show(fen: int) -> str:
    """'1,180.00 元', with a true minus."""
    sign = "\u2212" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d} 元"


def shares(fen: int, parts: int) -> list[int]:
    """`fen` in `parts` equal parts; what remains goes to the first ones, so that they add up."""
    each, rest = divmod(fen, parts)
    return [each + (place < rest) for place in range(parts)]
