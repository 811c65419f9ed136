"""What was measured: the scoreboard, the card of a lab, and the recordings of runs that failed."""

from ganhacks.evidence.board import EVIDENCE, Effect, effects, ratios
from ganhacks.evidence.cards import Card, rows

__all__ = ["EVIDENCE", "Card", "Effect", "effects", "ratios", "rows"]
