"""When it happened, and whether that is the news or a recap."""

import re
from datetime import date, timedelta

from pipeline.core.events.context import Context
from pipeline.core.events.cues import words_of
from pipeline.core.events.draft import Draft
from pipeline.core.events.scene import Scene, Word
from pipeline.core.records import TimeFrame, When
from pipeline.core.text.dates import DateSpan, find_dates

_YEAR = re.compile(r"\d{4}")
_BEFORE_YEAR = re.compile(rf"\b(?:{'|'.join(sorted(words_of('before_year')))})\s$", re.IGNORECASE)
_COUNTED = 30
_JUST_TOLD = timedelta(days=45)
_HALF_A_YEAR = timedelta(days=184)
_LEAD = 2
_SHORT = 6
_NEAR = 120
_NEAR_ACT = 30
_TOLD_BESIDE = frozenset({"statement", "deployment"})
_SPOKEN_OF = 10
_COMMA = frozenset(",，;；。")
_CONFIRMED = "confirmation"
_SAID_LAST = frozenset({"ko", "zh"})  # languages that put the day of saying right before the verb


def dates_in(context: Context, scene: Scene) -> list[DateSpan]:
    """Return the dates of a sentence, without that of its dateline."""
    dates = find_dates(scene.text, scene.lead_in, scene.end, context.article.published_at)
    dates = [date for date in dates if not scene.is_dateline(date.end)]
    return [date for date in dates if not _is_a_count(scene, date)]


def _is_a_count(scene: Scene, date: DateSpan) -> bool:
    """Return whether a bare number that could be a year counts what follows it ("2000 soldiers")."""
    if not _YEAR.fullmatch(scene.text, date.start, date.end):
        return False
    if _BEFORE_YEAR.search(scene.text, max(scene.start, date.start - 8), date.start):
        return False
    return any(
        0 < word.start - date.end <= _COUNTED and "," not in scene.text[date.end : word.start]
        for word in scene.words("thing")
    )


def own_dates(draft: Draft, dates: list[DateSpan]) -> list[DateSpan]:
    """Return the dates that can be the event's, without that of the summit or treaty that is told beside it."""
    if draft.entry.type not in _TOLD_BESIDE:
        return dates
    return [date for date in dates if not _is_of_an_act(draft.scene, date)]


def _is_of_an_act(scene: Scene, date: DateSpan) -> bool:
    before = scene.text[max(scene.start, date.start - _NEAR_ACT) : date.start].rpartition(",")[2]
    return not words_of("dated_acts").isdisjoint(before.lower().split())


def when_of(scene: Scene, trigger: Word, dates: list[DateSpan]) -> DateSpan | None:
    """Return the date of what the trigger tells: the nearest in its clause, else the nearest in the sentence."""
    if not dates:
        return None
    if scene.grammar.language in _SAID_LAST:
        dates = [date for date in dates if not _is_of_saying(scene, date)] or dates
    start, end = scene.clause(trigger.start)
    near = [date for date in dates if start <= date.start < end]
    return min(near or dates, key=lambda date: _distance(date, trigger))


def _is_of_saying(scene: Scene, date: DateSpan) -> bool:
    """Tell whether a date is that of the word of saying right behind it ("12일 밝혔다", "18日说")."""
    return any(0 <= word.start - date.end <= 1 for word in scene.cues("say"))


def _distance(date: DateSpan, trigger: Word) -> int:
    return date.start - trigger.end if date.start >= trigger.end else trigger.start - date.end


