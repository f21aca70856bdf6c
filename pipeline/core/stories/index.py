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
# A key has few entries or very many: few are a tuple, which takes a fifth of a dict; of many, one is soon removed.
_FEW = 8


class Entry(Struct, eq=False, gc=False):
    """What is kept in memory of a story: its slots, its days, whether it is kept still.

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
    forgotten: bool = False


Few = tuple[Entry, ...]
_NONE: Few = ()


class StoryIndex:
    """Entries by block, actor and days, by report, and by the day after which they are forgotten.

    A story is filed under the days it may have happened on. Whatever can be worked out again, or found by looking
    through all once a day, is not kept beside: a story takes less than two kilobytes.
    """

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._by_key: dict[int, Few | dict[Entry, None]] = {}  # ordered, newest last
        self._by_report: dict[int, Entry] = {}
        self._by_article: dict[int, Entry | Few] = {}
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
        told = self.told_by(article)
        if entry not in told:
            self._by_article[article] = (*told, entry) if told else entry
        for report in reports:
            self._by_report[report] = entry

    def holder(self, report: int) -> Entry | None:
        """Return the entry that a report belongs to."""
        return self._by_report.get(report)

    def told_by(self, article: int) -> Few:
        """Return the entries that an article tells."""
        told = self._by_article.get(article, _NONE)
        return (told,) if isinstance(told, Entry) else told

    def named(self, block: str, slots: Slots, reach: int) -> Iterator[Entry]:
        """Yield the entries that share an actor (or the place) with these slots, at most `reach` days off."""
        first, last = slots.first - reach, slots.last + reach
        buckets = _buckets(first, last)
        for token in self._tokens.exact(slots):
            of_token = hash((block, token))
            for bucket in buckets:
                for entry in reversed(self._by_key.get(of_token + bucket, _NONE)):
                    if entry.first <= last and entry.until >= first:
                        yield entry

    def related(self, block: str, slots: Slots, reach: int) -> Iterator[Entry]:
        """Yield the entries that may mean the same by other names, at most `reach` days off; the newest first."""
        first, last = slots.first - reach, slots.last + reach
        buckets = _buckets(first, last)
        for token in self._tokens.related(slots):
            of_token = hash((block, token))
            for bucket in buckets:
                filed = self._by_key.get(of_token + bucket)
                if filed is None:
                    continue
                for entry in islice(reversed(filed), _COMPARED):
                    if entry.first <= last and entry.until >= first:
                        yield entry

    def forget_before(self, day: int) -> Iterator[str]:
        """Drop the entries whose last report is older than this day; yield the ids of their stories."""
        if self._oldest_day is None or day <= self._oldest_day:
            return
        days = range(self._oldest_day, day)
        # A jump of years is cheaper by the days that are there.
        old = days if len(days) <= len(self._by_last_day) else sorted(d for d in self._by_last_day if d < day)
        self._oldest_day = day
        forgotten = [entry for past in old for entry in self._by_last_day.pop(past, ())]
        if not forgotten:
            return
        for entry in forgotten:
            entry.forgotten = True
            self._unfile(entry)
            del self._by_story[entry.story_id]
        self._sweep()
        yield from (entry.story_id for entry in forgotten)

    def _sweep(self) -> None:
        """Drop what leads to forgotten entries: at most once for each day that the stream moves on."""
        self._by_report = {key: entry for key, entry in self._by_report.items() if not entry.forgotten}
        kept = ((article, self._kept(article)) for article in self._by_article)
        self._by_article = {article: told for article, told in kept if told is not None}

    def _kept(self, article: int) -> Entry | Few | None:
        told = tuple(entry for entry in self.told_by(article) if not entry.forgotten)
        return told if len(told) > 1 else told[0] if told else None

    def _file(self, entry: Entry) -> None:
        entry.first, entry.until = entry.slots.first, entry.slots.heard
        for key in self._keys(entry):
            filed = self._by_key.get(key, _NONE)
            if isinstance(filed, dict):
                filed[entry] = None
            elif len(filed) < _FEW:
                self._by_key[key] = (*filed, entry)
            else:
                self._by_key[key] = dict.fromkeys((*filed, entry))

    def _unfile(self, entry: Entry) -> None:
        for key in self._keys(entry):
            filed = self._by_key[key]
            if isinstance(filed, dict):
                del filed[entry]
            else:
                filed = self._by_key[key] = tuple([other for other in filed if other is not entry])
            if not filed:
                del self._by_key[key]

    def _keys(self, entry: Entry) -> set[int]:
        """Return where an entry is filed; its slots and days give the same as when it was."""
        days = _buckets(entry.first, entry.until)
        tokens = [hash((entry.block, token)) for token in self._tokens.filed(entry.slots)]
        return {token + day for token in tokens for day in days}


def _buckets(first: int, last: int) -> range:
    return range(first // _BUCKET_DAYS, last // _BUCKET_DAYS + 1)
