"""From cases to figures: who was blamed, how surely, and what the baselines would have said."""

import math
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from attribution_baselines import BASELINES
from attribution_left_out import fitted_scale, left_out
from measuring import Told

NEAR_S = 1_800.0
TELLABLE = 0.9
CONFIDENT = (0.5, 0.9)
LONGEST_RAMP_S = 1_800.0
"""A browser's new release spreads over hours: that is no ramp that can be dated to a minute."""


def when(text: str | None) -> float | None:
    return datetime.fromisoformat(text).timestamp() if text else None


def matched(case: Told) -> Told | None:
    """The found incident that is the true one: it overlaps, and begins nearest."""
    onset = when(case["truth"]["onset"])
    if onset is None:
        return None
    end = when(case["truth"]["recovered"]) or math.inf
    slack = NEAR_S + case["truth"]["ramp_s"]
    near = [
        i
        for i in case["incidents"]
        if onset - slack <= when(i["onset"]) <= min(end, onset + 4 * slack)
    ]
    return min(near, key=lambda i: abs(when(i["onset"]) - onset), default=None)


def answer(incident: Told | None) -> tuple[str | None, float]:
    """The most supported answer (a change, or `none`) and its probability."""
    if incident is None:
        return None, 0.0
    none = incident["none_probability"]
    first = incident["suspects"][0] if incident["suspects"] else None
    return (first["id"], first["p"]) if first and first["p"] >= none else ("none", none)


def right(case: Told) -> str:
    return case["truth"]["guilty_change_id"] or "none"


def tellable(case: Told) -> bool:
    """Whether the true generator itself would be sure."""
    return case["truth"]["oracle"].get(right(case), 0.0) >= TELLABLE


def wilson(hits: int, tried: int, z: float = 1.645) -> list[float]:
    """Wilson's 90 % interval: its ends are one-sided 95 % bounds."""
    if not tried:
        return [0.0, 1.0]
    rate, spread = hits / tried, z * z / tried
    middle = (rate + spread / 2) / (1 + spread)
    half = z * math.sqrt(rate * (1 - rate) / tried + spread / (4 * tried)) / (1 + spread)
    return [round(max(0.0, middle - half), 3), round(min(1.0, middle + half), 3)]


def share(cases: Iterable[Any], hit: Callable[[Any], bool]) -> Told:
    told = [hit(case) for case in cases]
    rate = round(sum(told) / len(told), 3) if told else None
    return {"n": len(told), "rate": rate, "interval": wilson(sum(told), len(told))}


def scored(cases: list[Told]) -> Told:
    """All figures, over all kinds and by kind."""
    faulty = [c for c in cases if c["truth"]["onset"]]
    guilty = [c for c in faulty if c["truth"]["guilty_change_id"]]
    innocent = [c for c in faulty if not c["truth"]["guilty_change_id"]]
    healthy = [c for c in cases if not c["truth"]["onset"]]
    sure = [c for c in faulty if tellable(c)]
    return {
        "cases": len(cases),
        "top1_tellable": share(sure, _top1),
        "top1_tellable_guilty": share([c for c in sure if right(c) != "none"], _top1),
        "top1_tellable_labelled": share([c for c in sure if c["truth"]["versions_logged"]], _top1),
        "top1_tellable_unlabelled": share(
            [c for c in sure if not c["truth"]["versions_logged"]], _top1
        ),
        "top1_guilty": share(guilty, _top1),
        "oracle_guilty": share(guilty, _oracle_right),
        "top3_guilty": share(guilty, _top3),
        "false_blame": {str(p): share(innocent, _wrong(p)) for p in CONFIDENT},
        "wrong_blame_any": {str(p): share(faulty, _wrong(p)) for p in CONFIDENT},
        "oracle_false_blame": {str(p): share(innocent, _oracle_blames(p)) for p in CONFIDENT},
        "undetermined": share(
            faulty, lambda c: (matched(c) or {}).get("verdict") == "undetermined"
        ),
        "missed": share(faulty, lambda c: matched(c) is None),
        "false_incidents": sum(_false(c) for c in cases),
        "healthy_with_incident": share(healthy, lambda c: bool(c["incidents"])),
        "cause_class": share(faulty, _class_right),
        "onset": _onsets(faulty),
        "calibration": _calibration(faulty),
        "left_out": _left_out(faulty),
        "baselines": {name: _baseline(rule, faulty) for name, rule in BASELINES.items()},
        "seconds": round(sum(c["seconds"] for c in cases), 1),
        "by_kind": {k: _by_kind([c for c in cases if c["kind"] == k]) for k in _kinds(cases)},
    }


