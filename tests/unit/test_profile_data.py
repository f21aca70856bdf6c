"""The watch profile that ships, checked straight on its files: what an analyst may break by editing them."""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

import pytest

from pipeline.core.records import EntityKind, SourceKind
from pipeline.feed_list.guessing import checked

FOLDER = Path(__file__).parents[2] / "pipeline" / "profiles" / "dprk-russia"
NAME_FIELDS = ("aliases", "exact", "short", "metonyms", "decoys")
LANGUAGES = {"en", "ko", "ru", "zh", "de", "es", "fr", "ja", "pl", "uk"}
ROLES = {
    "GOV",
    "MIL",
    "SPY",
    "MED",
    "LEG",
    "BUS",
    "IGO",
    "NGO",
    "OPP",
    "PTY",
    "COP",
    "JUD",
    "EDU",
    "ELI",
    "REL",
}
CENTRAL = (
    "Q423",
    "Q159",
    "Q884",
    "Q212",
    "Q30",
    "Q56226",
    "Q7747",
    "Q58217",
    "choe-son-hui",
    "sergei-shoigu",
    "Q3874799",
)
SCRIPTS = {"ko": "[가-힣]", "ru": "[А-яЁё]", "zh": "[\u4e00-\u9fff]"}


def read(name: str) -> dict[str, Any]:
    """The parsed TOML of one of the profile's files."""
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def entity_tables() -> Iterator[dict[str, Any]]:
    """Every `[[entity]]` of every shipped file."""
    for path in sorted(FOLDER.parent.glob("*/entities/*.toml")):
        yield from tomllib.loads(path.read_text(encoding="utf-8"))["entity"]


ENTITIES = list(entity_tables())
FEEDS: list[dict[str, Any]] = read("feeds.toml")["feed"]
ARTICLES = [
    json.loads(line)
    for line in (FOLDER / "samples" / "articles.jsonl").read_text(encoding="utf-8").splitlines()
]


def names(entity: dict[str, Any], *fields: str) -> Iterator[tuple[str, str]]:
    """Every (language, name) of an entity in these fields."""
    for field in fields:
        for language, listed in entity.get(field, {}).items():
            for name in listed:
                yield language, name


def repeated(values: list[str]) -> list[str]:
    """The values that occur more than once."""
    return [value for value, times in Counter(values).items() if times > 1]


def test_every_id_is_used_once() -> None:
    """No two entities share an id."""
    assert repeated([entity["id"] for entity in ENTITIES]) == []


def test_an_id_is_a_qid_or_a_slug() -> None:
    """An id is a Wikidata QID or a lowercase slug."""
    form = re.compile(r"Q[1-9][0-9]*|[a-z0-9]+(-[a-z0-9]+)*")
    assert [entity["id"] for entity in ENTITIES if not form.fullmatch(entity["id"])] == []


def test_a_name_means_one_entity() -> None:
    """No alias or exact name belongs to two entities, whatever its language or case."""
    owners: dict[str, set[str]] = {}
    for entity in ENTITIES:
        for _, name in names(entity, "aliases", "exact"):
            owners.setdefault(name.casefold(), set()).add(entity["id"])
    assert {name: ids for name, ids in owners.items() if len(ids) > 1} == {}


def test_kinds_roles_and_countries_are_known() -> None:
    """Kind, role and country of each entity come from the records' closed sets."""
    for entity in ENTITIES:
        assert entity["kind"] in get_args(EntityKind), entity["id"]
        assert entity.get("role", "GOV") in ROLES, entity["id"]
        assert re.fullmatch("[A-Z]{2}", entity.get("country", "XX")), entity["id"]


def test_every_entity_can_be_found() -> None:
    """Each entity has a name that counts anywhere, in a known language, without stray spaces or repeats."""
    for entity in ENTITIES:
        assert list(names(entity, "aliases", "exact")), entity["id"]
        for field in NAME_FIELDS:
            assert repeated([f"{lang} {name}" for lang, name in names(entity, field)]) == [], entity["id"]
        for language, name in names(entity, *NAME_FIELDS):
            assert language in LANGUAGES, entity["id"]
            assert name == name.strip() != "", entity["id"]


