"""How many of what: numbers before the things and victims that an event is about."""

from collections.abc import Mapping, Sequence

from pipeline.core.events.cues import verb_group, words_of
from pipeline.core.events.draft import Draft
from pipeline.core.events.partitives import without_parts, without_wholes
from pipeline.core.events.scene import Scene, Word
from pipeline.core.records import Quantity
from pipeline.core.text.numbers import NumberSpan, find_numbers

_AFTER = 48
_NUMBER_OF = 120  # "the number of soldiers who have arrived in the region this month has risen to 2,500"
_VAGUER = 30  # "lost 600 killed": the plainer word counts
_HARMS = {"killed": "killed", "wounded": "wounded", "captured": "captured", "losses": "casualties"}


def counts_in(scene: Scene) -> list[NumberSpan]:
    """Return the numbers of a sentence, without those it sets right ("600, not 800")."""
    return [number for number in find_numbers(scene.text, scene.start, scene.end) if _counts(scene, number)]


def quantities_of(
    draft: Draft, numbers: Sequence[NumberSpan], units: Mapping[str, str]
) -> tuple[Quantity, ...]:
    """Return the figures of the event; `units` says what each class of things counts as."""
    scene = draft.scene
    if not numbers:
        return ()
    if draft.entry.frame == "harm":
        return _harms(scene, draft, numbers)
    found: dict[tuple[str, str], Quantity] = {}
    wanted = frozenset(draft.entry.theme)
    things = [word for word in scene.words("thing") if word.value in wanted]
    for number in without_parts(scene, numbers):
        thing = _counted(scene, number, things)
        if number.unit.isupper() and len(number.unit) == 3:
            of = "money"
        elif thing is not None and not number.unit:
            of = units[thing.value] or thing.value
        else:
            continue
        found[of, number.text] = _quantity(of, number)
    return tuple(found.values())


def _counts(scene: Scene, number: NumberSpan) -> bool:
    """Tell whether a number is the figure itself, not one it is set against ("down from 1,100")."""
    bound = next((at for at, char in enumerate(number.text) if char.isdigit()), 0)
    before = scene.text[max(scene.start, number.start - 14) : number.start + bound].lower()
    return not before.rstrip().endswith(tuple(words_of("not_the_figure")))


def _counted(scene: Scene, number: NumberSpan, things: Sequence[Word]) -> Word | None:
    if scene.grammar.marks_after:  # "컨테이너 약 7천개 분량의 무기": the count follows what it counts
        stands_by = next(
            (w for w in things if scene.text[w.end : number.start].strip() == "" and w.end <= number.start),
            None,
        )
        if stands_by is not None:
            return stands_by
    after = [
        word
        for word in things
        if 0 <= word.start - number.end <= _AFTER and not _blocked(scene, number.end, word.start)
    ]
    if after:
        return after[0]
    before = [word for word in things if 0 <= number.start - word.end <= 20]
    if before and scene.text[before[-1].end : number.start].strip().lower() in words_of("numbering"):
        return before[-1]
    counters = tuple(words_of("counters"))
    tail = scene.text[number.end : number.end + 4].lstrip()
    ends_in_counter = number.text.endswith(counters)
    if before and (tail.startswith(counters) or ends_in_counter or scene.grammar.language in {"ko", "zh"}):
        return before[-1]
    number_of = [word for word in things if 0 <= number.start - word.end <= _NUMBER_OF]
    if number_of and "number of" in scene.text[scene.start : number_of[-1].start].lower():
        return max(number_of, key=lambda word: (word.end, word.end - word.start))
    return None


def _blocked(scene: Scene, start: int, end: int) -> bool:
    gap = scene.text[start:end]
    if scene.grammar.language == "en" and not words_of("between_count_and_thing").isdisjoint(
        gap.lower().split()
    ):
        return True
    return "," in gap or any(start <= word.start < end for word in scene.words("event") if word.end < end)


def _harms(scene: Scene, draft: Draft, numbers: Sequence[NumberSpan]) -> tuple[Quantity, ...]:
    """Give each figure to the nearest of killed, wounded, captured; one figure for two of them is casualties."""
    kinds = [word for word in scene.words("event") if word.value in _HARMS]
    found: dict[tuple[str, str], Quantity] = {}
    people = [word for word in scene.words("thing") if word.value in draft.entry.theme]
    numbers = without_wholes(scene, numbers)
    for number in numbers:
        if number.unit:
            continue
        near = sorted(
            kinds,
            key=lambda word: (
                _gap(number, word) * (not _is_predicate(scene, number, word))
                + (word.value == "losses") * _VAGUER
            ),
        )
        if not near or _gap(number, near[0]) > 70:
            continue
        counted = _counted(scene, number, people)
        if counted is None and (_gap(number, near[0]) > 30 or _counts_another(scene, number, kinds)):
            continue
        of = _HARMS[near[0].value]
        others = [w for w in near[1:] if w.value != near[0].value and _pairs(scene, near[0], w)]
        if others and not any(_lies_between(other, near[0], others[0]) for other in numbers):
            of = "casualties"
        found[of, number.text] = _quantity(of, number)
    return tuple(found.values())


def _is_predicate(scene: Scene, number: NumberSpan, word: Word) -> bool:
    """Tell whether it is said of the number itself ("some 1,000 were hurt")."""
    between = scene.text[number.end : word.start].lower().split()
    return bool(between) and all(
        it in verb_group()["passive"] or it in verb_group()["perfect"] for it in between
    )


def _lies_between(number: NumberSpan, one: Word, other: Word) -> bool:
    first, second = sorted((one, other), key=lambda word: word.start)
    return first.end <= number.start and number.end <= second.start


def _counts_another(scene: Scene, number: NumberSpan, kinds: Sequence[Word]) -> bool:
    """Tell whether a noun that is no victim follows the number ("around three villages")."""
    if scene.grammar.language != "en":
        return False
    following = scene.text[number.end : min(scene.end, number.end + 30)]
    word = following.split()[0] if following.startswith(" ") and following.split() else ""
    at = number.end + 1
    if not word[:1].islower() or word.strip(",.;") in words_of("after_numbers"):
        return False
    return not any(at <= kind.start < at + len(word) + 12 for kind in kinds)


def _pairs(scene: Scene, one: Word, other: Word) -> bool:
    first, second = sorted((one, other), key=lambda word: word.start)
    return scene.text[first.end : second.start].strip().lower() in words_of("pairing")


def _gap(number: NumberSpan, word: Word) -> int:
    return word.start - number.end if word.start >= number.end else max(0, number.start - word.end)


def _quantity(of: str, number: NumberSpan) -> Quantity:
    return Quantity(of=of, low=number.low, high=number.high, approximate=number.approximate, text=number.text)
