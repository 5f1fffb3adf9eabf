"""The forms of people: whom to look for, and as known on which day."""

from collections.abc import Iterable
from datetime import date
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


class Known(forms.Form):
    """A day: the page is shown as it was known at its end. Nothing given: as known now."""

    known = forms.DateField(
        label=_("日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("请写一个日期，例如 2020-03-01。")},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["known"].widget.attrs["max"] = today.isoformat()

    def clean_known(self) -> date | None:
        """A day that has come."""
        wanted: date | None = self.cleaned_data["known"]
        if wanted is not None and wanted > self.today:
            raise forms.ValidationError(_("这一天还没有到。请选今天或以前的日期。"))
        return wanted

    @property
    def day(self) -> date | None:
        """The day asked for; None for now, and where no right day was given."""
        return self.cleaned_data.get("known") if self.is_valid() else None

    @property
    def told(self) -> dict[str, Any]:
        """What the page's templates read: the form, the day, and the tail of links that keep it."""
        tail = f"?known={self.day.isoformat()}" if self.day else ""
        return {"known_form": self, "known": self.day, "known_query": tail}
