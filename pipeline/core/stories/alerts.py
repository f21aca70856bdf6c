"""The message a story's report raises."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from msgspec.structs import replace

from pipeline.core.records import Alert, AlertStatus, ArticleRef, Change, EventReport, Story
from pipeline.core.stories.rules import Rules
from pipeline.core.stories.wording import Wording


def alert_of(
    story: Story,
    report: EventReport,
    status: AlertStatus,
    changes: Sequence[Change],
    *,
    raised_at: datetime,
    wording: Wording,
    rules: Rules,
) -> Alert:
    """Return the alert; its id is a hash of the story, the status and what is said, so a redelivery has the same.

    `event` is the event as known now, with this report's evidence and the confidence of `confidence_of`.
    """
    event = replace(
        story.event,
        event_id=report.event.event_id,
        evidence=report.event.evidence,
        confidence=confidence_of(story, report, rules),
    )
    headline, why = wording.of(status, event, changes, report)
    return Alert(
        alert_id=digest("alert", story.story_id, status, *(f"{c.field}={c.old}>{c.new}" for c in changes)),
        story_id=story.story_id,
        kind=story.kind,
        status=status,
        headline=headline,
        why=why,
        event=event,
        previous=tuple(changes),
        articles=_articles(story, article_ref(report)),
        first_published_at=story.first_published_at,
        date_basis=story.date_basis,
        raised_at=raised_at,
    )


def confidence_of(story: Story, report: EventReport, rules: Rules) -> float:
    """Return how sure an alert is of what it says.

    For a statement: that it was made; whoever publishes it is evidence of that, state media first of all.
    For anything else: that it is so. Then the tagger's confidence is lessened by the modality and where
    state media alone report it. Each further publisher family takes a share of the remaining doubt;
    copies of one wire are one family.
    """
    confidence = report.event.confidence
    weights = rules.confidence
    if not rules.of_type[story.kind].spoken:
        confidence *= weights["modality"][report.event.modality]
        if all(known.article.source.kind == "state_media" for known in story.reports):
            confidence *= weights["source"]["state_media_only"]
    doubt = (1 - confidence) * (1 - weights["source"]["family"]) ** (max(len(story.families), 1) - 1)
    return round(1 - float(doubt), 4)


def article_ref(report: EventReport) -> ArticleRef:
    """Return which article a report comes from."""
    return ArticleRef(
        article_id=report.article_id,
        url=report.url,
        source=report.source,
        published_at=report.published_at,
        language=report.language,
    )


def digest(*parts: str) -> str:
    """Return the SHA-256 of these parts, in hex."""
    return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _articles(story: Story, last: ArticleRef) -> tuple[ArticleRef, ...]:
    before = (known.article for known in story.reports if known.article.article_id != last.article_id)
    return (*before, last)
