"""The records on the topics: the published contract, from which schemas/ is written.

Every offset counts Unicode code points of `text`. Every time is aware and in UTC. Unknown fields are
ignored on reading, so that a field can be added without breaking an older reader.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

Timestamp = Annotated[datetime, Meta(tz=True, description="RFC 3339, UTC")]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="SHA-256, hex")]
Count = Annotated[
    int, Meta(ge=0, le=2**53 - 1, description="an integer that every JSON reader holds exactly")
]
Offset = Annotated[int, Meta(ge=0, le=2**31 - 1, description="code points from the start of `text`")]
Probability = Annotated[float, Meta(ge=0, le=1)]
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2")]

SourceKind = Literal[
    "state_media",
    "news_agency",
    "newspaper",
    "broadcaster",
    "government",
    "think_tank",
    "aggregator",
    "other",
]
ContentType = Literal["text/plain", "text/html"]
EntityKind = Literal["person", "organisation", "place", "military_unit", "weapon", "agreement", "country"]
EventType = Literal[
    "statement",
    "deployment",
    "casualties",
    "arms_transfer",
    "technology_transfer",
    "economic_aid",
    "agreement",
    "meeting",
    "exercise",
    "weapons_test",
    "commemoration",
    "sanction",
]
Modality = Literal["asserted", "estimated", "alleged", "planned", "conditional", "denied"]
TimeFrame = Literal["current", "background"]
Precision = Literal["day", "month", "year", "unknown"]
AlertStatus = Literal["new", "update", "retraction"]
DateBasis = Literal["published", "fetched"]


class Record(Struct, frozen=True, gc=False):
    """One value on a topic, or a part of one.

    A frozen record cannot lead back to itself, so the garbage collector need not look at it.
    """


class Source(Record, frozen=True, kw_only=True):
    """Who published an article. `family` is the publisher family: outlets that print one another's copy."""

    id: str
    name: str
    family: str
    kind: SourceKind = "other"
    country: Country | None = None


class Listed(Record, frozen=True, kw_only=True):
    """What the feed said of an article whose title and body are those of its page."""

    title: str
    body: str
    content_type: ContentType = "text/html"
    published_at: Timestamp | None = None


class RawArticle(Record, frozen=True, kw_only=True):
    """An article as a producer found it.

    `article_id` is the SHA-256 of the canonical URL, else of source and guid, else of title and body:
    an edited article keeps its id. `published_at` is None where the publisher gave no date: never "now".
    `listed` is what a feed said, where title and body were read from the article's own page. `backfill` says that it
    comes from an archive: it tells the stories what happened, and raises no alert.
    """

    article_id: Sha256
    source: Source
    title: Annotated[str, Meta(min_length=1)]
    body: str
    fetched_at: Timestamp
    url: str | None = None
    content_type: ContentType = "text/plain"
    language: str | None = None
    published_at: Timestamp | None = None
    feed_url: str | None = None
    listed: Listed | None = None
    backfill: bool = False


class Entity(Record, frozen=True, kw_only=True):
    """Somebody or something the profile knows. `id` is a Wikidata QID, else a local slug."""

    id: str
    name: str
    kind: EntityKind
    country: Country | None = None
    role: Annotated[str, Meta(description="CAMEO-style: GOV MIL SPY MED LEG BUS IGO NGO …")] | None = None


class Mention(Record, frozen=True, kw_only=True):
    """A span of `text` that names an entity: `text[start:end]`."""

    entity_id: str
    start: Offset
    end: Offset
    text: str


class EntityArticle(RawArticle, frozen=True, kw_only=True):
    """An article with its plain text (title, a blank line, body; NFC), language, entities and mentions.

    `date_issue` says why `published_at` is None: "missing", or "implausible: " and what was stated.
    """

    text: str
    entities: tuple[Entity, ...] = ()
    mentions: tuple[Mention, ...] = ()
    date_issue: str | None = None


class Quantity(Record, frozen=True, kw_only=True):
    """How many of what: a closed range; `high` is None for "more than", `low` for "up to"."""

    of: Annotated[
        str, Meta(description="troops workers killed wounded captured casualties shells missiles …")
    ]
    low: float | None
    high: float | None
    approximate: bool = False
    text: str


class When(Record, frozen=True, kw_only=True):
    """When it happened: a closed range of days, resolved against `published_at`; `text` is what was said."""

    start: date | None = None
    end: date | None = None
    precision: Precision = "unknown"
    text: str = ""


class Attribution(Record, frozen=True, kw_only=True):
    """Whose word it is: an entity, or a name the profile does not know."""

    entity_id: str | None = None
    name: str | None = None


