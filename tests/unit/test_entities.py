"""The entities stage finds what an article mentions, under every form of its name, and nothing else."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.articles import read_article
from pipeline.core.entities import EntityFinder
from pipeline.core.errors import RecordError
from pipeline.core.profile import parse_profile
from pipeline.core.records import EntityArticle

FETCHED = datetime(2026, 1, 10, tzinfo=UTC)
PROFILE = {
    "profile.toml": 'id = "test"\nname = "Test"\nparties = ["KP", "RU"]',
    "entities/all.toml": """
[[entity]]
id = "kim"
name = "Kim Jong Un"
kind = "person"
country = "KP"
role = "GOV"
office = "leader"
aliases.en = ["Kim Jong Un", "Kim Jong Un's government", "North Korean leader"]
aliases.ko = ["김정은"]
aliases.ru = ["Ким Чен Ын"]
aliases.zh = ["金正恩"]
short.en = ["Kim"]
short.ru = ["Ким"]

[[entity]]
id = "sister"
name = "Kim Yo Jong"
kind = "person"
country = "KP"
aliases.en = ["Kim Yo Jong"]
short.en = ["Kim"]

[[entity]]
id = "putin"
name = "Vladimir Putin"
kind = "person"
country = "RU"
aliases.en = ["Vladimir Putin", "Putin", "Russian president"]
aliases.ko = ["푸틴"]
aliases.ru = ["Владимир Путин", "Путин", "президент Путин"]
aliases.zh = ["普京"]

[[entity]]
id = "shoigu"
name = "Sergei Shoigu"
kind = "person"
country = "RU"
aliases.en = ["Sergei Shoigu"]
aliases.ru = ["Сергей Шойгу"]

[[entity]]
id = "north-korea"
name = "North Korea"
kind = "country"
country = "KP"
aliases.en = ["North Korea", "North Korean"]
aliases.ko = ["북한"]
aliases.ru = ["Северная Корея", "северокорейский", "северокореец", "КНДР"]
aliases.zh = ["朝鲜"]
short.en = ["the North"]
exact.en = ["NK"]
metonyms.en = ["Pyongyang"]
metonyms.ko = ["평양"]
metonyms.ru = ["Пхеньян"]
metonyms.zh = ["平壤"]

[[entity]]
id = "united-states"
name = "United States"
kind = "country"
country = "US"
aliases.en = ["United States", "U.S.", "America"]
aliases.pl = ["Stany", "USA"]
exact.en = ["US"]
decoys.en = ["South America"]

[[entity]]
id = "pyongyang"
name = "Pyongyang"
kind = "place"
country = "KP"
aliases.en = ["Pyongyang"]
aliases.ko = ["평양"]
aliases.ru = ["Пхеньян"]
aliases.zh = ["平壤"]

[[entity]]
id = "peninsula"
name = "Korean Peninsula"
kind = "place"
aliases.zh = ["朝鲜半岛"]

[[entity]]
id = "kn-23"
name = "KN-23"
kind = "weapon"
aliases.en = ["KN-23"]

