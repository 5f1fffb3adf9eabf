"""The forms of signing in: a contact, then the six digits that were sent to it."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanjia.concerns.keys.signing_in import DIGITS
from guanjia.concerns.matters import contacts
from guanjia.concerns.matters.contacts import EMAIL, Contact

CODE = re.compile(rf"[0-9]{{{DIGITS}}}")
PHONE_WIDGET = {"inputmode": "tel", "autocomplete": "tel"}
ADDRESS_WIDGET = {"inputmode": "email", "autocomplete": "email", "autocapitalize": "none"}


class AskCode(forms.Form):
    """A mobile number or an address; `by`: which of the two the page asks for, though it takes both."""

    contact = forms.CharField(
        max_length=300,
        error_messages={"required": gettext_lazy("请填一下，验证码要发到这里。")},
    )

    def __init__(self, *args: Any, by: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field, letter = self.fields["contact"], by == EMAIL
        field.widget = forms.TextInput(ADDRESS_WIDGET if letter else PHONE_WIDGET)
        field.label = _("当时留的电子邮箱") if letter else _("当时留的手机号")

    def clean_contact(self) -> Contact:
        """As it is kept. Raises ValidationError."""
        return contacts.read(self.cleaned_data["contact"])


class ShowCode(forms.Form):
    """The six digits, and whether this phone is one's own."""

    code = forms.CharField(
        label=gettext_lazy("6 位验证码"),
        max_length=30,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": gettext_lazy("请填收到的 6 位数字。")},
    )
    remembered = forms.BooleanField(
        label=gettext_lazy("这是我自己的手机，30 天内不用再填验证码"),
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )

    def clean_code(self) -> str:
        """The digits alone, however wide and in however many groups they were typed. Raises ValidationError."""
        code = re.sub(r"[\s\-]", "", self.cleaned_data["code"].translate(contacts.WIDE))
        if not CODE.fullmatch(code):
            raise ValidationError(_("验证码是 6 位数字，例如 123456。"))
        return code
