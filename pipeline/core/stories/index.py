"""Which stories a report may belong to, found without reading the stories themselves."""

from collections.abc import Iterable, Iterator
from heapq import nsmallest

from pipeline.core.stories.pages import ROOM, Entry, Page, Seeking
from pipeline.core.stories.places import Places
from pipeline.core.stories.slots import Slots

_PAGE_DAYS = 6
# Of more that fit but for their days and figures, the newest are compared, of one day those of the least id.
_COMPARED = 512

Few = tuple[Entry, ...]
_NONE: Few = ()


class StoryIndex:
    """Entries by block and days on pages, by report, and by article.

    A story is filed on the pages of the days it may have happened on. Whatever can be worked out again, or found by
    looking through all once a day, is not kept beside: a story takes less than a kilobyte.
    """

    def __init__(self, seeking: Seeking, places: Places) -> None:
        self._seeking = seeking
        self._places = places
        self._pages: dict[tuple[str, int], list[int]] = {}
        self._page: dict[int, Page] = {}
        self._made = 0
        self._by_report: dict[int, Entry] = {}
        self._by_article: dict[int, Entry | Few] = {}
        self._by_story: dict[str, Entry] = {}

    def __len__(self) -> int:
        return len(self._by_story)

    def entry(self, story_id: str) -> Entry | None:
        """Return a story's entry, if there is one."""
        return self._by_story.get(story_id)

    def put(self, entry: Entry) -> None:
        """Add an entry."""
        self._by_story[entry.story_id] = entry
        self._file(entry, _pages_of(entry))

    def move(self, entry: Entry, slots: Slots, last_day: int) -> None:
        """Give an entry other slots and another last day."""
        entry.last_day = last_day
        known, filed_on = entry.slots, _pages_of(entry)
        if known.kind is slots.kind:
            entry.slots = slots
            wanted = _pages_of(entry)
            if wanted == filed_on:
                return
            if wanted.start == filed_on.start and wanted.stop > filed_on.stop:
                self._file(entry, range(filed_on.stop, wanted.stop))
                return
        entry.slots = known
        self._unfile(entry)
        entry.slots = slots
        self._file(entry, _pages_of(entry))

    def note(self, entry: Entry, article: int, reports: Iterable[int]) -> None:
        """Remember that an article and its reports belong to an entry."""
        told = self.told_by(article)
        if entry not in told:
            self._by_article[article] = (*told, entry) if told else entry
        self.note_reports(entry, reports)

    def note_reports(self, entry: Entry, reports: Iterable[int]) -> None:
        """Remember that reports belong to an entry."""
        for report in reports:
            self._by_report[report] = entry

    def holder(self, report: int) -> Entry | None:
        """Return the entry that a report belongs to."""
        return self._by_report.get(report)

    def told_by(self, article: int) -> Few:
        """Return the entries that an article tells."""
        told = self._by_article.get(article, _NONE)
        return (told,) if isinstance(told, Entry) else told

    def near(self, block: str, slots: Slots, reach: int) -> list[Entry]:
        """Return the entries at most `reach` days off that no slot contradicts, but perhaps days and figures."""
        first, last = slots.first - reach, slots.last + reach
        sought = self._seeking.of(slots.kind)
        found: dict[Entry, None] = {}
        for day in range(first // _PAGE_DAYS, last // _PAGE_DAYS + 1):
            for number in self._pages.get((block, day), ()):
                for entry in self._page[number].fitting(sought):
                    known = entry.slots
                    if known.first <= last and known.heard >= first:
                        found[entry] = None
        return list(found) if len(found) <= _COMPARED else nsmallest(_COMPARED, found, key=_newest)

    def forget_before(self, day: int) -> Iterator[str]:
        """Drop the entries whose last report is older than this day; yield the ids of their stories."""
        forgotten = [entry for entry in self._by_story.values() if entry.last_day < day]
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

    def _file(self, entry: Entry, days: range) -> None:
        places = []
        for day in days:
            numbers = self._pages.setdefault((entry.block, day), [])
            if not numbers or len(self._page[numbers[-1]].entries) >= ROOM:
                self._made += 1
                numbers.append(self._made)
                self._page[self._made] = Page()
            places.append(numbers[-1] * ROOM + self._page[numbers[-1]].add(entry, self._places))
        entry.filed = (*entry.filed, *places)

    def _unfile(self, entry: Entry) -> None:
        for day, filed in zip(_pages_of(entry), entry.filed, strict=True):
            number, place = divmod(filed, ROOM)
            page = self._page[number]
            page.remove(place)
            if not page.held:
                del self._page[number]
                numbers = self._pages[(entry.block, day)]
                numbers.remove(number)
                if not numbers:
                    del self._pages[(entry.block, day)]
        entry.filed = ()


def _newest(entry: Entry) -> tuple[int, str]:
    return -entry.slots.first, entry.story_id


def _pages_of(entry: Entry) -> range:
    """Return the pages an entry is filed on; its slots give the same as when it was."""
    return range(entry.slots.first // _PAGE_DAYS, entry.slots.heard // _PAGE_DAYS + 1)
