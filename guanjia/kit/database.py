"""How every process connects: one function, so that no door forgets the application's role."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

APP_ROLE = "guanjia_app"


class DatabaseNotNamed(RuntimeError):
    """No DATABASE_URL in the environment: the command line sets it before Django starts."""


def connection_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Django's settings for one connection, from `DATABASE_URL`.

    `GUANJIA_AS_OWNER=yes` connects as the owner, by `DATABASE_OWNER_URL`, for migrations alone;
    every other process takes the role `guanjia_app`, which row security binds.
    """
    as_owner = environ.get("GUANJIA_AS_OWNER") == "yes"
    url = environ.get("DATABASE_URL", "")
    if as_owner:
        url = environ.get("DATABASE_OWNER_URL") or url
    if not url:
        raise DatabaseNotNamed("DATABASE_URL is not set: run Guanjia by its command line")
    return from_url(url, role=None if as_owner else APP_ROLE)


def from_url(url: str, role: str | None) -> dict[str, Any]:
    """Settings of one PostgreSQL URL; `role` is taken by a start-up option, before any query."""
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    options: dict[str, Any] = {k: v for k, v in asked.items() if k != "host"}
    if role:
        options["options"] = f"-c role={role}"
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": asked.get("host") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
