"""Forms of the read log: why a whole number is asked for, and what an auditor looks for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guanjia.staff.read_models import ReadKind, RevealReason


class Reveal(forms.Form):
    """Which number, and why."""

    which = forms.RegexField(
        r"^(document|phone|email|award-[0-9]{1,18})$", widget=forms.HiddenInput
    )
    reason = forms.ChoiceField(
        label=_("为什么要看完整号码"), choices=[("", _("请选择")), *RevealReason.choices]
    )
    words = forms.CharField(label=_("补充说明"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """Another reason is written out."""
        found = super().clean() or {}
        if found.get("reason") == RevealReason.OTHER and not found.get("words"):
            self.add_error("words", _("选“其他”时，请写明原因。"))
        return found


class ReadFilter(forms.Form):
    """Which readings, by whom."""

    kind = forms.ChoiceField(
        label=_("做了什么"), choices=[("", _("全部查阅")), *ReadKind.choices], required=False
    )
    account = forms.CharField(
        label=_("账号"),
        max_length=150,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
