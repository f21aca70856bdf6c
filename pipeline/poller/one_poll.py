"""One poll of one feed: what is new in it is published, and then remembered."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from pipeline.core.feeds import Feed, FeedState
from pipeline.fetching import Fetcher
from pipeline.poller.carriers import Carriers
from pipeline.poller.entries import Entry, is_news, read_entry, with_version
from pipeline.poller.looking import look_at
from pipeline.poller.pages import Pages
from pipeline.poller.progress import FeedResult, after_reading, after_unchanged
from pipeline.poller.writing import Writer
from pipeline.sources.directory import new_files, read_file
from pipeline.sources.item import Item

_ITEMS_AT_ONCE = 500


class FeedReader:
    """Polls feeds, one call a poll; `carriers` says which of a site's feeds publishes an entry.

    A poll raises FetchError or SourceError where the feed could not be read, BrokerError where Kafka has not taken it.
    """

    def __init__(self, fetcher: Fetcher, writer: Writer, *, usual_seconds: float) -> None:
        self._fetcher = fetcher
        self._pages = Pages(fetcher)
        self._writer = writer
        self._usual_seconds = usual_seconds

    async def poll(self, feed: Feed, state: FeedState, carriers: Carriers) -> tuple[FeedState, FeedResult]:
        """Publish what is new, and return what is to be remembered once Kafka has it."""
        if feed.via == "directory":
            return await self._poll_folder(feed, state)
        now = datetime.now(UTC)
        known = replace(state, etag="", last_modified="", content_hash="") if state.pages_wanted else state
        look = await look_at(feed, known, self._fetcher)
        answer = look.answer
        state = replace(
            state,
            url=answer.moved_to or state.url,
            etag=answer.validators.etag,
            last_modified=answer.validators.last_modified,
            content_hash=look.content_hash,
        )
        if look.listing is None:
            return after_unchanged(state, feed, now, self._usual_seconds, answer), FeedResult(feed)
        fields = look.listing.entries
        entries = await asyncio.to_thread(_entries, fields, feed, now)
        claimed = carriers.claim(entries, feed.id)
        own = [entry for entry in entries.values() if carriers.is_carried_by(entry.key, feed.id)]
        try:
            published, bad, missing = await self._publish(own, feed, state, now)
        except BaseException:
            carriers.release(claimed)
            raise
        carriers.settle(claimed)
        others = entries.keys() - {entry.key for entry in own}
        of_others = {key: "" for key in others if carriers.is_settled(key)}
        if len(of_others) < len(
            others
        ):  # another feed is publishing them, or fails to: look again at the next poll
            state = replace(state, etag="", last_modified="", content_hash="")
        seen = {entry.key: with_version(entry, state.seen) for entry in reversed(own)}
        state = after_reading(
            state,
            feed,
            now,
            self._usual_seconds,
            seen=seen | of_others,
            pages_wanted=missing,
            entries=len(fields),
            published=published,
            stated=(look.listing.ttl_seconds, answer.fresh_seconds),
        )
        return state, FeedResult(feed, entries=len(fields), published=published, bad=bad)

    async def _publish(
        self, own: Sequence[Entry], feed: Feed, state: FeedState, now: datetime
    ) -> tuple[int, int, dict[str, int]]:
        """Publish what is new and what has got its page; return how many, how many bad, and whose page is still wanted."""
        news = {entry.key for entry in own if is_news(entry, state.seen)}
        wanted = [entry for entry in own if entry.key in news or entry.key in state.pages_wanted]
        completed = await self._pages.complete(wanted, feed, state.pages_wanted, now)
        items = [e.item for e in completed.entries if e.key in news or e.key not in completed.without]
        bad = await self._writer.publish(items)
        return len(items) - bad, bad, completed.wanted

    async def _poll_folder(self, feed: Feed, state: FeedState) -> tuple[FeedState, FeedResult]:
        now = datetime.now(UTC)
        files = await asyncio.to_thread(new_files, feed, state.seen, now)
        published = bad = 0
        for file in files:
            items = read_file(file, feed, now)
            while some := await asyncio.to_thread(_some, items):
                bad_ones = await self._writer.publish(some)
                published, bad = published + len(some) - bad_ones, bad + bad_ones
        if not files:
            return after_unchanged(state, feed, now, self._usual_seconds), FeedResult(feed)
        state = after_reading(
            state,
            feed,
            now,
            self._usual_seconds,
            seen={file.key: file.version for file in files},
            pages_wanted={},
            entries=published + bad,
            published=published,
        )
        return state, FeedResult(feed, entries=published + bad, published=published, bad=bad)


def _entries(fields: Sequence[Mapping[str, Any]], feed: Feed, now: datetime) -> dict[str, Entry]:
    """Return the entries, the oldest first, as feeds list the newest first; one that is listed twice is the newer one."""
    return {entry.key: entry for entry in (read_entry(one, feed, now) for one in reversed(fields))}


def _some(items: Iterable[Item]) -> list[Item]:
    return [item for _, item in zip(range(_ITEMS_AT_ONCE), items, strict=False)]
