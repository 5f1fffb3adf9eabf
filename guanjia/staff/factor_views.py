"""Setting up a second factor counts as using it: who has just proved it is not asked again."""

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.forms import Form
from django.http import HttpRequest, HttpResponse

from guanjia.staff import gate


class SetUpCodes(ActivateTOTPView):  # type: ignore[misc]
    """An authenticator that shows six digits."""

    def form_valid(self, form: Form) -> HttpResponse:
        """It was proved by its first digits."""
        response: HttpResponse = super().form_valid(form)
        _used(self.request, Authenticator.Type.TOTP)
        return response


class SetUpPasskey(AddWebAuthnView):  # type: ignore[misc]
    """A passkey: the computer, the phone or a key confirms by itself who it is."""

    def form_valid(self, form: Form) -> HttpResponse:
        """It was proved by its first signature."""
        response: HttpResponse = super().form_valid(form)
        _used(self.request, Authenticator.Type.WEBAUTHN)
        return response


def _used(request: HttpRequest, kind: str) -> None:
    record_authentication(request, gate.user_of(request), "mfa", type=str(kind))
