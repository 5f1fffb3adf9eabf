"""An award's payee or account is put right: one person prepares, another agrees.

The award's row is superseded by one that says where it is paid from now on; payments made stay.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guanjia.entitlements.after_errors import AccountWaits
from guanjia.entitlements.errors import NoteMissing, SamePerson, WrongState
from guanjia.entitlements.models import Award
from guanjia.entitlements.tables.after import AccountChange
from guanjia.ledger.models import Entry
from guanjia.people import seal
from guanjia.staff.models import User


@transaction.atomic
def prepare(
    award: Award, payee: str, account: str, reason: str, by: User, at: datetime
) -> AccountChange:
    """Ask that an award be paid elsewhere, or to the same account after it was looked into.

    Raises NoteMissing, AccountWaits.
    """
    if not reason.strip() or not payee.strip() or not account.strip():
        raise NoteMissing
    last = Entry.objects.filter(kind="failure").order_by("-pk").values_list("pk", flat=True).first()
    try:
        with transaction.atomic():
            return AccountChange.objects.create(
                award=award,
                number=award.number,
                place_id=award.place_id,
                payee=payee.strip()[:60],
                account_sealed=seal.seal(account.strip()),
                account_tail=account.strip()[-4:],
                after=last or 0,
                reason=reason.strip()[:200],
                prepared_by=by,
                prepared_at=at,
            )
    except IntegrityError:
        raise AccountWaits from None


@transaction.atomic
def decide(change_id: int, agree: bool, by: User, at: datetime) -> AccountChange:
    """The second person agrees or sends it back. Raises SamePerson, WrongState."""
    change = AccountChange.objects.select_for_update().get(pk=change_id)
    if change.agreed is not None:
        raise WrongState(_("已批准") if change.agreed else _("已退回"))
    if change.prepared_by_id == by.pk:
        raise SamePerson
    change.agreed, change.approved_by, change.approved_at = agree, by, at
    change.save(update_fields=["agreed", "approved_by", "approved_at"])
    if agree:
        _supersede(change, by, at)
    return change


def _supersede(change: AccountChange, by: User, at: datetime) -> None:
    """The award as it stands now, paid to the corrected account."""
    standing = Award.objects.filter(number=change.number, superseded_at__isnull=True)
    award = standing.select_for_update().first()
    if award is None:
        return
    standing.update(superseded_at=at)
    award.pk, award.recorded_at = None, at
    award.payee, award.account_tail = change.payee, change.account_tail
    award.account_sealed = change.account_sealed
    award.prepared_by_id, award.approved_by = change.prepared_by_id, by
    award._state.adding = True
    award.save(force_insert=True)
