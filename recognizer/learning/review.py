"""The review queue: which glyph a reviewer gets next, alone for a while, what they answer, and how that is undone."""

import random
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from recognizer.labels import NOT_A_DIGIT, NOT_A_DIGIT_NAME
from recognizer.models import SAMPLE_SHARE, Glyph, LabelConflictError, LabelEvent, Prediction, ReviewLease
from recognizer.numbers import AtLeast
from recognizer.owners import Owner

LEASE = timedelta(minutes=2)
"""For so long nobody else is given what a reviewer has before them."""
COUNTED_UP_TO = 1000
"""To count further what waits would cost more than it tells."""
STEP = timedelta(microseconds=1)
"""By so much the ends of one reviewer's leases differ: they tell which glyph comes first."""

State = tuple[int | None, bool]
"""What people say of a glyph: its label, and whether it is usable."""
UNANSWERED: State = (None, True)
ACCEPT, UNUSABLE = "accept", "unusable"
LABELS = {**{str(digit): digit for digit in range(10)}, NOT_A_DIGIT_NAME: NOT_A_DIGIT}
"""The answers that are labels, as a form writes them."""

SAYS_SOMETHING = Q(what=LabelEvent.What.LABEL, new__isnull=False) | Q(what=LabelEvent.What.UNUSABLE)
TAKES_BACK = Q(what=LabelEvent.What.LABEL, new__isnull=True) | Q(what=LabelEvent.What.USABLE)


class NothingToUndoError(Exception):
    """The reviewer has given no answer that still stands."""


class ReadAnewError(Exception):
    """The glyph was read anew since the reading that is to be accepted was shown."""


def hold(
    user: AbstractBaseUser, count: int = 1, *, first: int | None = None, skipped: Collection[int] = ()
) -> list[Glyph]:
    """Return the glyphs that a reviewer has before them, in order; from now on they are theirs for LEASE.

    count: how many; fewer come where the queue has no more.
    first: the id of the glyph that comes first, should they have it.
    skipped: ids of glyphs that they do not want to see now.
    """
    own = ReviewLease.objects.filter(user=user)
    own.filter(~Q(glyph__label=None, glyph__is_usable=True) | Q(glyph__in=skipped)).delete()
    ids = sorted(own.order_by("until").values_list("glyph", flat=True), key=lambda pk: pk != first)
    while len(ids) < count and (pk := _take_next(user, [*ids, *skipped])) is not None:
        ids.append(pk)
    _renew(own, ids)
    glyphs = _with_picture_and_answer(own, ids[:count])
    if len(glyphs) < len(ids[:count]):  # one was answered, deleted or taken over in this very moment
        return hold(user, count, first=first, skipped=skipped)
    return glyphs


def take(user: AbstractBaseUser, glyph_id: int) -> bool:
    """Lease a glyph to the reviewer unless somebody else has it; of two at once one gets it."""
    now = timezone.now()
    free = Q(until__lte=now) | Q(user=user)
    if ReviewLease.objects.filter(free, glyph=glyph_id).update(user=user, until=now + LEASE):
        return True
    try:
        with transaction.atomic():
            ReviewLease.objects.create(glyph_id=glyph_id, user=user, until=now + LEASE)
    except IntegrityError:  # somebody has it, or it is deleted
        return False
    return True


def give_up(user: AbstractBaseUser, glyph_id: int) -> None:
    """Let others have a glyph at once."""
    ReviewLease.objects.filter(user=user, glyph=glyph_id).delete()


def _take_next(user: AbstractBaseUser, passed_over: Collection[int]) -> int | None:
    """Lease the next glyph that nobody has and return its id, None where there is none."""
    for is_sample in (True, False) if is_sample_due() else (False, True):
        while (pk := _free(is_sample, passed_over).values_list("pk", flat=True).first()) is not None:
            if take(user, pk):
                return pk
    return None


def is_sample_due() -> bool:
    """Draw whether the next glyph comes from the random sample."""
    return random.random() < SAMPLE_SHARE


def _free(is_sample: bool, passed_over: Collection[int]) -> QuerySet[Glyph]:
    """Return what nobody has before them: the least sure first, of the random sample strictly the oldest.

    Each of the two has a partial index of its own, in this order.
    """
    taken = ReviewLease.objects.filter(glyph=OuterRef("pk"), until__gt=timezone.now())
    waiting = _waiting(is_sample).filter(~Exists(taken)).exclude(pk__in=passed_over)
    return waiting.order_by("id") if is_sample else waiting.order_by("margin", "id")


def _waiting(is_sample: bool) -> QuerySet[Glyph]:
    return Glyph.objects.filter(label=None, is_usable=True, is_sample=is_sample)


def _renew(own: QuerySet[ReviewLease], ids: list[int]) -> None:
    """Let the leases begin anew, their ends in the order of the ids; what was lost meanwhile stays lost."""
    until = timezone.now() + LEASE
    own.bulk_update([ReviewLease(pk=pk, until=until + place * STEP) for place, pk in enumerate(ids)], ["until"])


