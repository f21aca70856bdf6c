"""Whole articles: one event told many times, recaps, retractions, what is passed on and what is not."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from pipeline.core.articles import read_article
from pipeline.core.entities import EntityFinder
from pipeline.core.events import EventTagger, reports_of
from pipeline.core.records import AllianceEvent, TaggedArticle
from pipeline.profiles import load_profile

FETCHED = datetime(2026, 1, 20, tzinfo=UTC)


@cache
def stages() -> tuple[EntityFinder, EventTagger]:
    """The two stages over the shipped profile."""
    profile = load_profile("dprk-russia")
    return EntityFinder(profile), EventTagger(profile)


def tag(title: str, body: str, **fields: Any) -> TaggedArticle:
    """An article through both stages."""
    find, tagger = stages()
    article = {"title": title, "body": body, "published_at": "2025-07-03", "source": "Wire", **fields}
    return tagger(find(read_article(article, fetched_at=FETCHED)))


def current(tagged: TaggedArticle) -> list[AllianceEvent]:
    """The events that are news."""
    return [event for event in tagged.events if event.time_frame == "current"]


def test_one_letter_told_thrice() -> None:
    """Title, lead and a later sentence that tell one letter make one event with the fullest evidence."""
    tagged = tag(
        "Kim Jong Un writes to Putin",
        "Kim Jong Un sent a letter to Russian President Vladimir Putin on Wednesday, KCNA said. "
        'In the letter Kim told Putin: "Our people will stand by Russia for ever."',
    )
    (event,) = current(tagged)
    assert (event.type, event.mode, str(event.when.start)) == ("statement", "letter", "2025-07-02")
    assert event.quote == "Our people will stand by Russia for ever."


def test_two_speakers_stay_two() -> None:
    """A statement by Putin and one by Kim in one article are two events."""
    tagged = tag(
        "Leaders exchange messages",
        "Vladimir Putin sent a message of greeting to Kim Jong Un on Tuesday. "
        "Kim Jong Un sent a letter to Vladimir Putin on Wednesday.",
    )
    assert {event.actors for event in current(tagged)} == {("Q7747",), ("Q56226",)}


def test_what_a_letter_answers_is_background() -> None:
    """The message that a letter replies to is told, by its own sender, as background."""
    tagged = tag(
        "Kim Jong Un replies to Putin",
        "Kim Jong Un sent a reply to Vladimir Putin on Wednesday in response to a congratulatory message from Putin.",
    )
    assert [event.occasion for event in current(tagged)] == ["reply"]
    (answered,) = [event for event in tagged.events if event.time_frame == "background"]
    assert answered.actors == ("Q7747",)


def test_retraction() -> None:
    """A report that is taken back is marked, is no news, and is passed on."""
    tagged = tag(
        "Correction",
        "Wire B retracts its report that North Korean soldiers arrived in Kursk: the men were Russian.",
    )
    (report,) = reports_of(tagged)
    assert (report.event.mode, report.event.modality, report.event.time_frame) == (
        "retraction",
        "denied",
        "background",
    )


def test_recap_is_not_passed_on() -> None:
    """A recap raises no report."""
    tagged = tag("A look back", "Since October 2024 North Korea has sent thousands of soldiers to Kursk.")
    assert tagged.events
    assert not list(reports_of(tagged))


def test_ids_are_stable_and_of_the_article() -> None:
    """Reading an article twice gives the same ids; another article that says the same has others."""
    body = "North Korea sent 500 soldiers to Kursk on Wednesday."
    first, again, other = (tag("Report", body, url=f"https://example.org/{n}") for n in (1, 1, 2))
    assert [event.event_id for event in first.events] == [event.event_id for event in again.events]
    assert not {event.event_id for event in first.events} & {event.event_id for event in other.events}


def test_evidence_slices_the_text() -> None:
    """Evidence offsets slice the article's text."""
    tagged = tag("Report", "Seoul was quiet. North Korea sent 500 soldiers to Kursk on Wednesday.")
    assert tagged.events
    for event in tagged.events:
        assert tagged.text[event.evidence.start : event.evidence.end] == event.evidence.text


def test_undated_article() -> None:
    """In an article without a date a weekday says nothing of days."""
    tagged = tag("Report", "North Korea sent 500 soldiers to Kursk on Wednesday.", published_at=None)
    assert [event.when.start for event in tagged.events] == [None]


