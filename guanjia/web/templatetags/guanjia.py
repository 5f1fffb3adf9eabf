"""Template words for money, days and verdicts."""

from django import template

register = template.Library()
