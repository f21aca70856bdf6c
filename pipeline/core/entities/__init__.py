"""The entities stage: an article's plain text, language, and what of the profile it mentions."""

from pipeline.core.entities.finder import EntityFinder

__all__ = ["EntityFinder"]