@pytest.mark.parametrize(
    "body",
    ["", "\x00", "a" * 50_000, "Putin " * 5_000, "«" * 500, "Kim Jong Un sent Putin Kim Jong Un sent Putin"],
)
def test_odd_bodies(body: str) -> None:
    """No text breaks the tagger."""
    assert tag("North Korea and Russia", body).article_id


def test_dateline_is_no_event_date() -> None:
    """The date of a dateline says when it was written, not when it happened."""
    tagged = tag(
        "Kim Jong Un Receives Russian Delegation",
        "Pyongyang, July 3 (KCNA) -- Kim Jong Un received a military delegation of the Russian Federation on July 1.",
    )
    assert {str(event.when.start) for event in current(tagged)} == {"2025-07-01"}


def test_names_glued_to_words() -> None:
    """Names that a scraper glued to the next word are read all the same."""
    tagged = tag(
        "Message", "Pyongyang, July 3 (KCNA) -- Kim Jong Unsent a letter to Vladimir Putin on Wednesday."
    )
    assert [event.mode for event in current(tagged)] == ["letter"]


KIM, PUTIN = "Q56226", "Q7747"
SENDERS = {
    "thanks name the sender of what is thanked for": (
        "In it Kim Jong Un thanked President Vladimir Putin for his warm congratulatory message.",
        {("background", PUTIN)},
    ),
    "whoever hands over a letter has not written it": (
        "In Pyongyang Sergei Shoigu met Kim Jong Un and handed him a message from President Vladimir Putin.",
        {("current", PUTIN)},
    ),
    "whoever says that there is a letter has not written it": (
        "Dmitry Peskov told reporters on Wednesday that a letter from Kim Jong Un to Vladimir Putin had arrived.",
        {("current", KIM)},
    ),
}


@pytest.mark.parametrize(("body", "expected"), SENDERS.values(), ids=SENDERS)
def test_a_message_is_its_senders(body: str, expected: set[tuple[str, str]]) -> None:
    """Of those around a message its sender is found, and an occasion is no news."""
    tagged = tag("A report", body)
    found = {
        (e.time_frame, e.actors[0])
        for e in tagged.events
        if e.type == "statement" and e.rule.endswith("/message")
    }
    assert found == expected


def test_a_korean_relative_clause_names_the_sender_of_what_is_answered() -> None:
    """Putin sent no letter where "the letter is an answer to the telegram that Putin sent"."""
    tagged = tag(
        "김정은, 푸틴에 회답 서한",
        "김정은 국무위원장이 푸틴 대통령에게 서한을 보냈다. 서한은 푸틴 대통령이 보낸 축전에 대한 답신이다.",
        language="ko",
    )
    assert {event.actors for event in current(tagged)} == {(KIM,)}


def test_the_topic_of_a_korean_sentence_acts_in_it() -> None:
    """The subject of an if-clause does not threaten; whom the sentence is about does."""
    tagged = tag(
        "김여정 담화",
        "김여정 부부장은 담화에서 한국이 우크라이나를 도우면 러시아와 함께 대응할 것이라고 위협했다.",
        language="ko",
    )
    assert ("kim-yo-jong",) in {event.actors for event in current(tagged)}


def test_thanks_for_a_message_in_the_same_article_are_part_of_its_news() -> None:
    """The message is the news; that its addressee gave thanks for it is told beside it."""
    tagged = tag(
        "Kim Jong Un receives message of sympathy from Putin",
        "Kim Jong Un received a message of sympathy from Vladimir Putin on Wednesday over the floods. "
        "Kim Jong Un expressed deep thanks to President Putin.",
    )
    assert {event.actors for event in current(tagged)} == {(PUTIN,)}


def test_a_plan_is_not_dated_by_the_day_it_was_told() -> None:
    """Where an official said on Monday that soldiers will be sent, nobody knows on which day."""
    tagged = tag(
        "North Korea to send soldiers to Kursk",
        "North Korea will send another 1,000 soldiers to Russia's Kursk region, Sergei Shoigu said on Monday.",
        published_at="2026-01-13",
    )
    (event,) = current(tagged)
    assert (event.type, event.modality, event.when.start) == ("deployment", "planned", None)