@pytest.mark.parametrize("language", sorted(SCRIPTS))
def test_a_name_has_a_letter_of_its_language(language: str) -> None:
    """A Korean, Russian or Chinese name has a letter of its script, or is a Latin brand name among others."""
    strange = [
        (entity["id"], name)
        for entity in ENTITIES
        for lang, name in names(entity, "aliases")
        if lang == language and not re.search(SCRIPTS[language], name) and not re.search("[A-Za-z]{3}", name)
    ]
    assert strange == []


def test_a_short_latin_alias_is_exact() -> None:
    """A Latin name of fewer than three letters is no alias: it counts only in its own case."""
    short = [
        name
        for entity in ENTITIES
        for _, name in names(entity, "aliases")
        if name.isascii() and sum(map(str.isalnum, name)) < 3
    ]
    assert short == []


def test_surnames_shared_by_many_are_no_aliases() -> None:
    """A surname that many bear counts only where the full name occurs."""
    common = {
        "kim",
        "lee",
        "yoon",
        "moon",
        "choe",
        "cho",
        "ri",
        "pak",
        "park",
        "maria",
        "kirby",
        "austin",
        "rodong",
    }
    assert [
        name for entity in ENTITIES for _, name in names(entity, "aliases") if name.casefold() in common
    ] == []


def test_a_metonym_is_a_place_name() -> None:
    """What stands for a government by metonymy is an alias of a place in the same country."""
    places = {
        (entity.get("country"), name)
        for entity in ENTITIES
        if entity["kind"] == "place"
        for _, name in names(entity, "aliases")
    }
    missing = [
        (entity["id"], name)
        for entity in ENTITIES
        for _, name in names(entity, "metonyms")
        if (entity.get("country"), name) not in places
    ]
    assert missing == []


def test_a_decoy_holds_a_name_it_guards() -> None:
    """A decoy is longer than a name of its entity and contains it, else it guards nothing."""
    idle = [
        (entity["id"], decoy)
        for entity in ENTITIES
        for _, decoy in names(entity, "decoys")
        if not any(
            name.casefold() in decoy.casefold() and len(name) < len(decoy)
            for _, name in names(entity, "aliases", "exact", "short", "metonyms")
        )
    ]
    assert idle == []


def test_the_profile_knows_its_world() -> None:
    """The profile has at least 1,000 entities, nearly all with names in English, Korean, Russian and Chinese."""
    known = Counter(
        language for entity in ENTITIES for language in {language for language, _ in names(entity, "aliases")}
    )
    assert len(ENTITIES) >= 1000
    assert known["en"] >= 950
    assert min(known["ko"], known["ru"]) >= 900
    assert known["zh"] >= 750


@pytest.mark.parametrize("id_", CENTRAL)
def test_central_entities_have_every_language(id_: str) -> None:
    """Whoever is in the middle of the subject has English, Korean, Russian and Chinese names."""
    entity = next(entity for entity in ENTITIES if entity["id"] == id_)
    assert {"en", "ko", "ru", "zh"} <= entity["aliases"].keys()


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("Kim Jong-un", "Q56226"),
        ("김정은 국무위원장", "Q56226"),
        ("президент России", "Q7747"),
        ("俄罗斯总统", "Q7747"),
        ("朝鮮", "Q423"),
        ("северокорейский", "Q423"),
        ("Choi Sun Hee", "choe-son-hui"),
        ("Zelenskyy", "Q3874799"),
        ("Kursk region", "kursk-oblast"),
        ("국정원", "national-intelligence-service"),
    ],
)
def test_spellings_lead_to_their_entity(name: str, id_: str) -> None:
    """A spelling that the press uses is listed under the entity it means."""
    assert [entity["id"] for entity in ENTITIES if name in [n for _, n in names(entity, "aliases")]] == [id_]


