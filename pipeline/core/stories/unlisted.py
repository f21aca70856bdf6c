"""Which articles and events a story counts that it lists no longer: eight characters each, the newest last."""

from base64 import b64encode
from functools import lru_cache
from hashlib import blake2b

from msgspec.structs import replace

from pipeline.core.records import Story, StoryReport

KEPT_MARKS = 512
_LENGTH = (
    8  # of 48 bits: beside a million reports held, one in three hundred million is taken for one of them
)


@lru_cache(maxsize=256)  # those of the report under way are asked for again and again
def mark(id_: str) -> str:
    """Return the mark of an article's or an event's id."""
    return b64encode(blake2b(id_.encode("utf-8", "surrogatepass"), digest_size=6).digest()).decode()


def marks_in(marks: str) -> list[str]:
    """Return the marks one by one."""
    return [marks[start : start + _LENGTH] for start in range(0, len(marks), _LENGTH)]


def is_unlisted(story: Story, article_id: str) -> bool:
    """Return whether a story counts an article that it lists no longer."""
    return _has(story.unlisted.articles, mark(article_id))


def with_unlisted(story: Story, report: StoryReport) -> Story:
    """Return a story that remembers a report which it lists no longer."""
    return with_event(_marked(story, "articles", mark(report.article.article_id)), *report.event_ids)


def with_event(story: Story, *event_ids: str) -> Story:
    """Return a story that remembers more events of articles which it lists no longer."""
    return _marked(story, "events", *map(mark, event_ids))


def _marked(story: Story, of: str, *marks: str) -> Story:
    known: str = getattr(story.unlisted, of)
    added = "".join(one for one in marks if not _has(known, one))
    return replace(story, unlisted=replace(story.unlisted, **{of: (known + added)[-KEPT_MARKS * _LENGTH :]}))


def _has(marks: str, one: str) -> bool:
    return one in marks and one in marks_in(marks)