[[entity]]
id = "army"
name = "Korean People's Army"
kind = "military_unit"
country = "KP"
aliases.ko = ["북한군"]
aliases.ru = ["Корейская народная армия", "вооружённые силы КНДР"]
""",
}
FIND = EntityFinder(parse_profile(PROFILE), max_chars=10_000)


def article(body: str, title: str = "-", **fields: Any) -> EntityArticle:
    """Return the article with its mentions."""
    return FIND(read_article({"title": title, "body": body} | fields, fetched_at=FETCHED))


def mentions(body: str) -> list[tuple[str, str]]:
    """Return text and entity of each mention."""
    return [(mention.text, mention.entity_id) for mention in article(body).mentions]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        # case, hyphens, line ends, possessives and plurals
        ("KIM JONG UN met Kim Jong-un.", [("KIM JONG UN", "kim"), ("Kim Jong-un", "kim")]),
        ("Kim\nJong Un came.", [("Kim\nJong Un", "kim")]),
        ("Putin's visit; Putin’s visit", [("Putin", "putin"), ("Putin", "putin")]),
        ("Three North Koreans fled.", [("North Koreans", "north-korea")]),
        ("The US gave us NK.", [("US", "united-states"), ("NK", "north-korea")]),
        ("KN-23s and a KN 23", [("KN-23s", "kn-23"), ("KN 23", "kn-23")]),
        ("U.S.-made", [("U.S.", "united-states")]),
        # inside other words
        ("Kim Jong Unhae, Putinism, North Koreanist, KN-235, rUSsia, BUS", []),
        ("putin, kim jong un and white kn-23 are in lower case", []),
        # names that scrapers glue to their neighbours
        ("ComradeKim Jong Unwho met", [("Kim Jong Un", "kim")]),
        ("to Kim Jong Unand", [("Kim Jong Un", "kim")]),
        ("ComradeKim Jong Unpaid a visit", [("Kim Jong Un", "kim")]),
        # titles stand for their holder, not beside a name
        ("The North Korean leader smiled.", [("North Korean leader", "kim")]),
        ("North Korean leader Kim Jong Un smiled.", [("North Korean", "north-korea"), ("Kim Jong Un", "kim")]),
        ("The Russian president said", [("Russian president", "putin")]),
        ("Russian President Boris Example spoke.", []),
        ("former Russian president", []),
        ("бывший президент Путин, президент Путин", [("Путин", "putin"), ("президент Путин", "putin")]),
        # a given name makes a surname another person's
        ("They met Ivan Putin and President Putin.", [("Putin", "putin")]),
        ("They left. Yesterday Putin spoke; Then Putin left.", [("Putin", "putin"), ("Putin", "putin")]),
        # a longer name that means something else
        ("South America and America", [("America", "united-states")]),
        # Russian cases
        ("Ким Чен Ына, Ким Чен Ыну и Ким Чен Ыном", [("Ким Чен Ына", "kim"), ("Ким Чен Ыну", "kim"), ("Ким Чен Ыном", "kim")]),
        ("Владимиром Путиным и Сергеем Шойгу", [("Владимиром Путиным", "putin"), ("Сергеем Шойгу", "shoigu")]),
        ("с президентом Путиным", [("президентом Путиным", "putin")]),
        ("в Северной Корее северокорейские и северокорейскими", [("Северной Корее", "north-korea"), ("северокорейские", "north-korea"), ("северокорейскими", "north-korea")]),
        ("двое северокорейцев", []),
        ("северокорейца из КНДР", [("северокорейца", "north-korea"), ("КНДР", "north-korea")]),
        ("Корейской народной армии и вооружёнными силами КНДР", [("Корейской народной армии", "army"), ("вооружёнными силами КНДР", "army")]),
        ("вооруженных сил КНДР", [("вооруженных сил КНДР", "army")]),
        # Korean: a particle or a title may follow, nothing else
        ("김정은이 푸틴대통령에게", [("김정은", "kim"), ("푸틴", "putin")]),
        ("김정은 국무위원장과", [("김정은", "kim")]),
        ("북한군은 북한에서", [("북한군", "army"), ("북한", "north-korea")]),
        ("북한산성 남북한", []),
        # Chinese: the longest name wins
        ("普京致信金正恩", [("普京", "putin"), ("金正恩", "kim")]),
        ("朝鲜半岛与朝鲜", [("朝鲜半岛", "peninsula"), ("朝鲜", "north-korea")]),
    ],
)  # fmt: skip
def test_a_name_is_found_in_its_forms(body: str, found: list[tuple[str, str]]) -> None:
    """A name is found under case, inflection and gluing, and not inside another word."""
    assert mentions(body) == found


@pytest.mark.parametrize(
    ("body", "entity"),
    [
        ("Pyongyang said so", "north-korea"),
        ("ties between Pyongyang and others", "north-korea"),
        ("aid to Pyongyang", "north-korea"),
        ("Pyongyang's army", "north-korea"),
        ("he spoke in Pyongyang", "pyongyang"),
        ("he arrived in Pyongyang", "pyongyang"),
        ("in Example and Pyongyang", "pyongyang"),
        ("at its Pyongyang office", "pyongyang"),
        ("seen by a Pyongyang newspaper", "north-korea"),
        ("a visit to Pyongyang", "pyongyang"),
        ("he flew on a train from Pyongyang", "pyongyang"),
        ("PYONGYANG, June 2 (Wire) -- A delegation", "pyongyang"),
        ("at Pyongyang International Airport", "pyongyang"),
        ("Пхеньян заявил", "north-korea"),
        ("между нами и Пхеньяном", "north-korea"),
        ("встреча в Пхеньяне", "pyongyang"),
        ("평양은 반발했다", "north-korea"),
        ("평양에서 만났다", "pyongyang"),
        ("平壤表示", "north-korea"),
        ("在平壤举行", "pyongyang"),
    ],
)
def test_a_capital_is_a_place_or_a_government(body: str, entity: str) -> None:
    """The words around a capital's name say whether the city or the government is meant."""
    assert [found for _, found in mentions(body)] == [entity]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Kim spoke.", []),
        ("The North spoke.", []),
        ("Kim Jong Un came. Kim spoke, and Mr. Kim left.", ["kim", "kim", "kim"]),
        # a teaser that never gives the full name
        ("North Korea and Russia agree. A treaty signed by Kim in June took force.", ["north-korea", "kim"]),
        ("North Korea is watched. Kim Example spoke, and Kim left.", ["north-korea"]),
        ("South America is watched. Kim spoke.", []),
        ("Later Kim spoke. Kim Jong Un came.", ["kim", "kim"]),
        ("Kim Jong Un sat. Kim Yo Jong came; Kim spoke.", ["kim", "sister", "sister"]),
        ("Kim Jong Un met Kim Jong-hoon and Kim Example.", ["kim"]),
        ("Kim Jong Un met Rep. Young Kim.", ["kim"]),
        ("Kim Jong Un came. On Friday Kim spoke.", ["kim", "kim"]),
        ("North Korea spoke. The North Sea and the North are cold.", ["north-korea", "north-korea"]),
        ("Ким Чен Ын приехал. Ким сказал.", ["kim", "kim"]),
    ],
)
def test_a_short_form_needs_its_full_name(body: str, found: list[str]) -> None:
    """A short form counts where the full name occurs, for the last one named, and not within another name."""
    assert [entity for _, entity in mentions(body)] == found


