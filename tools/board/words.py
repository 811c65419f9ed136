"""What all tables of the scoreboard have in common: its cells by place, its signs and figures, and what is missing."""

from ganhacks.evidence.board import VERDICTS

SIGNS = " · ".join(f"{icon} {verdict}" for verdict, (icon, _) in VERDICTS.items())


def interim(effects, strong="**{}**"):
    """Return the warning that runs are missing, after a space, or "". strong: how the page writes what is bold."""
    told = strong.format("Interim: runs are missing, so verdicts may change.")
    return f" {told}" if any(one.interim for one in effects) else ""


def by_place(effects, hacks, on="data"):
    """Return the places, pairs of data and context, and the effects in them: (hack, *place) -> Effect.

    hacks: the effects of others are left out. on: what names the data, "data" or, shorter, "workload".
    """
    found = {(one.hack, getattr(one, on), one.context): one for one in effects if one.hack in hacks}
    return list(dict.fromkeys(key[1:] for key in found)), found
