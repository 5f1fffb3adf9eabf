"""What every form of a matter asks alike: which category, which policy; and the form's own number."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanjia.concerns.rules.brand import Brand

FORM_NUMBER = re.compile(r"[0-9a-f]{32}")
NO_CATEGORY = {
    "required": gettext_lazy("请选一类；说不清就选最后一项。"),
    "invalid_choice": gettext_lazy("这一类现在没有了，请另选一类；说不清就选最后一项。"),
}


def policies(brand: Brand, none: str) -> list[tuple[str, Any]]:
    """The policies of a city by category, for one list; first the choice of none."""
    groups: list[tuple[str, Any]] = [("", none)]
    for category in brand.categories.values():
        rows = [(p.code, str(p)) for p in brand.register.of_category(category.code)]
        if rows:
            groups.append((str(category), rows))
    return groups


class Sort(forms.Form):
    """What a desk says that a matter is."""

    category = forms.ChoiceField(label=gettext_lazy("分类"))
    policy = forms.ChoiceField(label=gettext_lazy("按哪项政策办"), required=False)
    send = forms.BooleanField(label=gettext_lazy("同时转给派单表上的承办单位"), required=False)

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.brand = brand
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            (c.code, str(c)) for c in brand.categories.values()
        ]
        self.fields["policy"].choices = policies(brand, _("没有政策管得到"))  # type: ignore[attr-defined]
