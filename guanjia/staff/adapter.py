"""How sign-in differs from allauth's stock: no self sign-up, secrets sealed, our issuer."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from guanjia.people import seal


class StaffAccounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator, never by strangers."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth asks so
        """Nobody signs up alone."""
        return False


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Second-factor secrets are sealed at rest."""

    def encrypt(self, text: str) -> str:
        """The secret as hex of its sealed bytes."""
        return seal.seal(text).hex()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again."""
        return seal.unseal(bytes.fromhex(encrypted_text))