def _kinds(cases: list[Told]) -> list[str]:
    return sorted({c["kind"] for c in cases})


def _by_kind(cases: list[Told]) -> Told:
    faulty = [c for c in cases if c["truth"]["onset"]]
    return {
        "n": len(cases),
        "top1": share(faulty, _top1)["rate"],
        "oracle": share(faulty, _oracle_right)["rate"],
        "tellable": share([c for c in faulty if tellable(c)], _top1),
        "class": share(faulty, _class_right)["rate"],
        "missed": sum(matched(c) is None for c in faulty),
        "wrong_0.5": sum(_wrong(0.5)(c) for c in faulty),
        "false_incidents": sum(_false(c) for c in cases),
    }


def _top1(case: Told) -> bool:
    return answer(matched(case))[0] == right(case)


def _top3(case: Told) -> bool:
    found = matched(case)
    return bool(found) and right(case) in [s["id"] for s in found["suspects"][:3]]


def _oracle_right(case: Told) -> bool:
    told = case["truth"]["oracle"]
    return max(told, key=lambda name: told[name], default=None) == right(case)


def _wrong(least: float) -> Callable[[Told], bool]:
    """A change is named, and it is not the guilty one."""

    def blamed(case: Told) -> bool:
        named, chance = answer(matched(case))
        return named not in (None, "none", right(case)) and chance >= least

    return blamed


def _oracle_blames(least: float) -> Callable[[Told], bool]:
    return lambda c: any(
        p >= least for name, p in c["truth"]["oracle"].items() if name not in ("none", right(c))
    )


def _false(case: Told) -> int:
    """Incidents found outside the true one."""
    onset, end = when(case["truth"]["onset"]), when(case["truth"]["recovered"])
    if onset is None:
        return len(case["incidents"])
    last = (end or math.inf) + NEAR_S
    first = onset - NEAR_S - case["truth"]["ramp_s"]
    return sum(not first <= when(i["onset"]) <= last for i in case["incidents"])


def _class_right(case: Told) -> bool:
    found = matched(case)
    return bool(found) and found["cause_class"] == case["truth"]["cause_class"]


def _baseline(rule: Callable[[Told, float], str], cases: list[Told]) -> Told:
    """How a simpler rule does, where an incident was found: right, and innocent changes blamed."""
    told = [(c, rule(c, i["onset_s"])) for c in cases if (i := matched(c)) and "records" in c]
    guilty = [(c, named) for c, named in told if right(c) != "none"]
    innocent = [(c, named) for c, named in told if right(c) == "none"]
    return {
        "top1_guilty": share(guilty, lambda pair: pair[1] == right(pair[0])),
        "false_blame": share(innocent, lambda pair: pair[1] != "none"),
    }


def _onsets(cases: list[Told]) -> Told:
    """Errors of the onset, where enough people try for it to be told."""
    pairs = [(c, i) for c in cases if (i := matched(c)) and c["truth"]["attempts_per_min"] >= 30]
    steps = sorted(_late(c, i) for c, i in pairs if not c["truth"]["ramp_s"])
    ramps = sorted(_late(c, i) for c, i in pairs if 0 < c["truth"]["ramp_s"] <= LONGEST_RAMP_S)
    slower = sorted(_late(c, i) for c, i in pairs if c["truth"]["ramp_s"] > LONGEST_RAMP_S)
    inside = [(c, i) for c, i in pairs if _covers(c, i)]
    widths = sorted(when(i["onset_interval"][1]) - when(i["onset_interval"][0]) for _, i in pairs)
    return {
        "steps": _quantiles(steps),
        "ramps": _quantiles(ramps),
        "slower_than_half_an_hour": _quantiles(slower),
        "covered": round(len(inside) / len(pairs), 3) if pairs else None,
        "width_s": _quantiles(widths),
    }


