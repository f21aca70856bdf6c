"""How a feed stands, in one word."""

from typing import Literal, get_args

from pipeline.core.feeds import FeedState, ListedFeed

Condition = Literal["ok", "new", "failing", "dead", "gone", "off"]
CONDITIONS: tuple[Condition, ...] = get_args(Condition)
IN_WORDS: dict[Condition, str] = {
    "ok": "read at its last poll",
    "new": "not polled yet",
    "failing": "not read at its last poll; tried again ever more rarely",
    "dead": "not read for a day or more",
    "gone": "ended by its server (HTTP 410); polled no more",
    "off": "taken off the list; on again by `feeds add ID`",
}


def condition_of(listed: ListedFeed, state: FeedState | None) -> Condition:
    """Return how a feed stands: by what people said of it, else by what its polls came to."""
    if listed.is_off:
        return "off"
    if state is None or state.polled_at is None:
        return "new"
    if state.is_gone:
        return "gone"
    if state.is_reported_dead:
        return "dead"
    return "failing" if state.failures else "ok"