class Evidence(Record, frozen=True, kw_only=True):
    """The sentence the event was read from: `text[start:end]`."""

    start: Offset
    end: Offset
    text: str


class AllianceEvent(Record, frozen=True, kw_only=True):
    """Something that happened between two allies, in PLOVER's terms where PLOVER has them.

    `event_id` is a hash of the article's id and what the event says, so reading an article twice gives the
    same ids. `plover` is the PLOVER event type; `rule` names the vocabulary entry and rule that made the event.
    `occasion` is what a statement was made on (a slug: "new-year", "reply"), empty where none is given.
    """

    event_id: Sha256
    alliance: Annotated[str, Meta(description="id of the watch profile")]
    type: EventType
    mode: str
    plover: str
    actors: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    location: str | None = None
    when: When = When()
    attribution: tuple[Attribution, ...] = ()
    modality: Modality = "asserted"
    time_frame: TimeFrame = "current"
    occasion: str = ""
    quote: str = ""
    evidence: Evidence
    confidence: Probability
    rule: str = ""

    @property
    def is_news(self) -> bool:
        """Whether it is reported as news: neither a recap nor denied nor merely conceivable."""
        return self.time_frame == "current" and self.modality not in {"denied", "conditional"}


class TaggedArticle(EntityArticle, frozen=True, kw_only=True):
    """An article with the alliance events read from it."""

    events: tuple[AllianceEvent, ...] = ()


class ArticleRef(Record, frozen=True, kw_only=True):
    """Which article reported something, and when it was published (None: undated)."""

    article_id: Sha256
    url: str | None
    source: Source
    published_at: Timestamp | None
    language: str | None = None


class EventReport(Record, frozen=True, kw_only=True):
    """One article's report of one event: what the stories stage reads.

    `revision` is the SHA-256 of the article's text, so an edited article (same id) is recognised as another version.
    A report from a backfill changes the story and raises no alert.
    """

    event: AllianceEvent
    article_id: Sha256
    revision: Sha256
    url: str | None
    title: str
    source: Source
    language: str | None
    published_at: Timestamp | None
    fetched_at: Timestamp
    backfill: bool = False


class Change(Record, frozen=True, kw_only=True):
    """One thing about a story that a later report changed."""

    field: str
    old: str
    new: str


class StoryChange(Record, frozen=True, kw_only=True):
    """What one report changed, and which alert status it raised (None: none)."""

    article_id: Sha256
    at: Timestamp
    status: AlertStatus | None
    changes: tuple[Change, ...] = ()


class StoryReport(Record, frozen=True, kw_only=True):
    """One article that reports a story, the events it does so with, and the revisions seen of it."""

    article: ArticleRef
    event_ids: tuple[Sha256, ...]
    versions: tuple[Sha256, ...]


class Unlisted(Record, frozen=True, kw_only=True):
    """What a story counts but lists no longer, so that it is not counted again: marks of eight characters, in a row.

    A mark is the BLAKE2b hash, 6 bytes in base64, of an article's or an event's id; the newest is last. At most 512 of each
    are kept.
    """

    articles: str = ""
    events: str = ""


class Story(Record, frozen=True, kw_only=True):
    """One thing that happened in the world, as known now, across the articles that report it.

    `first_published_at` is the earliest event time of its reports; `date_basis` says whether that is a publication
    date or, for an undated article, the time it was fetched. `families` counts reports by publisher family;
    `figures` are all the figures told so far, so that none is told twice. `reports` lists the first and the latest 49 of them,
    `history` the first and the latest 49 changes; `families` counts all.
    """

    story_id: Sha256
    block: str
    kind: EventType
    status: Literal["open", "retracted"] = "open"
    event: AllianceEvent
    reports: tuple[StoryReport, ...]
    history: tuple[StoryChange, ...] = ()
    families: dict[str, Count] = {}
    confirmed_by: tuple[str, ...] = ()
    denied_by: tuple[str, ...] = ()
    figures: tuple[Quantity, ...] = ()
    unlisted: Unlisted = Unlisted()
    first_published_at: Timestamp
    last_published_at: Timestamp
    date_basis: DateBasis = "published"


class Alert(Record, frozen=True, kw_only=True):
    """One message to a subscriber: a story is new, has changed, or is withdrawn.

    `alert_id` is a hash of the story and what is said about it: a redelivery has the same id. `why` says in words
    why this is new; `previous` what an update changed. The last of `articles` raised the alert.
    """

    alert_id: Sha256
    story_id: Sha256
    kind: EventType
    status: AlertStatus
    headline: str
    why: str
    event: AllianceEvent
    previous: tuple[Change, ...] = ()
    articles: tuple[ArticleRef, ...]
    first_published_at: Timestamp
    date_basis: DateBasis = "published"
    raised_at: Timestamp
