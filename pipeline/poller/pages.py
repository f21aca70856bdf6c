"""The text of entries from their own pages, where the feed has only a beginning of it."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pipeline.core.feeds import Feed
from pipeline.fetching import PAGES, Fetcher, FetchError, Robots
from pipeline.poller.entries import Entry, merged_page
from pipeline.sources.full_text import page_issue, with_page
from pipeline.sources.html_page import page_fields
from pipeline.sources.listing import needs_page

# A page that could not be had is tried again at so many later polls; meanwhile the entry is out as the feed has it.
MOST_TRIES = 4


class Completed(NamedTuple):
    """Entries, those of them that are `without` the page they need, and how often that of those still to be tried was."""

    entries: list[Entry]
    without: frozenset[str]
    wanted: dict[str, int]


class Pages:
    """Gets pages, as far as their sites allow robots to."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._robots = Robots(fetcher)

    async def complete(
        self, entries: Sequence[Entry], feed: Feed, wanted: Mapping[str, int], fetched_at: datetime
    ) -> Completed:
        """Return the entries with the text of their pages; `wanted` is how often that was tried before."""
        needing = [entry for entry in entries if needs_page(entry.fields, feed)]
        found = await asyncio.gather(*(self._page(entry) for entry in needing))
        pages = {entry.key: page for entry, page in zip(needing, found, strict=True) if page is not None}
        tries = {entry.key: wanted.get(entry.key, 0) + 1 for entry in needing if entry.key not in pages}
        return Completed(
            [
                merged_page(entry, pages[entry.key], feed, fetched_at) if entry.key in pages else entry
                for entry in entries
            ],
            frozenset(tries),
            {key: count for key, count in tries.items() if count < MOST_TRIES},
        )

    async def _page(self, entry: Entry) -> dict[str, Any] | None:
        """Return the entry's fields with those of its page, as they are where it may not be read; None: to be tried again."""
        url = str(entry.fields["url"])
        try:
            if not await self._robots.allows(url):
                return dict(entry.fields)
            answer = await self._fetcher.fetch(url, accept=PAGES)
        except FetchError as error:
            return dict(entry.fields) if error.is_gone or error.status == 404 else None
        page = await asyncio.to_thread(
            page_fields, answer.content or b"", url=answer.url, content_type=answer.content_type
        )
        return None if page_issue(entry.fields, page) else with_page(entry.fields, page)
