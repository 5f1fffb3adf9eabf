"""The search form: what somebody typed, and where to look."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guanjia.people import documents, queries

SHORTEST_NUMBER = 12  # longer ones of digits alone are meant as a citizen's


class Search(forms.Form):
    """Name, pinyin initials or a whole document number; a place to narrow it."""

    q = forms.CharField(
        label=_("姓名、拼音首字母或证件号"),
        help_text=_("例如：陈大文、大文、cdw；证件号要输全。"),
        max_length=60,
        error_messages={"required": _("请先输入姓名、拼音首字母或完整的证件号。")},
    )
    place = forms.ChoiceField(label=_("在哪里找"), required=False)

    def __init__(self, *args: Any, places: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = list(places)  # type: ignore[attr-defined]
        self.fields["q"].widget.attrs.update(autocomplete="off", spellcheck="false")

    def clean_q(self) -> str:
        """Without blanks and full-width letters; a citizen number must be right."""
        words = queries.tidy(self.cleaned_data["q"])
        if len(words) > SHORTEST_NUMBER and words[:-1].isdecimal():
            try:
                return documents.citizen_number(words)
            except documents.BadDocument as problem:
                raise forms.ValidationError(str(problem)) from None
        return words

    @property
    def by_number(self) -> bool:
        """Whether a document number was typed."""
        return queries.looks_like_a_number(self.cleaned_data["q"])
