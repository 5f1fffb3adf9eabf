"""The forms of staff at the door: a table to try, what a matter is, which matters to list."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanjia.concerns.brand import Brand

LONGEST_TABLE = 40_000


class TryTable(forms.Form):
    """A routing table as text, tried and not kept."""

    text = forms.CharField(
        label=gettext_lazy("派单表（TOML）"),
        max_length=LONGEST_TABLE,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "code"}),
        error_messages={"required": gettext_lazy("请写上要试的派单表。")},
    )


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


class ExpressFilter(forms.Form):
    """Which matters under policies: whose department · which policy · where they stand."""

    department = forms.ChoiceField(label=gettext_lazy("主管部门"), required=False)
    policy = forms.ChoiceField(label=gettext_lazy("政策"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("办理情况"),
        required=False,
        choices=[
            ("", gettext_lazy("还没有答复的")),
            ("late", gettext_lazy("已经超时的")),
            ("answered", gettext_lazy("已经答复的")),
            ("all", gettext_lazy("不论办理情况")),
        ],
    )

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = [(d.code, str(d)) for d in brand.register.departments.values()]
        self.fields["department"].choices = [("", _("各部门")), *departments]  # type: ignore[attr-defined]
        self.fields["policy"].choices = policies(brand, _("各项政策"))  # type: ignore[attr-defined]


def policies(brand: Brand, none: str) -> list[tuple[str, Any]]:
    """The policies of a city by category, for one list; first the choice of none."""
    groups: list[tuple[str, Any]] = [("", none)]
    for category in brand.categories.values():
        rows = [(p.code, str(p)) for p in brand.register.of_category(category.code)]
        if rows:
            groups.append((str(category), rows))
    return groups
