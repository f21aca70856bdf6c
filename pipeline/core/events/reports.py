"""What the stories stage is told of an article's events."""

from collections.abc import Iterator

from pipeline.core.events.ids import revision
from pipeline.core.records import EventReport, TaggedArticle

_WITHDRAWN = "retraction"


def reports_of(tagged: TaggedArticle) -> Iterator[EventReport]:
    """Yield a report of each event that is news, and of each that is taken back; a recap is told nobody."""
    told = [event for event in tagged.events if event.time_frame == "current" or event.mode == _WITHDRAWN]
    if not told:
        return
    version = revision(tagged.text)
    for event in told:
        yield EventReport(
            event=event,
            article_id=tagged.article_id,
            revision=version,
            url=tagged.url,
            title=tagged.title,
            source=tagged.source,
            language=tagged.language,
            published_at=tagged.published_at,
            fetched_at=tagged.fetched_at,
            backfill=tagged.backfill,
        )
