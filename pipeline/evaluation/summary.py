"""Scores as plain values: what `--json` prints and the table shows."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pipeline.evaluation.counts import Counts, Share, b_cubed, harmonic_mean
from pipeline.evaluation.raised import AlertCounts, RaisedScores
from pipeline.evaluation.scoring import Scores
from pipeline.evaluation.slots import SLOTS


def summary(scores: Scores, *, alerts_only: bool = False, errors: bool = False) -> dict[str, Any]:
    """Return the figures as one object; shares are rounded to four places."""
    found: dict[str, Any] = {"articles": scores.articles, "labelled": scores.labelled}
    if not alerts_only:
        found["types"] = _by_kind(scores.types, Counts())
        found["actors"] = _share(scores.actors)
        found["slots"] = _slots(scores.slots)
        found["entities"] = _by_kind(scores.entities, Counts())
        found["entities_by_language"] = _by_kind(scores.languages, Counts())
    raised = scores.raised
    found["alerts"] = _by_kind(raised.alerts, AlertCounts())
    found["status"] = _share(raised.status)
    found["repeats_silenced"] = _share(raised.repeats)
    found["stories"] = _stories(raised)
    found["pairs"] = {pair: _share(raised.pairs[pair]) for pair in sorted(raised.pairs)}
    if errors:
        misses = ([] if alerts_only else scores.misses) + raised.misses
        found["errors"] = [asdict(miss) for miss in sorted(misses, key=lambda miss: (miss.what, miss.kind))]
    return found


def _slots(by_type: Mapping[str, Mapping[str, Share]]) -> dict[str, Any]:
    """Return the accuracy of each slot over the events found, in all and for each type."""
    whole: dict[str, Share] = {slot: Share() for slot in SLOTS}
    for shares in by_type.values():
        for slot, share in shares.items():
            whole[slot].add(share)
    rows = {"all": whole} | {kind: by_type[kind] for kind in sorted(by_type)}
    return {kind: {slot: _share(row[slot]) for slot in SLOTS if slot in row} for kind, row in rows.items()}


def _by_kind(kinds: Mapping[str, Counts], whole: Counts) -> dict[str, Any]:
    for counts in kinds.values():
        whole.add(counts)
    return {"all": _counts(whole)} | {kind: _counts(kinds[kind]) for kind in sorted(kinds)}


def _counts(counts: Counts) -> dict[str, Any]:
    row: dict[str, Any] = {"right": counts.right, "wrong": counts.wrong, "missed": counts.missed}
    if isinstance(counts, AlertCounts):
        row |= {"doubled": counts.doubled, "false": counts.false}
    return row | {name: round(getattr(counts, name), 4) for name in ("precision", "recall", "f1")}


def _share(share: Share) -> dict[str, Any]:
    return {"right": share.right, "of": share.of, "share": round(share.value, 4)}


def _stories(scores: RaisedScores) -> dict[str, Any]:
    precision, recall = b_cubed(scores.clusters)
    return {
        "merged_within_96_hours": len(scores.merged),
        "reports": len(scores.clusters),
        "b_cubed_precision": round(precision, 4),
        "b_cubed_recall": round(recall, 4),
        "b_cubed_f1": round(harmonic_mean(precision, recall), 4),
    }
