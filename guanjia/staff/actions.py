"""The verbs of the gate: open a post, let somebody stand in, hand over, lock an account."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from guanjia.kit import scope
from guanjia.staff import errors, open_work, queries, roles
from guanjia.staff.models import HandedOver, Handover, Post, Taken, User

DIGITS = {
    roles.CITY_CLERK: (6,),
    roles.CITY_CHIEF: (6,),
    roles.TOWN_CLERK: (9,),
    roles.TOWN_CHIEF: (9,),
    roles.VILLAGE_WORKER: (12,),
    roles.PROVIDER: (9, 12),
    roles.AUDITOR: (6, 9),
    roles.ADMINISTRATOR: (6,),
}


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post to be opened: whose, which, where, from when, until when."""

    user: User
    role: str
    place: str
    since: date
    until: date | None = None


def open_post(new: NewPost) -> Post:
    """Give a user a post. Raises PostError."""
    if len(new.place) not in DIGITS[new.role]:
        raise errors.BadPlace(new.role)
    return _give(
        Post(
            user=new.user,
            role=new.role,
            place_id=new.place,
            since=new.since,
            until=new.until,
        )
    )


def stand_in(post: Post, substitute: User, since: date, until: date) -> Post:
    """Let somebody else sit at the desk for a dated time. Raises PostError."""
    within = post.since <= since < until and (post.until is None or until <= post.until)
    if not within or substitute.pk == post.user_id or post.stands_in_for_id:
        raise errors.BadSubstitute
    return _give(
        Post(
            user=substitute,
            role=post.role,
            place_id=post.place_id,
            since=since,
            until=until,
            stands_in_for=post,
        )
    )


@transaction.atomic
def end_post(
    post_id: int,
    ends_on: date,
    by: User,
    today: date,
    to: int | None = None,
    forced_because: str = "",
) -> Handover:
    """End a post; what is open goes to the post `to`, or by force to the chief of the place.

    Raises PostError where work is open and nobody takes it over, or the day is none.
    """
    post = Post.objects.select_for_update().select_related("place", "user").get(pk=post_id)
    if ends_on < today or ends_on <= post.since or (post.until and post.until < ends_on):
        raise errors.AlreadyEnded
    if post.role == roles.ADMINISTRATOR:
        _refuse_last_administrator(post.user, today)
    left = open_at(post, today)
    taker = _taker(post, left, today, to, bool(forced_because))
    with _at(post, today):
        handover = Handover.objects.create(
            post=post,
            place=post.place_id,
            ends_on=ends_on,
            to=taker,
            by=by,
            forced=bool(forced_because),
            reason=forced_because,
        )
        HandedOver.objects.bulk_create(
            HandedOver(handover=handover, place=post.place_id, what=code, count=count)
            for code, count in left.items()
        )
        Post.objects.filter(pk=post.pk).update(until=ends_on)
    return handover


def take_over(handover: Handover, by: User) -> None:
    """The successor says that he has it; said twice, it is said once."""
    Taken.objects.get_or_create(handover=handover, defaults={"place": handover.place, "by": by})


def open_at(post: Post, today: date) -> dict[str, int]:
    """What is open at a desk, seen with its own eyes: kind to how much."""
    with scope.hold(scope.staff(post.pk, post.role, post.place_id, today)):
        return open_work.of(post)


def lock(user: User, today: date) -> None:
    """The account can no longer sign in; its sessions end. Raises PostError for the last administrator."""
    _refuse_last_administrator(user, today)
    User.objects.filter(pk=user.pk).update(is_active=False)


def unlock(user: User) -> None:
    """The account can sign in again."""
    User.objects.filter(pk=user.pk).update(is_active=True)


def _taker(
    post: Post, left: dict[str, int], today: date, to: int | None, forced: bool
) -> Post | None:
    """Who takes over. Raises PostError."""
    if to is not None:
        able = {one.pk: one for one in queries.successors(post, left, today)}
        if to not in able:
            raise errors.NoSuccessor
        return able[to]
    if not left:
        return None
    if not forced:
        raise errors.OpenWork
    chief = queries.chief_over(post, today)
    if chief is None:
        raise errors.NoChief
    return chief


def _give(post: Post) -> Post:
    """Save it; what the schema refuses is said in words. Raises PostError."""
    try:
        with transaction.atomic():
            post.save()
    except IntegrityError as problem:
        if "one_post_of_a_kind_at_a_time" in str(problem):
            raise errors.HeldAlready from None
        if "incompatible_roles_are_two_persons" in str(problem):
            raise errors.Incompatible(_clash(post)) from None
        if "post_ends_after_it_begins" in str(problem):
            raise errors.AlreadyEnded from None
        raise
    return post


def _clash(post: Post) -> str:
    """The post that the user holds already and that does not go with the new one."""
    for held in Post.objects.filter(user_id=post.user_id).select_related("place"):
        one, other = held.place_id, post.place_id
        nested = one.startswith(other) or other.startswith(one)
        meets = (held.until is None or held.until > post.since) and (
            post.until is None or post.until > held.since
        )
        if meets and roles.incompatible(held.role, post.role, nested):
            return str(held)
    return ""


def _refuse_last_administrator(user: User, today: date) -> None:
    others = queries.in_force(today).filter(role=roles.ADMINISTRATOR).exclude(user=user)
    holds = queries.posts_of(user.pk, today).filter(role=roles.ADMINISTRATOR)
    if holds.exists() and not others.exists():
        raise errors.LastAdministrator


@contextmanager
def _at(post: Post, today: date) -> Iterator[None]:
    """A scope that may write what belongs to the post's place."""
    with scope.hold(scope.job(f"post/{post.pk}", post.place_id, today)):
        yield
