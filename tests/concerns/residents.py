"""A resident before a browser: she asks, wants a code, reads it where it was sent, is in."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.test import Client

from guanjia.cases import promises
from guanjia.cases.models import Case
from guanjia.concerns.keys import tasks as contact_tasks
from guanjia.concerns.matters import actions, contacts
from guanjia.concerns.matters.actions import NewConcern
from guanjia.concerns.rules import brand
from guanjia.kit import clock, scope
from tests import town

FOLDER = Path(settings.GUANJIA_CITY)
EYES = scope.job("test", town.CITY, town.TODAY)
PHONE, OTHER, EMAIL = "13800001234", "13900005678", "lihua@example.com"


def asked(
    number: int, phone: str = PHONE, email: str = "", hours: int = 0, category: str = "living"
) -> Case:
    """A concern in 长安, asked so many hours ago, with these contacts."""
    text = f"第{number}件事"
    new = NewConcern(
        f"{number:032x}", category, text, town.COMMUNITY, phone=phone, email=email, spot="三巷"
    )
    at, mask = clock.now() - timedelta(hours=hours), contacts.masked(phone)
    actions.take_in(new, brand.load(FOLDER), promises.load(FOLDER), mask, at)
    with scope.hold(EYES):
        return Case.objects.get(track=new.key)


def messages(way: str = "sms") -> list[str]:
    """Every message that was sent by a way as a file, the oldest first."""
    folder: Path = settings.GUANJIA_FILES / "messages" / way
    found = sorted(folder.glob("code-*.txt"), key=lambda p: int(p.name.split("-")[1]))
    return [p.read_text(encoding="utf-8") for p in found]


def code_in(text: str) -> str:
    """The six digits of a message."""
    return text.split("验证码 ")[1][:6]


def wants_code(client: Client, contact: str = PHONE) -> str:
    """A code is asked for and sent; returns it."""
    answer = client.post("/mine/", {"contact": contact})
    assert answer["Location"] == "/mine/code/", answer.content.decode()
    contact_tasks.send_at(clock.now())
    return code_in(messages()[-1])


def in_her_browser(contact: str = PHONE, remembered: str = "") -> Client:
    """A browser with a session."""
    client = Client()
    said = {"code": wants_code(client, contact), "remembered": remembered}
    assert client.post("/mine/code/", said)["Location"] == "/mine/"
    return client
