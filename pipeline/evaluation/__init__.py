"""How well a labelled file is read: what was found, against what its labels expect."""

from pipeline.evaluation.gold import Expectation, GoldArticle, GoldError, read_gold, read_labels
from pipeline.evaluation.misses import Miss
from pipeline.evaluation.names import Names, names_of
from pipeline.evaluation.outcome import Outcome
from pipeline.evaluation.scoring import Scores, score

__all__ = [
    "Expectation",
    "GoldArticle",
    "GoldError",
    "Miss",
    "Names",
    "Outcome",
    "Scores",
    "names_of",
    "read_gold",
    "read_labels",
    "score",
]
