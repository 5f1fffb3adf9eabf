"""Tracking codes: short, easily read aloud, made from the form they came with, known by a keyed hash alone."""

from guanjia.people import seal

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0 O 1 I L
LENGTH, GROUP = 12, 4


def code_of(form: str) -> str:
    """The code of a form's own number, as `7KQF-2M9X-TR4B`: sent twice, it is the same."""
    number = int.from_bytes(seal.ticket(f"code/{form}"))
    letters = ""
    for _place in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        letters += ALPHABET[rest]
    return "-".join(letters[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def read(text: str) -> str:
    """A code as somebody typed it: small letters, blanks, other dashes and full-width forms are theirs."""
    wide = {ord(c) + 0xFEE0: c for c in map(chr, range(0x21, 0x7F))}
    letters = "".join(c for c in text.translate(wide).upper() if c in ALPHABET)[:LENGTH]
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def key_of(code: str, phone: str) -> str:
    """What the database knows a case by: nothing that code and phone can be told from."""
    return seal.ticket(f"case/{code}/{phone}").hex()
