"""Alerts for tests, written from little."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from pipeline.core.records import (
    Alert,
    AllianceEvent,
    ArticleRef,
    Attribution,
    Evidence,
    Quantity,
    Source,
    When,
)

NAMES = {"Q423": "North Korea", "Q159": "Russia", "Q5483": "Kursk"}
TIME = datetime(2026, 1, 9, 7, 12, tzinfo=UTC)


def sha(text: str) -> str:
    """Return an id."""
    return hashlib.sha256(text.encode()).hexdigest()


def an_article(number: int, *, family: str = "example-agency", url: str | None = None) -> ArticleRef:
    """Return a reference to an article."""
    source = Source(id=family, name=family.replace("-", " ").title(), family=family)
    return ArticleRef(article_id=sha(f"article {number}"), url=url, source=source, published_at=TIME)


def an_alert(number: int = 1, **changes: Any) -> Alert:
    """Return an alert of a deployment, as changed."""
    sentence = "About 15,000 North Korean troops were sent to Kursk, the spy agency said."
    event = AllianceEvent(
        event_id=sha(f"event {number}"),
        alliance="example",
        type="deployment",
        mode="dispatch",
        plover="COOPERATE",
        actors=("Q423",),
        recipients=("Q159",),
        quantities=(Quantity(of="troops", low=15000, high=15000, approximate=True, text="About 15,000"),),
        location="Q5483",
        when=When(text="this week"),
        attribution=(Attribution(name="the spy agency"),),
        modality="estimated",
        evidence=Evidence(start=0, end=len(sentence), text=sentence),
        confidence=0.8,
    )
    fields: dict[str, Any] = {
        "alert_id": sha(f"alert {number}"),
        "story_id": sha(f"story {number}"),
        "kind": "deployment",
        "status": "new",
        "headline": "North Korea → Russia: about 15,000 troops to Kursk",
        "why": "first report of this deployment",
        "event": event,
        "articles": (an_article(number, url=f"https://news.example.org/{number}"),),
        "first_published_at": TIME,
        "raised_at": TIME,
    }
    return Alert(**(fields | changes))
