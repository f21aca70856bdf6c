"""What a feed holds at this poll: asked with what its server said last, and not read again where nothing has changed."""

from hashlib import sha256
from typing import NamedTuple

from pipeline.core.feeds import Feed, FeedState
from pipeline.fetching import Answer, Fetcher, Validators
from pipeline.sources.listing import Document, Listing
from pipeline.sources.readers import read_listing

_HASH_CHARS = 16


class Look(NamedTuple):
    """What a server sent and, unless nothing has changed, what it holds."""

    answer: Answer
    content_hash: str
    listing: Listing | None


async def look_at(feed: Feed, state: FeedState, fetcher: Fetcher) -> Look:
    """Fetch a feed and read it. Raises FetchError or SourceError."""
    answer = await fetcher.fetch(state.url, Validators(state.etag, state.last_modified))
    if answer.content is None:
        return Look(answer, state.content_hash, None)
    digest = sha256(answer.content).hexdigest()[:_HASH_CHARS]
    if digest == state.content_hash:
        return Look(answer, digest, None)
    document = Document(answer.url, answer.content, answer.content_type)

    async def fetch(url: str) -> Document:
        part = await fetcher.fetch(url)
        return Document(part.url, part.content or b"", part.content_type)

    return Look(answer, digest, await read_listing(document, feed, fetch))
