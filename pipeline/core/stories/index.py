"""Which stories a report may belong to, found without reading the stories themselves."""

from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import Struct

from pipeline.core.stories.slots import Slots
from pipeline.core.stories.tokens import Tokens

_BUCKET_DAYS = 4
# Of a token that many stories share, the newest are compared: on a day on which one country's people do
# more than this of one type, they are told apart by name or not at all.
_COMPARED = 32
_NONE: dict["Entry", None] = {}


class Entry(Struct, eq=False, gc=False):
    """What is kept in memory of a story: its slots, its days, and its places in the index.

    `first` and `until` are the days it may have happened on; `closed_day` the day it was retracted. Holds
    nothing that leads back to it, so the garbage collector need not look at a hundred thousand of them.
    """

    story_id: str
    block: str
    slots: Slots
    last_day: int
    first: int = 0
    until: int = 0
    closed_day: int | None = None
    keys: tuple[int, ...] = ()
    reports: tuple[int, ...] = ()
    articles: tuple[int, ...] = ()


class StoryIndex:
    """Entries by block, actor and days, by report, and by the day after which they are forgotten.

    A story is filed under the days it may have happened on.
    """

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._by_key: dict[int, dict[Entry, None]] = {}  # ordered, newest last
        self._by_report: dict[int, Entry] = {}
        self._by_article: dict[int, tuple[Entry, ...]] = {}
        self._by_last_day: dict[int, set[Entry]] = {}
        self._by_story: dict[str, Entry] = {}
        self._oldest_day: int | None = None

    def __len__(self) -> int:
        return len(self._by_story)

    def entry(self, story_id: str) -> Entry | None:
        """Return a story's entry, if there is one."""
        return self._by_story.get(story_id)

    def put(self, entry: Entry) -> None:
        """Add an entry."""
        self._by_story[entry.story_id] = entry
        self._by_last_day.setdefault(entry.last_day, set()).add(entry)
        if self._oldest_day is None or entry.last_day < self._oldest_day:
            self._oldest_day = entry.last_day
        self._file(entry)

    def move(self, entry: Entry, slots: Slots, last_day: int) -> None:
        """Give an entry other slots and another last day."""
        if last_day != entry.last_day:
            self._by_last_day[entry.last_day].discard(entry)
            self._by_last_day.setdefault(last_day, set()).add(entry)
            entry.last_day = last_day
        if slots != entry.slots:
            self._unfile(entry)
            entry.slots = slots
            self._file(entry)

    def note(self, entry: Entry, article: int, reports: Iterable[int]) -> None:
        """Remember that an article and its reports belong to an entry."""
        told = self._by_article.get(article, ())
        if entry not in told:
            self._by_article[article] = (*told, entry)
            entry.articles += (article,)
        for report in reports:
            if self._by_report.get(report) is not entry:
                self._by_report[report] = entry
                entry.reports += (report,)

    def holder(self, report: int) -> Entry | None:
        """Return the entry that a report belongs to."""
        return self._by_report.get(report)

    def told_by(self, article: int) -> tuple[Entry, ...]:
        """Return the entries that an article tells."""
        return self._by_article.get(article, ())

    def named(self, block: str, slots: Slots, reach: int) -> Iterator[Entry]:
        """Yield the entries that share an actor (or the place) with these slots, at most `reach` days off."""
        first, last = slots.first - reach, slots.last + reach
        for token in self._tokens.exact(slots):
            for bucket in _buckets(first, last):
                for entry in reversed(self._by_key.get(hash((block, token, bucket)), _NONE)):
                    if entry.first <= last and entry.until >= first:
                        yield entry

    def related(self, block: str, slots: Slots, reach: int) -> Iterator[Entry]:
        """Yield the entries that may mean the same by other names, at most `reach` days off; the newest first."""
        first, last = slots.first - reach, slots.last + reach
        for token in self._tokens.related(slots):
            for bucket in _buckets(first, last):
                filed = self._by_key.get(hash((block, token, bucket)), _NONE)
                for entry in islice(reversed(filed), _COMPARED):
                    if entry.first <= last and entry.until >= first:
                        yield entry

    def forget_before(self, day: int) -> Iterator[str]:
        """Drop the entries whose last report is older than this day; yield the ids of their stories."""
        if self._oldest_day is None:
            return
        days = range(self._oldest_day, day)
        # A jump of years is cheaper by the days that are there.
        old = days if len(days) <= len(self._by_last_day) else sorted(d for d in self._by_last_day if d < day)
        for past in old:
            for entry in self._by_last_day.pop(past, ()):
                self._forget(entry)
                yield entry.story_id
        self._oldest_day = max(self._oldest_day, day)

    def _forget(self, entry: Entry) -> None:
        self._unfile(entry)
        del self._by_story[entry.story_id]
        for report in entry.reports:
            if self._by_report.get(report) is entry:
                del self._by_report[report]
        for article in entry.articles:
            told = tuple(other for other in self._by_article[article] if other is not entry)
            if told:
                self._by_article[article] = told
            else:
                del self._by_article[article]

    def _file(self, entry: Entry) -> None:
        entry.first, entry.until = entry.slots.first, entry.slots.heard
        days = _buckets(entry.first, entry.until)
        tokens = self._tokens.filed(entry.slots)
        entry.keys = tuple({hash((entry.block, token, day)) for token in tokens for day in days})
        for key in entry.keys:
            self._by_key.setdefault(key, {})[entry] = None

    def _unfile(self, entry: Entry) -> None:
        for key in entry.keys:
            entries = self._by_key[key]
            del entries[entry]
            if not entries:
                del self._by_key[key]


def _buckets(first: int, last: int) -> range:
    return range(first // _BUCKET_DAYS, last // _BUCKET_DAYS + 1)