def time_frame(context: Context, draft: Draft, when: When, *, since: bool) -> TimeFrame:
    """Return whether the event is the news: by its date, by recap words, by where it stands in the article."""
    scene = draft.scene
    if draft.is_background or _is_left_unsaid(scene, draft.trigger):
        return "background"
    recap = _is_recap(scene, draft.trigger, strong_only=scene.index < _LEAD)
    if when.end is not None and when.start is not None and context.published is not None:
        if scene.index == 0 and when.precision == "year":
            return "current"
        begun = when.start if since else when.end
        up_to_now = since or (when.precision != "day" and when.end >= context.published)
        counted_now = up_to_now and _is_told_now(scene, draft.trigger)
        if counted_now and (context.published - when.start).days <= context.alliance.disclosed_days:
            return "current"
        if (context.published - begun).days > _fresh_days(context, scene, when, is_recap=recap or since):
            return "background"
        if when.precision != "day" and (scene.index > _LEAD or recap):
            return "background"
        if when.precision == "day":
            return "current"
    if recap:
        return "background"
    if scene.index <= _LEAD or context.is_state_media or len(context.scenes) <= _SHORT:
        return "current"
    return "background"


def _fresh_days(context: Context, scene: Scene, when: When, *, is_recap: bool) -> int:
    """Return how long ago it may have happened: what somebody discloses in the lead is news for longer."""
    alliance = context.alliance
    is_short = when.start is not None and when.end is not None and when.end - when.start <= _HALF_A_YEAR
    told = bool(scene.cues("say") or context.scenes[0].cues("say"))
    disclosed = scene.index <= 1 and told and when.precision != "day" and is_short
    if is_recap:
        return alliance.fresh_days
    return alliance.disclosed_days if disclosed else alliance.fresh_days


def _is_told_now(scene: Scene, trigger: Word) -> bool:
    """Tell whether the lead's main clause gives, as somebody's word, what was done up to now ("since August …, X said")."""
    start, _ = scene.clause(trigger.start)
    in_relative = any(word.start == start for word in scene.cues("boundary"))
    return scene.index <= 1 and bool(scene.cues("say")) and not in_relative


def ahead(when: When, published: date | None) -> When:
    """Return the date of a plan: a month or day named without a year lies ahead of the publication.

    A day shortly before is when the plan was told, and says nothing of when it will be done.
    """
    if published is None or when.start is None or when.end is None or _YEAR.search(when.text):
        return when
    if when.precision == "day" and timedelta() <= published - when.end <= _JUST_TOLD:
        return When()
    if when.end >= published:
        return when
    if when.start.month == 2 and when.start.day == 29:
        return when
    end_day = min(when.end.day, 28) if when.end.month == 2 else when.end.day
    return When(
        start=when.start.replace(year=when.start.year + 1),
        end=when.end.replace(year=when.end.year + 1, day=end_day),
        precision=when.precision,
        text=when.text,
    )


def is_spoken_of(scene: Scene, trigger: Word) -> bool:
    """Tell whether it is only what somebody is asked about or speaks of ("asked about the dispatch, he said …").

    Who confirms it makes it the news.
    """
    after = [w for w in scene.cues("spoken_of") if 0 <= w.start - trigger.end <= _SPOKEN_OF]
    if not any(_COMMA.isdisjoint(scene.text[trigger.end : word.start]) for word in after):
        return False
    return all(word.value != _CONFIRMED for word in scene.words("event"))


def _is_left_unsaid(scene: Scene, trigger: Word) -> bool:
    """Tell whether it is what somebody was asked of and will say nothing about."""
    return any(word.start <= trigger.start for word in scene.cues("no_comment"))


def _is_recap(scene: Scene, trigger: Word, *, strong_only: bool) -> bool:
    if scene.cues("correct"):
        return False  # what "was reported earlier" is what is set right
    words = scene.cues("recap") if strong_only else [*scene.cues("recap"), *scene.cues("recap_weak")]
    if not scene.grammar.marks_after:  # what a later relative clause recalls is of that clause
        ends = [word.start for word in scene.cues("relative") if word.start > trigger.end]
        words = [word for word in words if not ends or word.start <= ends[0]]
    return any(
        trigger.start - word.end <= _NEAR
        and word.start - trigger.end <= _NEAR
        and word.start != trigger.start
        for word in words
    )


def when_said(date: DateSpan | None) -> When:
    """Return the date as a record."""
    return date.when if date is not None else When()