def test_a_headline_capitalises_everything() -> None:
    """In a headline a capital beside a surname makes no other name of it."""
    found = article("Kim Jong Un wrote.", title="Kim Thanks Russian President For His Letter")
    assert [mention.text for mention in found.mentions] == ["Kim", "Russian President", "Kim Jong Un"]


def test_the_article_comes_with_its_text_and_entities() -> None:
    """Each mentioned entity is listed once, by first mention, with what the profile knows of it."""
    found = article(
        "Putin met <b>Kim Jong&nbsp;Un</b>. Putin left.", published_at="2026-01-09", language="en"
    )
    assert found.text == "-\n\nPutin met Kim Jong Un. Putin left."
    assert found.language == "en"
    assert [entity.id for entity in found.entities] == ["putin", "kim"]
    assert found.entities[1].role == "GOV"
    assert found.date_issue is None
    assert found.body == "Putin met <b>Kim Jong&nbsp;Un</b>. Putin left."


@pytest.mark.parametrize(
    ("stated", "issue"),
    [
        (None, "missing"),
        ("soon", "missing"),
        ("1900-01-01", "implausible: 1900-01-01T00:00:00Z"),
        ("2027-01-01T00:00:00Z", "implausible: 2027-01-01T00:00:00Z"),
    ],
)
def test_a_date_that_says_nothing_is_said_to(stated: str | None, issue: str) -> None:
    """An undated article is never taken as now, and says why it has no date."""
    found = article("Text.", published_at=stated)
    assert (found.published_at, found.date_issue) == (None, issue)


def test_a_clock_that_is_a_day_ahead_is_believed() -> None:
    """A publication some hours after the fetch is a matter of time zones."""
    assert article("Text.", published_at="2026-01-11").date_issue is None


def test_too_long_a_body_is_refused() -> None:
    """A body over the limit can never succeed; at the limit it does."""
    assert article("x" * 10_000).text
    with pytest.raises(RecordError, match="body of 10001 characters"):
        article("x" * 10_001)


def test_an_article_without_a_visible_character_is_refused() -> None:
    """Title and body of nothing but unseen characters hold no text."""
    with pytest.raises(RecordError, match="no text"):
        article("\u200b", title="\u200b\u00ad")


def test_a_name_of_one_language_is_none_in_another() -> None:
    """Names in Latin letters count in their own language; English ones and other scripts count everywhere."""
    body = "Stany to kraj, w którym mieszkają ludzie, a Putin to nie kraj. 金正恩 też nie."
    assert [mention.text for mention in article(body, language="pl").mentions] == ["Stany", "Putin", "金正恩"]
    english = "Stany is the name of a dog that lives in a house, and Putin is not. Nor is 金正恩 one."
    assert [mention.text for mention in article(english, language="en").mentions] == ["Putin", "金正恩"]


def test_nul_bytes_do_no_harm() -> None:
    """Control characters vanish from the text and stay in the body."""
    found = article("Kim\x00 Jong Un\x07 came")
    assert [mention.text for mention in found.mentions] == ["Kim Jong Un"]
    assert found.body == "Kim\x00 Jong Un\x07 came"


def test_a_letter_that_grows_in_lower_case_moves_no_offset() -> None:
    """U+0130 becomes two characters in lower case; the mention after it is where it was."""
    assert mentions("İİİ Kim Jong Un") == [("Kim Jong Un", "kim")]


NAMES = [
    name for entity in parse_profile(PROFILE).entities for names in entity.aliases.values() for name in names
]
PIECES = st.one_of(
    st.sampled_from(NAMES), st.text(max_size=8, alphabet=st.characters(blacklist_categories=["Cs"]))
)


@given(st.lists(PIECES, max_size=20), st.sampled_from(["", " ", "\n", "-"]))
def test_an_offset_always_slices_its_mention(pieces: list[str], between: str) -> None:
    """Mentions are in order, do not overlap, and each is the slice of the text that it says it is."""
    found = article("x" + between.join(pieces))
    reached = 0
    for mention in found.mentions:
        assert found.text[mention.start : mention.end] == mention.text
        assert mention.start >= reached
        reached = mention.end
    assert {mention.entity_id for mention in found.mentions} == {entity.id for entity in found.entities}
