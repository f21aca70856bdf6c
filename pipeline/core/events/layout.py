"""Lays an article out for the rules: its sentences, each with its words and names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.core.events.context import Context
from pipeline.core.events.cues import grammar
from pipeline.core.events.ellipsis import people_left_out
from pipeline.core.events.scene import Scene
from pipeline.core.events.words import Hit
from pipeline.core.records import EntityArticle
from pipeline.core.text.sentences import split_sentences
from pipeline.core.vocabulary import Alliance

_SCENES_AT_MOST = 400
# "МОСКВА, 1 июня.", "ПХЕНЬЯН. 3 июня. ИНТЕРФАКС": where and when it was written, as a sentence of its own.
_DATELINE = re.compile(
    r"(?:[А-ЯЁ-]{3,25}(?: [А-ЯЁ-]{3,25})?(?:, )?)?(?:\d{1,2} [а-яё]{3,8})?[.]?(?: ?[/—–-]? ?(?:[А-ЯЁ]{3,12}|РИА Новости)/?[.]?)?"
)


def lay_out(
    article: EntityArticle,
    language: str,
    hits: Sequence[Hit],
    *,
    parties: tuple[str, ...],
    alliance: Alliance,
    countries: Mapping[str, str],
) -> Context:
    """Return the article as a context of scenes; of a very long article only the first sentences."""
    entities = {entity.id: entity for entity in article.entities}
    mentions = [(mention, entities[mention.entity_id]) for mention in article.mentions]
    rules = grammar(language)
    scenes: list[Scene] = []
    at_hit = at_mention = 0
    for span in split_sentences(article.text)[:_SCENES_AT_MOST]:
        first_hit = at_hit
        while at_hit < len(hits) and hits[at_hit].start < span.end:
            at_hit += 1
        first_mention = at_mention
        while at_mention < len(mentions) and mentions[at_mention][0].start < span.end:
            at_mention += 1
        if scenes and _DATELINE.fullmatch(article.text, span.start, span.end):
            continue
        scene = Scene(
            article.text,
            span.start,
            span.end,
            len(scenes),
            hits[first_hit:at_hit],
            mentions[first_mention:at_mention],
            rules,
        )
        left_out = people_left_out(scene, scenes[-1] if scenes else None)
        scenes.append(replace(scene, hits=sorted([*scene.hits, *left_out])) if left_out else scene)
    return Context(article, scenes, parties, alliance, countries)
