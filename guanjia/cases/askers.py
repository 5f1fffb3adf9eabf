"""How an asker is reached: each room says it of its own cases, for only it knows where a contact is sealed."""

from collections.abc import Callable

from guanjia.cases.models import Case

PHONES: dict[str, Callable[[Case], str]] = {}
ADDRESSES: dict[str, Callable[[Case], str]] = {}


def register(kind: str, phone: Callable[[Case], str], address: Callable[[Case], str]) -> None:
    """A room names its kind of case and where phone and e-mail address are found, '' for none."""
    PHONES[kind], ADDRESSES[kind] = phone, address


def contact_of(case: Case, way: str) -> str:
    """What reaches the asker by this way: an address for letters, else a phone; '' where none was left."""
    found = (ADDRESSES if way == "email" else PHONES).get(case.kind)
    return found(case) if found else ""
