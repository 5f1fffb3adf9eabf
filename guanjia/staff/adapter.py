"""How sign-in differs from allauth's stock: no self sign-up, secrets sealed, attempts by address."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from guanjia.people import seal

TOO_MANY = _("登录失败次数过多，请过 5 分钟再试。账号没有被锁定，在别的电脑上仍可登录。")


class StaffAccounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator, never by strangers.

    Wrong passwords are counted per address, per account from one address, and, far more generously,
    per account from everywhere: one address alone can never use up what another address has left.
    """

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth asks so
        """Nobody signs up alone."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Raises ValidationError where too much was tried."""
        super().pre_authenticate(request, **credentials)
        self._from_everywhere = ratelimit.consume(
            request,
            app="allauth.account",
            action="login_failed_anywhere",
            key=super()._get_login_attempts_cache_key(request, **credentials),
        )
        if not self._from_everywhere:
            raise self.validation_error("too_many_login_attempts")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """The account, from one address."""
        account = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{account}@{ratelimit.get_ip(request)}"

    def _rollback_login_failed_rl_usage(self) -> None:
        """A right password uses up nothing."""
        super()._rollback_login_failed_rl_usage()
        if self._from_everywhere:
            self._from_everywhere.rollback()


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Second-factor secrets are sealed at rest."""

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """What a passkey is called until its owner names it."""
        held = user.authenticator_set.filter(type=type).count()
        return str(_("通行密钥 %(n)d")) % {"n": held + 1}

    def encrypt(self, text: str) -> str:
        """The secret as hex of its sealed bytes."""
        return seal.seal(text).hex()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again."""
        return seal.unseal(bytes.fromhex(encrypted_text))
