"""
How far others answer the drills as their key says.

    python training/drills.py

`drills_read_again.jsonl` holds a second reading of every piece: languages mixed, options in the
order they are shown in, no key, no reason, by a reader who had seen none of the texts before. Each
line keeps the key of that day, so mending a piece changes no figure. Reader and author are language
models of one kind, which agree more easily than people do; no coach and no native helpline worker
has answered them. Beside it what Kindline says of what callers say: it learnt from none of it.
"""

from collections import defaultdict
from datetime import UTC, datetime
import json
from pathlib import Path

from kindline.analysis import analyse
from kindline.coaching.drills import DRILL_KINDS, NEEDS, Drill, drills
from kindline.ingest.plain import conversation_from
from kindline.languages import codes
from kindline.metrics.kappa import kappa
from kindline.model.analysis import Analysis, Need
from kindline.policy import profile

READ = Path(__file__).parent / "drills_read_again.jsonl"
_NEEDS: tuple[Need, ...] = ("companionship", "support", "service")


def heard(one: Drill) -> str:
    """Return the need that Kindline hears in what a caller says: a cue first, then the surest."""
    plain = {"id": one.id, "language": one.language, "lawful_basis": "consent"}
    turns = [{"party": "customer", "text": one.says}]
    conversation = conversation_from({**plain, "turns": turns}, source="d", record=one.id)
    told: Analysis = analyse(conversation, profile(), now=datetime.now(UTC))
    if told.crisis.state == "cue":
        return "crisis"
    return max(_NEEDS, key=lambda need: told.need(need).probability or 0.0)


def main() -> None:
    """Print agreement with the key, by kind and for Kindline by language."""
    pairs: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for line in READ.read_text("utf-8").splitlines():
        told = json.loads(line)
        pairs[told["kind"]].extend(zip(told["key"], told["given"], strict=True))
        if told["key"] != told["given"]:
            print(f"read otherwise: {told['id']} ({told['language']})")
    for kind in DRILL_KINDS:
        print(f"read again, {kind}: {kappa(pairs[kind])}")
    for code in codes():
        needs = [one for one in drills(code).values() if one.kind == "need"]
        said = [(NEEDS[one.right[0]], heard(one)) for one in needs]
        n_same = sum(key == told for key, told in said)
        print(f"Kindline, needs, {code}: {n_same} of {len(said)}; {kappa(said)}")


if __name__ == "__main__":
    main()
