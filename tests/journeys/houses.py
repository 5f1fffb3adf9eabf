"""A house that runs: a committed database of its own, and the application serving it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

import psycopg
from django.core.servers.basehttp import ThreadedWSGIServer
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test.testcases import QuietWSGIRequestHandler

from guanjia.web.house import embedded, roles
from tests import house as embedded_house
from tests import town

_numbers = count(1)
# While a browser's driver runs its loop, Django keeps connections apart from those of other tests.
_OTHER_TESTS = connections["default"]


@dataclass(frozen=True, slots=True)
class House:
    """A running house: its address and its cast."""

    url: str
    cast: town.Cast


@contextmanager
def own_database() -> Iterator[str]:
    """Every connection of this process speaks to a fresh copy of the test database, then no more."""
    inside = connections["default"]
    before = inside.settings_dict["NAME"]
    name = f"{before}_journey_{next(_numbers)}"
    inside.close()
    _OTHER_TESTS.close()
    _administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _administer(f'CREATE DATABASE "{name}" TEMPLATE "{before}" OWNER {roles.OWNER}')
    inside.settings_dict["NAME"] = name
    try:
        yield name
    finally:
        inside.close()
        inside.settings_dict["NAME"] = before
        _administer(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def serving() -> Iterator[str]:
    """The application as it is, over the application's role; yields its address."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _administer(statement: str) -> None:
    """The last connections of the server's threads may still be closing: the superuser may end them."""
    url = embedded_house.SERVER.url(embedded.SUPERUSER, "postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