def test_the_profile_is_between_its_parties() -> None:
    """The profile is called what its folder is called, and both parties are countries it knows."""
    header = read("profile.toml")
    assert header["id"] == FOLDER.name
    countries = {
        entity["country"] for entity in ENTITIES if entity["kind"] == "country" and "country" in entity
    }
    assert set(header["parties"]) <= countries


def test_feeds_are_many_and_distinct() -> None:
    """At least 100 feeds, each with an id and an address of its own, of at least 60 publisher families."""
    assert len(FEEDS) >= 100
    assert repeated([feed["id"] for feed in FEEDS]) == []
    assert repeated([feed["url"] for feed in FEEDS]) == []
    assert len({feed["family"] for feed in FEEDS}) >= 60


def test_feeds_are_of_every_kind_and_language() -> None:
    """Each language has several publishers, each kind too, and both parties speak for themselves."""
    for language in ("en", "ko", "ru", "zh", "ja"):
        assert len({feed["family"] for feed in FEEDS if feed["language"] == language}) >= 5, language
    for kind in ("news_agency", "newspaper", "broadcaster", "government", "state_media", "think_tank"):
        assert len({feed["family"] for feed in FEEDS if feed["kind"] == kind}) >= 5, kind
    for country in ("KP", "RU"):
        spoken = {f["kind"] for f in FEEDS if f.get("country") == country}
        assert {"state_media", "government"} <= spoken, country
    assert {"aggregator"} <= {feed["kind"] for feed in FEEDS if feed["family"] == "kcna"}


def test_an_index_page_has_a_pattern_of_its_links() -> None:
    """A feed that is read as an index page says which links are articles, whose pages then have the text."""
    for feed in FEEDS:
        assert checked(feed).id == feed["id"]
        assert feed.get("via") != "index" or feed["text"] == "page", feed["id"]


def test_each_address_says_how_it_was_verified() -> None:
    """Behind each address of a feed stands that it was read, and when, that it is named, or that it is neither."""
    lines = (FOLDER / "feeds.toml").read_text(encoding="utf-8").splitlines()
    addresses = [line for line in lines if line.startswith("url = ")]
    assert len(addresses) == len(FEEDS)
    for line in addresses:
        assert re.search(r'"  # (read \d{4}-\d{2}|named|unverified)$', line), line


def test_a_feed_says_who_publishes_it() -> None:
    """Each feed has a web address, a name, a publisher family and a known kind and country."""
    for feed in FEEDS:
        parts = urlsplit(feed["url"])
        assert parts.scheme in {"http", "https"}, feed["id"]
        assert parts.hostname, feed["id"]
        assert feed["name"], feed["id"]
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", feed["family"]), feed["id"]
        assert feed["kind"] in get_args(SourceKind), feed["id"]
        assert re.fullmatch("[A-Z]{2}", feed.get("country", "XX")), feed["id"]


def test_samples_are_articles_in_time_order() -> None:
    """The samples are 30 to 40 articles in four languages, ordered by their time of publication."""
    assert 30 <= len(ARTICLES) <= 40
    assert {article["language"] for article in ARTICLES} == {"en", "ko", "ru", "zh"}
    times = [datetime.fromisoformat(article["published_at"]) for article in ARTICLES]
    assert times == sorted(times)
    assert all(time.tzinfo is not None for time in times)


def test_samples_are_nobody_elses() -> None:
    """A sample's address is on example.org and its own, and its source is whole."""
    assert repeated([article["url"] for article in ARTICLES]) == []
    for article in ARTICLES:
        assert urlsplit(article["url"]).hostname == "example.org"
        assert article["source"].keys() == {"id", "name", "family", "kind", "country"}
        assert article["source"]["kind"] in get_args(SourceKind)
        assert article["title"]


def test_samples_read_like_articles() -> None:
    """A sample's body is as long as a short report: 300 to 2,500 characters, or 120 where a syllable is a letter."""
    for article in ARTICLES:
        shortest = 120 if article["language"] in {"ko", "zh"} else 300
        assert shortest <= len(article["body"]) <= 2500, article["title"]
