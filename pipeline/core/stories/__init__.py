"""The stories stage: what is new, what changes a story, what is withdrawn, and what is silence."""

from pipeline.core.stories.book import StoryBook, Verdict, story_block
from pipeline.core.stories.figures import in_words as figure_in_words

__all__ = ["StoryBook", "Verdict", "figure_in_words", "story_block"]
