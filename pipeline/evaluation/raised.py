"""What a stream raised against its labels: alerts by kind, repeats, stories, and the hard pairs."""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from pipeline.core.records import Alert, EventType
from pipeline.evaluation.counts import Counts, Share
from pipeline.evaluation.gold import Expectation
from pipeline.evaluation.misses import Miss, miss
from pipeline.evaluation.outcome import Outcome

# Two events further apart than this are told apart by their dates alone.
MERGED_WITHIN = timedelta(hours=96)


@dataclass(slots=True)
class AlertCounts(Counts):
    """Counts of alerts; of the wrong ones, `doubled` tell a story once more."""

    doubled: int = 0

    @property
    def false(self) -> int:
        """The wrong ones that tell what is no news at all."""
        return self.wrong - self.doubled

    def add(self, other: Counts) -> None:
        """Add other counts to these."""
        Counts.add(self, other)
        if isinstance(other, AlertCounts):
            self.doubled += other.doubled


class Telling(NamedTuple):
    """One article's report of a labelled story of one kind, and the story it was counted on."""

    story: str
    kind: EventType
    found: Hashable
    at: datetime
    by: str


@dataclass(slots=True)
class RaisedScores:
    """The figures of what was raised.

    `repeats`: silent, of those that tell a known story and must be. `pairs`: articles that raised all that they
    must and nothing else, of each hard case. `merged`: two stories told within four days of each other that
    were taken for one.
    """

    alerts: dict[str, AlertCounts] = field(default_factory=dict)
    status: Share = field(default_factory=Share)
    repeats: Share = field(default_factory=Share)
    pairs: dict[str, Share] = field(default_factory=dict)
    tellings: list[Telling] = field(default_factory=list)
    merged: set[tuple[str, str, EventType]] = field(default_factory=set)
    misses: list[Miss] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    @property
    def clusters(self) -> list[tuple[Hashable, Hashable]]:
        """Each report as (true story, found story)."""
        return [((telling.story, telling.kind), telling.found) for telling in self.tellings]


def score_raised(scores: RaisedScores, outcome: Outcome) -> None:
    """Add what one article raised, after those before it."""
    expect, before = outcome.gold.expect, len(scores.misses)
    if expect is not None and expect.story is not None:
        _score_story(scores, outcome, expect)
    if expect is None or expect.alerts is not None:
        _score_alerts(scores, outcome)
    if expect is not None:
        _score_status(scores, outcome, expect)
        if expect.pair is not None:
            is_right = all(found.what.startswith("story") for found in scores.misses[before:])
            scores.pairs.setdefault(expect.pair, Share()).count(is_right=is_right)
        if expect.story is not None and expect.alerts:
            scores.told.add(expect.story)


def _score_story(scores: RaisedScores, outcome: Outcome, expect: Expectation) -> None:
    story = expect.story or ""
    if not expect.alerts and story in scores.told:
        scores.repeats.count(is_right=not outcome.alerts)
    found = dict(reversed(outcome.stories))
    for kind in sorted(expect.news or ()):
        alone = ("no story", outcome.gold.name, kind)
        article = outcome.gold.article
        at = article.published_at or article.fetched_at
        telling = Telling(story, kind, found.get(kind, alone), at, outcome.gold.name)
        _judge(scores, outcome, telling)
        scores.tellings.append(telling)


def _judge(scores: RaisedScores, outcome: Outcome, telling: Telling) -> None:
    """List a report that was counted on another story than the same event's reports before it."""
    before = [known for known in scores.tellings if known.kind == telling.kind]
    others = [known for known in before if known.found == telling.found and known.story != telling.story]
    same = [known for known in before if known.story == telling.story]
    if others:
        scores.misses.append(miss("story merged", telling.kind, outcome, instead=f"with {others[-1].by}"))
        if any(abs(telling.at - known.at) <= MERGED_WITHIN for known in others):
            one, other = sorted((telling.story, others[-1].story))
            scores.merged.add((one, other, telling.kind))
    elif same and all(known.found != telling.found for known in same):
        scores.misses.append(miss("story split", telling.kind, outcome, instead=f"from {same[-1].by}"))


def _score_alerts(scores: RaisedScores, outcome: Outcome) -> None:
    expect = outcome.gold.expect
    expected = Counter[EventType](expect.alerts or () if expect is not None else ())
    raised = Counter[EventType](alert.kind for alert in outcome.alerts)
    is_told = expect is not None and expect.story in scores.told
    for kind in sorted(expected.keys() | raised.keys()):
        counts = scores.alerts.setdefault(kind, AlertCounts())
        extra, lacking = raised[kind] - expected[kind], expected[kind] - raised[kind]
        counts.right += min(raised[kind], expected[kind])
        counts.missed += max(lacking, 0)
        counts.wrong += max(extra, 0)
        is_double = bool(expected[kind]) or is_told
        counts.doubled += max(extra, 0) if is_double else 0
        if lacking > 0:
            scores.misses.append(miss("alert missed", kind, outcome))
        if extra > 0:
            alert = next(alert for alert in reversed(outcome.alerts) if alert.kind == kind)
            what = "alert doubled" if is_double else "alert false"
            scores.misses.append(miss(what, kind, outcome, alert.event, _said(alert)))


def _score_status(scores: RaisedScores, outcome: Outcome, expect: Expectation) -> None:
    for alert in outcome.alerts:
        status = expect.status_of(alert.kind)
        if alert.kind not in (expect.alerts or ()) or status is None:
            continue
        scores.status.count(is_right=alert.status == status)
        if alert.status != status:
            what = f"status {alert.status}, not {status}"
            scores.misses.append(miss(what, alert.kind, outcome, alert.event, _said(alert)))


def _said(alert: Alert) -> str:
    return f"{alert.status}: {alert.headline} ({alert.why})"
