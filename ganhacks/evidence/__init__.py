"""What was measured: the card of a lab, drawn from its rows, and the recordings of runs that failed."""

from ganhacks.evidence.cards import EVIDENCE, Card, Effect, paired_effect, rows

__all__ = ["EVIDENCE", "Card", "Effect", "paired_effect", "rows"]
