"""At which post somebody did what a row says. The database fills it in, from the scope, and keeps it.

A substitute is thus known as one wherever the act is shown, also when the post is long over.
"""

from typing import Any

from django.db import models
from django.db.migrations import RunSQL
from django.utils.translation import gettext as _


def post_key() -> "models.ForeignKey[Any, Any]":
    """The column beside `…_by`; empty where no post acted (a command, a job), or nobody did."""
    return models.ForeignKey(
        *("staff.Post", models.PROTECT),
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )


def posts_kept(table: str, *who: str) -> RunSQL:
    """Beside each column in `who` (`by_id`, `prepared_by_id`) the post is kept (`post_id`, …).

    The trigger's name is the last of a table's, so that those that hold what may change see none of it.
    """
    named = ", ".join(f"'{column}'" for column in who)
    return RunSQL(
        f"""
        CREATE TRIGGER with_its_post BEFORE INSERT OR UPDATE ON {table}
          FOR EACH ROW EXECUTE FUNCTION staff_keep_posts({named});
        """,
        f"DROP TRIGGER with_its_post ON {table};",
    )


def named(who: Any, post: Any) -> str:
    """Who did it, as every page says it: `王`, or `王（代）` where he stood in for somebody at `post`.

    `who` is a user, `post` the post that was kept with the act, each None where nobody is known; '' for nobody.
    """
    if who is None:
        return ""
    stood_in = post is not None and post.user_id == who.pk and post.stands_in_for_id is not None
    return _("%(who)s（代）") % {"who": who} if stood_in else str(who)
