"""The form by which a file is handed in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guanjia.interop import tables, uploads
from guanjia.interop.intake.sheets import MEGABYTE, MOST_BYTES


class HandIn(forms.Form):
    """A file, and which table it is where its headers do not say."""

    file = forms.FileField(
        label=_("文件"),
        help_text=_("XLSX 工作簿或 CSV；列名写在第一行，先后随意。"),
        allow_empty_file=True,
        error_messages={"required": _("请选一个文件。")},
    )
    table = forms.ChoiceField(label=_("是哪张表"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(table.code, table.title) for table in tables.IMPORTED]
        self.fields["table"].choices = [("", _("按列名自动认")), *named]  # type: ignore[attr-defined]
        self.fields["file"].widget.attrs["accept"] = ".xlsx,.csv,.txt"


def limits() -> dict[str, int]:
    """What the page says beside the form: megabytes at most, days until the file is deleted."""
    return {"most": MOST_BYTES // MEGABYTE, "days": uploads.KEPT_DAYS}