def _with_picture_and_answer(own: QuerySet[ReviewLease], ids: list[int]) -> list[Glyph]:
    """Return those of the glyphs that are still leased and unanswered, in the order of the ids."""
    answers = Prediction.objects.filter(is_primary=True).select_related("model_version")
    glyphs = Glyph.objects.filter(label=None, is_usable=True, pk__in=own.values("glyph"))
    glyphs = glyphs.select_related("picture").defer("picture__thumbnail")
    found = glyphs.prefetch_related(Prefetch("predictions", answers)).in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def write(
    glyph: Glyph, answer: str, *, user: AbstractBaseUser, expected: State = UNANSWERED, read: int | None = None
) -> None:
    """Write a reviewer's answer: one of LABELS, ACCEPT or UNUSABLE. Writing the same twice is no conflict.

    expected: the glyph's state as it was shown.
    read: the reading that was shown, 0–10, where it is to be accepted; None for whatever it is.
    Raises ReadAnewError; LabelConflictError when the glyph's state is another, which it then holds;
    Glyph.DoesNotExist once it is deleted.
    """
    if answer == ACCEPT and read is not None and glyph.answer.value != read:
        raise ReadAnewError(f"{glyph} was read as {glyph.answer.value} meanwhile.")
    label = glyph.answer.value if answer == ACCEPT else LABELS.get(answer)
    state = (label, answer != UNUSABLE)
    try:
        _change(glyph, state, user=user, expected=expected)
    except LabelConflictError:
        glyph.refresh_from_db(fields=["label", "is_usable"])
        latest = glyph.label_events.first()
        if (glyph.label, glyph.is_usable) != state or latest is None or latest.user_id != user.pk:
            raise


def undo(user: AbstractBaseUser, before: int | None = None) -> Glyph:
    """Take the reviewer's latest answer back and return its glyph.

    before: as in latest_answer.
    Raises NothingToUndoError; LabelConflictError when somebody has changed the glyph since.
    """
    answer = latest_answer(user, before)
    if answer is None:
        raise NothingToUndoError
    events = answer.glyph.label_events.filter(user=user, where=LabelEvent.Where.REVIEW, created=answer.created)
    before, after = _before_and_after(events)
    _change(answer.glyph, before, user=user, expected=after)
    return answer.glyph


def _change(glyph: Glyph, state: State, *, user: AbstractBaseUser, expected: State) -> None:
    """Bring the glyph from the expected state to another."""
    label, is_usable = state
    said = {"owner": Owner(user=user), "where": LabelEvent.Where.REVIEW, "expected": expected}
    if label is None and is_usable != expected[1]:
        glyph.set_usable(is_usable, **said)
    else:
        glyph.set_label(label, **said)


def _before_and_after(events: Iterable[LabelEvent]) -> tuple[State, State]:
    """Return the glyph's state before and after the events of one answer."""
    by_what = {event.what: event for event in events}
    label = by_what.get(LabelEvent.What.LABEL)
    before = (label.old if label else None, LabelEvent.What.USABLE not in by_what)
    after = (None, False) if LabelEvent.What.UNUSABLE in by_what else (label.new, True)
    return before, after


def latest_answer(user: AbstractBaseUser, before: int | None = None) -> LabelEvent | None:
    """Return an event of the reviewer's latest answer in the queue that they have not taken back.

    before: the id of an event that cannot be taken back any more; only earlier ones count.
    """
    answers = _standing_answers(user)
    if before is not None:
        answers = answers.filter(pk__lt=before)
    return answers.select_related("glyph").order_by("-created", "-id").first()


def _standing_answers(user: AbstractBaseUser) -> QuerySet[LabelEvent]:
    """Return the reviewer's answers, less those that were taken back in the queue."""
    in_queue = LabelEvent.objects.filter(where=LabelEvent.Where.REVIEW)
    taken_back = in_queue.filter(TAKES_BACK, glyph=OuterRef("glyph"), created__gt=OuterRef("created"))
    return in_queue.filter(SAYS_SOMETHING, user=user).filter(~Exists(taken_back))


def count_left() -> int:
    """Return how many glyphs wait for an answer, whoever has them; AtLeast so many where there are more."""
    waiting = [_waiting(is_sample).order_by()[: COUNTED_UP_TO + 1] for is_sample in (True, False)]
    count = sum(glyphs.count() for glyphs in waiting)  # each from its own index
    return AtLeast(COUNTED_UP_TO) if count > COUNTED_UP_TO else count


def count_done(user: AbstractBaseUser, since: datetime) -> int:
    """Return how many glyphs the reviewer has answered in the queue since then."""
    return _standing_answers(user).filter(created__gte=since).values("glyph").distinct().count()
