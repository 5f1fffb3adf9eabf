"""Addresses of imports."""

from django.urls import path

from guanjia.interop import import_views as views

urlpatterns = [
    path("import/", views.list_imports, name="imports"),
    path("import/new/", views.hand_in, name="hand_in"),
    path("import/template.xlsx", views.template, name="import_template"),
    path("import/<int:number>/", views.one_import, name="import"),
    path("import/<int:number>/progress/", views.progress, name="import_progress"),
    path("import/<int:number>/apply/", views.apply_import, name="apply_import"),
    path("import/<int:number>/cancel/", views.cancel, name="cancel_import"),
    path("import/<int:number>/undo/", views.undo, name="undo_import"),
    path("import/<int:number>/bad-rows.xlsx", views.bad_rows_workbook, name="bad_rows"),
    path(
        "import/<int:number>/bad-rows-<int:position>.csv", views.bad_rows_csv, name="bad_rows_csv"
    ),
]
