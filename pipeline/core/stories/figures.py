"""When two figures are one figure told differently, and how a figure is written."""

from collections.abc import Iterable, Iterator, Sequence

from pipeline.core.records import Quantity
from pipeline.core.stories.rules import Rules


def is_same(one: Quantity, other: Quantity, rounding: float) -> bool:
    """Return whether two figures of one thing overlap, or lie within a rounding of each other.

    An open end says nothing: "more than 1,000" and 1,500 are one figure, as are "up to 2,500" and 800.
    """
    low = max(_bottom(one), _bottom(other))
    high = min(top_of(one, rounding), top_of(other, rounding))
    return low <= high or low - high < rounding * high


def is_closed(figure: Quantity) -> bool:
    """Return whether a figure has both ends: "thousands" and "up to 500" have one.

    "A thousand and some" says where it ends, too: not far above.
    """
    return figure.low is not None and (figure.high is not None or _is_and_some(figure))


def _is_and_some(figure: Quantity) -> bool:
    """Return whether a figure is a number and a few more ("1000여명", "1000多名"), neither "thousands" nor "more than"."""
    is_open = figure.low is not None and figure.high is None
    return is_open and figure.approximate and any(char.isdigit() for char in figure.text)


def _bottom(figure: Quantity) -> float:
    return figure.low if figure.low is not None else 0.0


def top_of(figure: Quantity, rounding: float = 0.0) -> float:
    """Return the upper end of a figure: "a thousand and some" are a thousand, rounded down."""
    if figure.high is not None:
        return figure.high
    return _bottom(figure) * (1 + rounding) if _is_and_some(figure) else float("inf")


def middle(figure: Quantity) -> float:
    """Return the number a figure amounts to: the middle of its range, or its one end."""
    ends = [end for end in (figure.low, figure.high) if end is not None]
    return sum(ends) / len(ends) if ends else 0.0


def main_figures(quantities: Sequence[Quantity]) -> dict[str, Quantity]:
    """Return for each thing counted the figure that says most: the first that is no mere upper limit."""
    main: dict[str, Quantity] = {}
    for quantity in quantities:
        known = main.get(quantity.of)
        if known is None or (known.low is None and quantity.low is not None):
            main[quantity.of] = quantity
    return main


def is_told(figure: Quantity, told: Iterable[Quantity], rules: Rules) -> bool:
    """Return whether a figure has been told before, as something more than an upper limit.

    Builders may be told as workers and as soldiers: of things counted together, either figure is the other's.
    """
    return any(
        _is_of_one(figure, other, rules) and other.low is not None and is_same(figure, other, rules.rounding)
        for other in told
    )


def told_figures(
    told: tuple[Quantity, ...], quantities: Sequence[Quantity], rules: Rules
) -> tuple[Quantity, ...]:
    """Return the figures told so far together with an event's, and what they add up to."""
    main = tuple(main_figures(quantities).values())
    known = tuple(dict.fromkeys((*told, *main)))
    parts = [figure for figure in quantities if is_closed(figure) and figure not in main]
    return known + tuple(
        figure for figure in (*parts, *totals(quantities, rules)) if not is_told(figure, known, rules)
    )


def totals(quantities: Sequence[Quantity], rules: Rules) -> Iterator[Quantity]:
    """Yield the sums of figures that may be told as one."""
    for kinds in rules.together:
        parts = [figure for figure in quantities if figure.of in kinds and is_closed(figure)]
        if len(parts) > 1:
            low, high = sum(_bottom(part) for part in parts), sum(top_of(part) for part in parts)
            yield Quantity(of=parts[0].of, low=low, high=high, text="")


def _is_of_one(one: Quantity, other: Quantity, rules: Rules) -> bool:
    return one.of == other.of or any({one.of, other.of} <= kinds for kinds in rules.together)


def in_words(figure: Quantity) -> str:
    """Return a figure as a reader writes it: 800, about 800, 1,000–6,000, more than 1,000, up to 2,500."""
    low, high = figure.low, figure.high
    if low is not None and high is not None:
        text = _number(low) if low == high else f"{_number(low)}–{_number(high)}"
        return f"about {text}" if figure.approximate and low == high else text
    if low is not None:
        return f"more than {_number(low)}"
    return f"up to {_number(high)}" if high is not None else figure.text


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,g}"
