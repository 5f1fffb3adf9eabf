"""Headers of every answer, the flags of cookies, and where uploads lie."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests import town
from tests.doors import at_desk

ASK = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "guanjia.web.settings"
from django.conf import settings
names = %r
print(json.dumps({n: getattr(settings, n) for n in names}))
"""
ASKED = (
    *("SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS"),
    *("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY"),
    *("SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME"),
    "CONTENT_SECURITY_POLICY",
)


def policy_of(client: Client, url: str) -> dict[str, str]:
    """The content security policy of a page: directive to sources."""
    parts = client.get(url).headers["Content-Security-Policy"].split(";")
    return {name: rest for name, _blank, rest in (part.strip().partition(" ") for part in parts)}


@pytest.mark.parametrize("url", ["/", "/accounts/login/", "/book/", "/due/", "/no-such-page/"])
def test_every_page_runs_our_own_scripts_and_styles_alone(db: None, url: str) -> None:
    policy = policy_of(Client(), url)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in " ".join(policy.values())


def test_no_foreign_page_reads_an_answer_and_no_shared_place_keeps_it(cast: town.Cast) -> None:
    headers = at_desk(cast.wang).get("/").headers
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "private, no-store"
    assert "no-store" not in Client().get("/book/").headers.get("Cache-Control", "")


def settings_of(https: str) -> dict[str, object]:
    """What the settings are in a house of its own, with https or without."""
    environ = {**os.environ, "GUANJIA_HTTPS": https}
    done = subprocess.run(
        [sys.executable, "-c", ASK % (ASKED,)],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_under_https_cookies_and_pages_go_over_nothing_else() -> None:
    there, here = settings_of("yes"), settings_of("")
    for name in ("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"):
        assert (there[name], here[name]) == (True, False)
    assert there["SECURE_HSTS_SECONDS"] == 365 * 24 * 3600
    assert there["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True
    assert there["SESSION_COOKIE_NAME"] == "__Host-sessionid"
    assert there["CSRF_COOKIE_NAME"] == "__Host-csrftoken"
    policies = [found["CONTENT_SECURITY_POLICY"] for found in (there, here)]
    upgrades = [p["DIRECTIVES"]["upgrade-insecure-requests"] for p in policies]  # type: ignore[index]
    assert upgrades == [True, False]


def test_cookies_are_kept_from_scripts_and_from_other_sites(cast: town.Cast) -> None:
    client = at_desk(cast.wang)
    client.get("/")
    morsel = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (morsel["httponly"], morsel["samesite"], morsel["path"]) == (True, "Lax", "/")
    assert settings.CSRF_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_SAMESITE == "Lax"


def test_uploads_lie_where_no_address_leads(db: None) -> None:
    files, served = Path(settings.MEDIA_ROOT), Path(settings.STATIC_ROOT)
    assert not files.is_relative_to(served)
    assert not served.is_relative_to(files)
    files.mkdir(parents=True, exist_ok=True)
    probe = files / "probe.txt"
    probe.write_text("secret")
    client = Client()
    for path in (
        "/media/probe.txt",
        "/files/probe.txt",
        "/static/../files/probe.txt",
        "/probe.txt",
    ):
        assert client.get(path).status_code == 404, path
    probe.unlink()