def _late(case: Told, incident: Told) -> float:
    return abs(when(incident["onset"]) - when(case["truth"]["onset"]))


def _covers(case: Told, incident: Told) -> bool:
    low, high = (when(t) for t in incident["onset_interval"])
    return low - 1 <= when(case["truth"]["onset"]) <= high + 1


def _quantiles(ordered: list[float]) -> Told:
    if not ordered:
        return {"n": 0}
    places = {"median": 0.5, "p90": 0.9}
    at = {
        k: round(ordered[min(len(ordered) - 1, int(q * len(ordered)))], 1)
        for k, q in places.items()
    }
    return {"n": len(ordered), **at}


def _calibration(cases: list[Told]) -> Told:
    """Brier score and ECE (ten bins) of the most supported answer."""
    told = [(answer(i)[1], answer(i)[0] == right(c)) for c in cases if (i := matched(c))]
    if not told:
        return {"n": 0}
    bins: dict[int, list[tuple[float, bool]]] = {}
    for chance, hit in told:
        bins.setdefault(min(9, int(chance * 10)), []).append((chance, hit))
    gaps = [abs(sum(p - h for p, h in part)) for part in bins.values()]
    return {
        "n": len(told),
        "brier": round(sum((p - h) ** 2 for p, h in told) / len(told), 4),
        "ece": round(sum(gaps) / len(told), 4),
        "log_score": round(sum(_log_score(p, hit=h) for p, h in told) / len(told), 3),
        "bins": {
            f"{k / 10:.1f}": [len(v), _mean(p for p, _ in v), _mean(h for _, h in v)]
            for k, v in sorted(bins.items())
        },
    }  # fmt: skip


def _left_out(cases: list[Told]) -> Told:
    """The scale of log odds that suits all cases, and what each kind loses where it taught none."""
    by_kind: dict[str, list[tuple[float, bool]]] = {}
    for case in cases:
        if found := matched(case):
            named, chance = answer(found)
            by_kind.setdefault(case["kind"], []).append((chance, named == right(case)))
    whole = [told for answers in by_kind.values() for told in answers]
    lost = left_out(by_kind)
    return {
        "scale": round(fitted_scale(whole), 3),
        "worst": max(lost, key=lambda kind: lost[kind], default=None),
        "lost": lost,
    }


def _log_score(chance: float, *, hit: bool) -> float:
    return math.log(max(1e-4, chance if hit else 1 - chance))


def _mean(values: Iterable[float]) -> float:
    told = list(values)
    return round(sum(told) / len(told), 3)


def show(case: Told) -> Any:
    """One line a case, for people who look at what went wrong."""
    found = matched(case)
    named, chance = answer(found)
    truth = case["truth"]
    return (
        case["kind"], case["seed"], "OK" if named == right(case) else "--",
        f"true={right(case)}/{truth['cause_class']}/{truth['cause']}",
        f"oracle={truth['oracle'].get(right(case), 0):.2f}",
        f"said={named}:{chance:.2f}/{found and found['cause_class']}",
        f"sig={found and list(found['signal'].values())[:3]}",
        f"late={found and round(when(found['onset']) - when(truth['onset']))}",
        f"n={truth['users_affected']}@{truth['attempts_per_min']:.0f}/min",
        f"ver={truth['versions_logged']} chg={truth['change_records']}",
        f"th={found and [(t['name'], round(t['p'], 2)) for t in found['theories'][:2]]}",
    )  # fmt: skip
