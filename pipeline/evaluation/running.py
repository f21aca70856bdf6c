"""Labelled articles through the flow, in order, in memory."""

from pipeline.core.records import Alert, Story, TaggedArticle
from pipeline.evaluation.gold import GoldArticle
from pipeline.evaluation.outcome import Outcome
from pipeline.memory import flow
from pipeline.topology import Context


def outcome_of(gold: GoldArticle, context: Context) -> Outcome:
    """Run an article through the flow; what came before stays in the context's stories.

    Raises RecordError where the article can never be enriched.
    """
    records = [output.record for output in flow(gold.article, context)]
    tagged = next(record for record in records if isinstance(record, TaggedArticle))
    alerts = tuple(record for record in records if isinstance(record, Alert))
    news = {event.event_id for event in Outcome(gold, tagged.events).current}
    stories = dict.fromkeys(
        (record.kind, record.story_id)
        for record in records
        if isinstance(record, Story) and news & _reported(record, gold.article.article_id)
    )
    return Outcome(gold, tagged.events, alerts, tuple(stories), tagged.text, tagged.mentions, tagged.language)


def _reported(story: Story, article_id: str) -> set[str]:
    return {
        event_id
        for report in story.reports
        if report.article.article_id == article_id
        for event_id in report.event_ids
    }
