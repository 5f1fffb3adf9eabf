"""The form of the scoreboard: which rows of a rate to list."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


class RateFilter(forms.Form):
    """Which rows of a rate's set to list."""

    which = forms.ChoiceField(label=gettext_lazy("怎么算的"), required=False)
    month = forms.CharField(max_length=10, required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, which: Iterable[tuple[str, str | Promise]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["which"].choices = list(which)  # type: ignore[attr-defined]
