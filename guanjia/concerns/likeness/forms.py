"""The form of what words suggest: a sentence to try."""

from django import forms
from django.utils.translation import gettext_lazy

from guanjia.concerns.models import LONGEST_TEXT


class TrySuggestion(forms.Form):
    """A sentence to try the suggestions with; it is not kept."""

    text = forms.CharField(
        label=gettext_lazy("写一句试试，不保存"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("请写一句。")},
    )
