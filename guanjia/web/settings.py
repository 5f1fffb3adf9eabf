"""Django settings. Every value that differs between houses comes from the environment or the data folder."""

import os
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from guanjia.kit.database import connection_settings
from guanjia.policy.book import city_folder
from guanjia.web.house import home, keyring

ROOT = Path(__file__).resolve().parents[1]

GUANJIA_HOME = home.folder()
GUANJIA_CITY = city_folder(os.environ)
GUANJIA_FILES = GUANJIA_HOME / "files"
# The day a demonstration lives in; None means the wall clock (kit.clock reads it).
GUANJIA_DEMO_DAY: date | None = home.demo_day()
GUANJIA_DEMO_SYNTHETIC = home.demo_is_synthetic()

SECRET_KEY = home.secret("django").hex()
GUANJIA_SEAL_KEYS = keyring.Keyring(GUANJIA_HOME / "keys")
if not GUANJIA_SEAL_KEYS:
    home.secret("seal-k1")  # the first; where data are sealed already, its loss is said
GUANJIA_TICKET_KEY = home.ticket()
GUANJIA_INDEX_KEYS = keyring.of_the_index(GUANJIA_HOME / "keys")
if not GUANJIA_INDEX_KEYS:
    home.secret("index")

DEBUG = False
ALLOWED_HOSTS = os.environ.get("GUANJIA_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("GUANJIA_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "guanjia.web.apps.Web",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "procrastinate.contrib.django",
    "guanjia.places",
    "guanjia.people",
    "guanjia.staff",
    "guanjia.ledger",
    "guanjia.entitlements",
    "guanjia.cases",
    "guanjia.concerns",
    "guanjia.interop",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "guanjia.web.headers.headers_middleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "guanjia.staff.idle.IdleTimeout",
    "guanjia.staff.reading.log_middleware",
    "guanjia.staff.gate.scope_middleware",
]

ROOT_URLCONF = "guanjia.web.urls"
WSGI_APPLICATION = "guanjia.web.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "guanjia.web.context.hall",
            ],
            "builtins": ["django.templatetags.i18n", "guanjia.web.templatetags.guanjia"],
        },
    }
]

DATABASES = {"default": connection_settings(os.environ)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_ON_APP_READY = None
GUANJIA_MONTHS_BACK = int(os.environ.get("GUANJIA_MONTHS_BACK", "36"))
"""Months before a run's own that it decides again where something became known that reaches back."""

# Jobs that do not stand in a room's `tasks`, where they are found by themselves.
PROCRASTINATE_IMPORT_PATHS = [
    "guanjia.interop.bank_tasks",
    "guanjia.interop.import_tasks",
    "guanjia.concerns.keys.tasks",
    "guanjia.concerns.rates.tasks",
    "guanjia.entitlements.runs.tasks",
    "guanjia.entitlements.what_if.tasks",
    "guanjia.staff.read_tasks",
]

AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "guanjia.staff.passwords.NotGuessable"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "/accounts/login/"
ACCOUNT_ADAPTER = "guanjia.staff.adapter.StaffAccounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Wrong passwords: per address; per account and address; per account, from everywhere. The last is more
# than one address can use up.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "20/5m/ip,5/5m/key",
    "login_failed_anywhere": "100/h/key",
}
# How many proxies stand before the pages: the address of who asks is taken from their header.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("GUANJIA_PROXIES", "0"))
MFA_TOTP_ISSUER = "Guanjia"
MFA_ADAPTER = "guanjia.staff.adapter.SecondFactors"

LANGUAGE_CODE = "zh-hans"
# Each in its own name. Catalogues lie in guanjia/locale and are compiled into the data folder.
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
LOCALE_PATHS = [GUANJIA_HOME / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = GUANJIA_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = GUANJIA_FILES
# Files go to the house's own folder as they arrive; one that is too large is dropped on the way.
FILE_UPLOAD_HANDLERS = [
    "guanjia.concerns.matters.uploads.Bounded",
    "guanjia.interop.uploads.Limited",
]

# GUANJIA_MAIL=smtp://user:password@host:587 sends mail; without it, letters are kept as files.
MAIL = urlsplit(os.environ.get("GUANJIA_MAIL", ""))
EMAIL_HOST = MAIL.hostname or ""
EMAIL_PORT = MAIL.port or 587
EMAIL_HOST_USER = unquote(MAIL.username or "")
EMAIL_HOST_PASSWORD = unquote(MAIL.password or "")
EMAIL_USE_TLS = MAIL.scheme == "smtp" and bool(MAIL.username)
EMAIL_TIMEOUT = 20
EMAIL_FILE_PATH = GUANJIA_FILES / "mail"
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
DEFAULT_FROM_EMAIL = os.environ.get("GUANJIA_MAIL_FROM", "guanjia@localhost")

# Shared by all processes: rate limits and used second-factor codes are counted once.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": GUANJIA_HOME / "cache",
        # Above its bound the cache forgets at random: a few addresses must not wash out the counts of sign-in.
        "OPTIONS": {"MAX_ENTRIES": 5_000},
    }
}

# A desk that was left must sign in again after half an hour, any desk after a working day. The row of a
# session outlives that by a week, so that a form sent late is still known to be somebody's.
GUANJIA_IDLE_SECONDS = int(os.environ.get("GUANJIA_IDLE_MINUTES", "30")) * 60
GUANJIA_SESSION_SECONDS = 12 * 3600
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
HTTPS = os.environ.get("GUANJIA_HTTPS") == "yes"
if HTTPS:
    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    # A browser takes these names over https alone, from this host alone, for every path.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "upgrade-insecure-requests": HTTPS,
    }
}
CSRF_FAILURE_VIEW = "guanjia.web.errors.csrf_failure"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
