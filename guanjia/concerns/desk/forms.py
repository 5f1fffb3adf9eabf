"""The forms of a desk: a move, some cases for one move, which cases to list, who asked."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

CHOSEN = re.compile(r"[0-9]{1,18}-[0-9]{1,5}")
MOST_CHOSEN = 50


class MakeMove(forms.Form):
    """What comes with a move of a desk; which of it is needed says the workflow."""

    step = forms.IntegerField(min_value=0, max_value=32000)
    note = forms.CharField(max_length=4000, required=False)
    reason = forms.CharField(max_length=32, required=False)
    desk = forms.ChoiceField(required=False)
    until = forms.DateField(required=False)
    into = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def __init__(self, *args: Any, desks: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["desk"].choices = [("", ""), *desks]  # type: ignore[attr-defined]


class InboxFilter(forms.Form):
    """Which cases to list, read as a sentence: whose desk · where they stand · of which kind · marked how.

    Another page may name a desk, or a place with all desks below it; the sentence then shows it.
    """

    desk = forms.ChoiceField(label=gettext_lazy("谁承办"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("办理情况"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("类别"), required=False)
    mark = forms.ChoiceField(label=gettext_lazy("特别的"), required=False)

    def __init__(
        self,
        *args: Any,
        states: Iterable[tuple[str, str | Promise]],
        marks: Iterable[tuple[str, str | Promise]],
        categories: Iterable[tuple[str, str]],
        named: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        desks = [("", _("本岗位承办")), ("all", _("本岗位和下级承办")), *named.items()]
        self.fields["desk"].choices = desks  # type: ignore[attr-defined]
        self.fields["state"].choices = list(states)  # type: ignore[attr-defined]
        self.fields["mark"].choices = list(marks)  # type: ignore[attr-defined]
        every = [("", _("不论类别")), *categories]
        self.fields["category"].choices = every  # type: ignore[attr-defined]


class Bulk(forms.Form):
    """Some cases, each with the step that was seen (`12-3`), and one move for all of them."""

    verb = forms.CharField(max_length=16)
    case = forms.CharField(required=False)

    def clean_case(self) -> dict[int, int]:
        """Case to step. Raises ValidationError."""
        chosen = self.data.getlist("case") if hasattr(self.data, "getlist") else []
        pairs = [one.split("-") for one in chosen if CHOSEN.fullmatch(one)]
        if not pairs or len(pairs) != len(chosen) or len(pairs) > MOST_CHOSEN:
            raise ValidationError(_("请勾选要一起办的诉求，一次最多 50 件。"))
        return {int(number): int(step) for number, step in pairs}


class SaveFilter(forms.Form):
    """A name for a filter."""

    name = forms.CharField(max_length=20)
    asked = forms.CharField(max_length=400)


class Identify(forms.Form):
    """Who asked, and how one knows; nobody takes it back."""

    step = forms.IntegerField(min_value=0, max_value=32000)
    person = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    note = forms.CharField(max_length=400)
