"""A desk looks at one matter: the look is noted, and what the post does not see is not there."""

from django.http import Http404, HttpRequest

from guanjia.cases.models import Case
from guanjia.concerns.matters import queries
from guanjia.staff import reading
from guanjia.staff.read_models import ReadKind
from guanjia.staff.reading import Note


def look_at(request: HttpRequest, number: int) -> Case:
    """The case with all that its page shows, the look noted. Raises Http404."""
    reading.note(request, Note(ReadKind.MATTER, matter=number))
    return whole(number)


def brief(number: int) -> Case:
    """The case with what was asked, for a page beside its own. Raises Http404."""
    case = Case.objects.select_related("concern").filter(pk=number).first()
    if case is None:
        raise Http404
    return case


def whole(number: int) -> Case:
    """The case with all that its page shows. Raises Http404."""
    try:
        return queries.whole(number)
    except Case.DoesNotExist:
        raise Http404 from None
