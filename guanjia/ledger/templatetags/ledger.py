"""Template words for accounts."""

from django import template

register = template.Library()


@register.filter
def path_parts(path: str) -> list[str]:
    """`budget/441900119/dibao` → `["budget", "441900119", "dibao"]`."""
    return path.split("/")
