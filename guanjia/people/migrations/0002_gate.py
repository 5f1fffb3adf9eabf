"""Row security of people, and the functions behind append-only tables."""

from django.db import migrations

from guanjia.kit.rows import (
    JOB,
    TODAY,
    belief,
    in_places,
    only_superseded,
    refusal,
    row_security,
)


def reached(person: str, since: str = "", until: str = "") -> str:
    """The person is within reach today; with a period, it overlaps the time of the reach."""
    overlap = (
        f" AND r.since < coalesce({until}, 'infinity') AND coalesce(r.until, 'infinity') > {since}"
        if since
        else ""
    )
    return f"EXISTS (SELECT FROM people_reach r WHERE r.person_id = {person}{overlap})"


def housed(household: str) -> str:
    """The household stands in the scope's places."""
    return f"EXISTS (SELECT FROM people_household h WHERE h.id = {household})"


FACT = "people_personfact"
LIVES = "people_membership"
HOME = "people_householdfact"
REACH_TODAY = f"(since <= {TODAY} AND (until IS NULL OR until > {TODAY}))"


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        refusal(),
        belief(),
        row_security("people_reach", f"{in_places()} AND ({JOB} OR {REACH_TODAY})", in_places()),
        row_security("people_person", f"{JOB} OR {reached('people_person.id')}"),
        row_security("people_household", in_places()),
        row_security(
            LIVES,
            f"{JOB} OR {housed(f'{LIVES}.household_id')} "
            f"OR {reached(f'{LIVES}.person_id', f'{LIVES}.since', f'{LIVES}.until')}",
        ),
        row_security(
            FACT, f"{JOB} OR {reached(f'{FACT}.person_id', f'{FACT}.since', f'{FACT}.until')}"
        ),
        row_security(HOME, housed(f"{HOME}.household_id")),
        row_security("people_namegram", in_places()),
        only_superseded(LIVES),
        only_superseded(FACT),
        only_superseded(HOME),
    ]
