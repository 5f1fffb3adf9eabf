"""A contact as people write it: a phone number or an e-mail address, read, masked, known by a keyed hash."""

import re
import unicodedata
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from guanjia.people import seal

SMS, EMAIL = "sms", "email"  # ways of cases/ways.py by which a contact is reached
PHONE = re.compile(r"1[3-9][0-9]{9}|0[0-9]{9,11}|[2-9][0-9]{7}")
MOBILE = re.compile(r"1[3-9][0-9]{9}")
NOT_OF_A_PHONE = re.compile(r"[\s\-‐‑–－—()（）]")
ABROAD = re.compile(r"(\+86|0086|86(?=1[3-9][0-9]{9}$))")  # as from another country
WIDE = str.maketrans("０１２３４５６７８９＋", "0123456789+")
SHORT = 9  # digits of a number without its area code, at most
LONGEST = 254  # characters of an address
SHOWN = 2  # characters of an address before the @


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact: by which way it is reached, and the number or address as it is kept."""

    way: str
    value: str

    @property
    def index(self) -> str:
        """What the database knows it by: its keyed hashes, the newest first; nothing it can be told from."""
        return " ".join(indexes_of(self.way, self.value))

    def is_of(self, known: str) -> bool:
        """Whether `known`, kept when a session began, names it under the key that is now the newest."""
        return index_of(self.way, self.value) in known.split()

    @property
    def mask(self) -> str:
        """As pages show it."""
        return masked(self.value) if self.way == SMS else masked_address(self.value)


def index_of(way: str, value: str) -> str:
    """The keyed hash of a phone or an address as it is written; '' for none."""
    return indexes_of(way, value)[0] if value else ""


def indexes_of(way: str, value: str) -> list[str]:
    """Under every index key that is held, the newest first."""
    named = "phone" if way == SMS else way
    return seal.index_texts(f"{named}/{value}")


def a_phone(text: str) -> str:
    """A phone number's digits; '' for none. Raises ValidationError."""
    digits = NOT_OF_A_PHONE.sub("", text.translate(WIDE))
    if abroad := ABROAD.match(digits):
        digits = digits[abroad.end() :]
    if digits and not PHONE.fullmatch(digits):
        raise ValidationError(
            _("电话是 11 位手机号，或带区号的座机，例如 13800000000、0769-22000000。")
        )
    return digits


def an_address(text: str) -> str:
    """An e-mail address in small letters, however wide it was typed; '' for none. Raises ValidationError."""
    address = "".join(unicodedata.normalize("NFKC", text).split()).lower()
    if not address:
        return ""
    wrong = ValidationError(_("电子邮箱像 name@example.com 这样写。"))
    if not address.isascii() or len(address) > LONGEST:
        raise wrong
    try:
        EmailValidator()(address)
    except ValidationError:
        raise wrong from None
    return address


def read(text: str) -> Contact:
    """A contact to which a code can go: a mobile number or an address. Raises ValidationError."""
    if "@" in unicodedata.normalize("NFKC", text):
        return Contact(EMAIL, an_address(text))
    phone = a_phone(text)
    if not MOBILE.fullmatch(phone):
        raise ValidationError(
            _("座机收不到短信。请填手机号或电子邮箱；当时留的是座机的，请用查询码查。")
            if phone
            else _("请填手机号，例如 13800000000。")
        )
    return Contact(SMS, phone)


def masked(phone: str) -> str:
    """`13800001234` → `138****1234`; a short number, of which that would leave one digit, `****1234`."""
    return f"{phone[:3] if len(phone) > SHORT else ''}****{phone[-4:]}" if phone else ""


def masked_address(address: str) -> str:
    """`lihua@example.com` → `li****@example.com`; of a short name, its first letter alone."""
    name, at, host = address.rpartition("@")
    shown = name[:SHOWN] if len(name) > SHOWN + 1 else name[:1]
    return f"{shown}****{at}{host}" if address else ""
