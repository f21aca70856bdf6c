"""The stories stage: what is new, what changes a story, what is withdrawn, and what is silence."""

from pipeline.core.stories.book import StoryBook, Verdict, story_block

__all__ = ["StoryBook", "Verdict", "story_block"]
