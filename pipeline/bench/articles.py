"""Articles to measure with: the profile's samples, varied and filled up to a real article's size."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count

from msgspec.structs import replace

from pipeline.core.records import RawArticle

SIZE_CHARS = 2_500  # the median length of a news agency's article
_START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Mix:
    """What the articles are made of: how many in a hundred are on the subject, and their length."""

    on_subject: float = 0.1
    chars: int = SIZE_CHARS


def articles(
    samples: Sequence[RawArticle], filler: Sequence[str], mix: Mix, *, seed: int = 1
) -> Iterator[RawArticle]:
    """Yield articles without end, each with a URL and id of its own, the same for the same seed.

    `filler` are paragraphs off the subject. An article on the subject begins with a sample and goes on with filler, so
    that both kinds have the same length.
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    for number in count():
        sample = chance.choice(samples)
        url = f"https://example.org/bench/{seed}/{number}"
        lead = sample.body if chance.random() < mix.on_subject else ""
        yield replace(
            sample,
            article_id=sha256(url.encode()).hexdigest(),
            url=url,
            title=sample.title if lead else chance.choice(filler)[:80],
            body=_filled(lead, filler, mix.chars, chance),
            published_at=_START + timedelta(seconds=number),
        )


def _filled(text: str, filler: Sequence[str], chars: int, chance: random.Random) -> str:
    paragraphs = [text] if text else []
    length = len(text)
    while length < chars:
        paragraphs.append(chance.choice(filler))
        length += len(paragraphs[-1]) + 2
    return "\n\n".join(paragraphs)[:chars]
