"""Precision, recall and F1."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    """How many were right, wrongly found, and missed. With nothing to find or found, a figure is 1."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Share of the found that is right."""
        return _share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of the expected that was found."""
        return _share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return harmonic_mean(self.precision, self.recall)

    def add(self, other: "Counts") -> None:
        """Add other counts to these."""
        self.right += other.right
        self.wrong += other.wrong
        self.missed += other.missed


@dataclass(slots=True)
class Share:
    """How many of how many were right."""

    right: int = 0
    of: int = 0

    def count(self, *, is_right: bool) -> None:
        """Count one more."""
        self.right += is_right
        self.of += 1

    def add(self, other: "Share") -> None:
        """Add another share to this one."""
        self.right += other.right
        self.of += other.of

    @property
    def value(self) -> float:
        """The share; 1 of nothing."""
        return _share(self.right, self.of)


def harmonic_mean(one: float, other: float) -> float:
    """Return the harmonic mean; 0 where both are."""
    return 2 * one * other / (one + other) if one + other else 0.0


def b_cubed(clusters: Sequence[tuple[Hashable, Hashable]]) -> tuple[float, float]:
    """Return the B-cubed precision and recall of items given as (true cluster, found cluster); 1 of nothing.

    For each item: which share of its found cluster belongs to its true one, and which share of its true
    cluster was found with it (Bagga and Baldwin 1998).
    """
    true, found, both = (
        _sizes(keys) for keys in ([t for t, _ in clusters], [f for _, f in clusters], clusters)
    )
    if not clusters:
        return 1.0, 1.0
    precision = sum(both[item] / found[item[1]] for item in clusters) / len(clusters)
    recall = sum(both[item] / true[item[0]] for item in clusters) / len(clusters)
    return precision, recall


def _sizes(keys: Sequence[Hashable]) -> dict[Hashable, int]:
    sizes: dict[Hashable, int] = {}
    for key in keys:
        sizes[key] = sizes.get(key, 0) + 1
    return sizes


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