def test_a_headline_yields_to_the_plan_in_the_text() -> None:
    """A headline in the present tense over a text that tells a plan is a plan."""
    tagged = tag(
        "North Korea sends 1,000 more soldiers to Kursk",
        "North Korea will send another 1,000 soldiers to Russia's Kursk region next month, Sergei Shoigu said.",
    )
    assert {event.modality for event in current(tagged) if event.type == "deployment"} == {"planned"}


def test_a_body_speaks_and_not_its_country_beside_it() -> None:
    """A country in the title and its intelligence service in the text are one voice."""
    tagged = tag(
        "North Korean soldiers in Kursk, Ukraine says",
        "About 800 North Korean soldiers have arrived in Kursk, Ukraine's military intelligence said on Wednesday.",
    )
    (event,) = current(tagged)
    assert [a.entity_id for a in event.attribution] == ["main-directorate-of-intelligence-of-ukraine"]


def test_what_is_disclosed_only_now_is_news() -> None:
    """Soldiers sent two months ago are news when a government says so today, and a recap elsewhere."""
    disclosed = tag(
        "Seoul says more soldiers went to Russia",
        "North Korea sent about 3,000 more soldiers to Russia in April, South Korea's military said on Wednesday.",
    )
    recap = tag(
        "Two allies",
        "In April North Korea sent about 3,000 more soldiers to Russia. What comes next is open.",
    )
    assert [event.type for event in current(disclosed)] == ["deployment"]
    assert current(recap) == []


def test_who_does_not_deny_makes_no_denial() -> None:
    """Whoever "did not deny" has denied nothing."""
    tagged = tag(
        "Putin on soldiers",
        "Vladimir Putin did not deny on Wednesday that North Korean soldiers were in Russia.",
    )
    assert [event.mode for event in tagged.events if event.mode == "denial"] == []


SPEAKERS = {
    "the subject goes on to speak": (
        "Asked about reports, Vladimir Putin on Wednesday praised the soldiers in Russia from North Korea and said that "
        "relations with Pyongyang would grow.",
        "en",
        PUTIN,
    ),
    "whoever is met does not speak": (
        "金正恩2日在元山会见俄罗斯外长拉夫罗夫时表示,朝鲜将无条件支持俄罗斯。",
        "zh",
        KIM,
    ),
    "a place does not speak": (
        "Kim Jong Un vowed to back Russia for ever as Kursk was declared free, KCNA said on Wednesday.",
        "en",
        KIM,
    ),
}


@pytest.mark.parametrize(("body", "language", "speaker"), SPEAKERS.values(), ids=SPEAKERS)
def test_the_speaker_is_found(body: str, language: str, speaker: str) -> None:
    """Of the names in a sentence, whoever says it makes the statement."""
    statements = [
        event for event in current(tag("Report", body, language=language)) if event.type == "statement"
    ]
    assert {event.actors for event in statements} == {(speaker,)}


def test_a_chinese_decision_to_send_is_a_plan() -> None:
    """To have decided to send tells what is to come."""
    tagged = tag(
        "绍伊古在平壤",
        "俄罗斯联邦安全会议秘书绍伊古2日表示,金正恩决定向库尔斯克州派遣1000名工兵。",
        language="zh",
    )
    assert {e.modality for e in current(tagged) if e.type == "deployment"} == {"planned"}


def test_a_joint_statement_is_of_those_who_condemn_in_it() -> None:
    """A party that is only named in what others condemn has issued nothing."""
    tagged = tag(
        "Japan, South Korea and US condemn North Korean builders' dispatch to Russia",
        "Tokyo, Seoul and Washington condemned the plan to send North Korean sappers to Kursk in a joint statement on Friday.",
    )
    statements = [event for event in current(tagged) if event.type == "statement"]
    assert {event.mode for event in statements} == {"condemnation"}


def test_who_goes_on_to_write_is_the_subject_and_not_who_is_thanked() -> None:
    """Whoever thanks somebody "and wrote" something has written it, also where a pronoun stands for him."""
    tagged = tag(
        "Kim Jong Un sends reply letter to Russian president",
        "Kim Jong Un sent a reply letter to Vladimir Putin on Thursday, the Korean Central News Agency reported. "
        'In the letter he thanked the Russian president for his message and wrote: "I will always stand with your Russia."',
    )
    words = [who.entity_id for event in current(tagged) for who in event.attribution]
    assert "Q56226" in words
    assert "Q7747" not in words
