"""Ids that are hashes of content: the same article and event give the same id."""

from hashlib import sha256

import msgspec

from pipeline.core.records import AllianceEvent


def event_id(article_id: str, event: AllianceEvent) -> str:
    """Return the id of an event: a hash of the article's id and of what the event says."""
    said = [
        article_id, event.alliance, event.type, event.mode, event.actors, event.recipients, event.quantities, event.location,
        event.when, event.modality, event.time_frame, event.occasion, event.quote, event.evidence.start,
    ]  # fmt: skip
    return sha256(msgspec.json.encode(said)).hexdigest()


def revision(text: str) -> str:
    """Return the id of one version of an article's text."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
