"""How well a labelled file is read: what was found, against what its labels expect."""

from pipeline.evaluation.gold import Expectation, GoldArticle, GoldError, ids_by_name, read_gold
from pipeline.evaluation.misses import Miss
from pipeline.evaluation.outcome import Outcome
from pipeline.evaluation.scoring import Scores, score

__all__ = [
    "Expectation",
    "GoldArticle",
    "GoldError",
    "Miss",
    "Outcome",
    "Scores",
    "ids_by_name",
    "read_gold",
    "score",
]
