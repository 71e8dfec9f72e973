"""What speaks for an identity, in words that people read."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.assess import planned
from jointsky.assess.likelihoods import log_odds
from jointsky.assess.memory import CLIMB, HEIGHT, SPEED
from jointsky.assess.model_arrays import ModelArrays
from jointsky.assess.model_declared import VehicleClass
from jointsky.assess.readings import (
    EMERGENCY,
    KIND,
    KINDS,
    MILITARY,
    MODE_A,
    NO_ANSWER,
    REMOTE_ID,
    Evidences,
    Reader,
)
from jointsky.records.assessment import Assessment, Evidence, Identity

Floats = npt.NDArray[np.float64]

_SHOWN = 0.01  # a class less probable than this is not listed
_RUNNER_UP = 0.03
_WEIGHTY = 0.05  # what changes the log-odds by less is not told, but for what is always told
_SOURCES = {
    **{"motion": "motion", "course": "motion", "answer": "transponder", "squawk": "transponder"},
    **{"plan": "plan", "list": "plan", "corridor": "corridor", "zone": "zone"},
    **{"aim": "zone", "company": "motion"},
    **{"radio": "signal", "sound": "signal", "report": "report"},
}
_EMERGENCIES = {0o7500: "unlawful interference", 0o7600: "radio failure", 0o7700: "emergency"}


class Decision(NamedTuple):
    """What a person decided a track to be."""

    identity: Identity
    by: str
    time_s: float
    reason: str


class Told(NamedTuple):
    """One track whose assessment is to be written down."""

    number: int
    place: int  # among those that were read together
    now_s: float
    identity: Identity  # by the machine
    decision: Decision | None
    probabilities: Floats  # of classes
    hostile: float
    civil: float  # and neutral


def assessment(told: Told, arrays: ModelArrays, evidence: tuple[Evidence, ...] = ()) -> Assessment:
    """Return the assessment of one track, with evidence that it is told with."""
    probabilities = told.probabilities
    order = np.argsort(-probabilities, kind="stable")
    shares, shown = probabilities.tolist(), {}
    for c in order.tolist():
        if shares[c] < _SHOWN:
            break
        shown[arrays.classes[c].label] = round(shares[c], 4)
    domain, of_domain = arrays.domain_of(probabilities)
    kind, of_kind = arrays.type_of(probabilities)
    decision = told.decision
    return Assessment(
        time_s=told.now_s,
        track=told.number,
        identity=told.identity if decision is None else decision.identity,
        domain=domain if of_domain >= 0.5 else "",
        type=kind if of_kind >= 0.5 else "",
        is_civil=told.civil > 0.5,
        hostile=min(told.hostile, 1.0),
        classes=shown,
        evidence=evidence,
        decided_by="" if decision is None else decision.by,
    )


def evidence_of(
    told: Told, found: Evidences, reader: Reader, arrays: ModelArrays
) -> tuple[Evidence, ...]:
    """Return what speaks for an assessment, the weightiest first."""
    return (
        *_of_person(told.decision),
        *_evidence(told, found, reader, arrays),
        _closing(told.probabilities, arrays.classes),
    )


def _of_person(decision: Decision | None) -> tuple[Evidence, ...]:
    if decision is None:
        return ()
    words = f"decided by {decision.by}"
    return (Evidence(source="person", words=f"{words}: {decision.reason}".removesuffix(": ")),)


def _evidence(told: Told, found: Evidences, reader: Reader, arrays: ModelArrays) -> list[Evidence]:
    """Return what was read, each with what the log-odds would be without it."""
    total = found.weighed.total[told.place]
    without = total - found.logs[:, told.place]
    chosen = arrays.is_hostile
    shifts = log_odds(total[None], chosen) - log_odds(without, chosen)
    made: list[tuple[float, Evidence]] = []
    for name in KINDS:
        row = KIND[name]
        if not found.weighed.has[told.place, row] or name == "existence":
            continue
        shift = float(shifts[row])
        words = _words(name, told.place, found, reader)
        if words and (abs(shift) >= _WEIGHTY or _is_always_told(name, told.place, found)):
            source = _SOURCES[name]
            if name == "answer" and found.answer[told.place] == REMOTE_ID:
                source = "remote-id"
            made.append((shift, Evidence(source=source, words=words, shift=round(shift, 3))))
    return [one for _, one in sorted(made, key=lambda pair: -abs(pair[0]))]


def _is_always_told(name: str, place: int, found: Evidences) -> bool:
    """Return whether people want to read it even where it changes nothing."""
    if name == "squawk":
        return bool(found.squawk[place] == EMERGENCY)
    if name == "plan":
        return bool(found.matched.plan[place] >= 0)
    if name == "list":
        return bool(found.friend[place] >= 0)
    if name in ("zone", "aim", "company"):
        return bool(found.flags[name][place] == 1)
    return name in ("motion", "answer", "report")


def _words(name: str, place: int, found: Evidences, reader: Reader) -> str:
    """Return what one kind of evidence says of a track; empty: nothing worth telling."""
    memory, row = reader.memory, int(found.rows[place])
    if name == "motion":
        return _motion_words(place, found, reader)
    if name == "course":
        straight = float(memory.straightness(found.rows[place : place + 1])[0][0])
        return "straight course" if straight > 0.95 else (
            "turns now and then" if straight > 0.6 else "turns much"
        )  # fmt: skip
    if name == "answer":
        return _answer_words(int(found.answer[place]), row, reader)
    if name == "squawk":
        code = int(str(memory.column("mode_a")[row]))
        meaning = _EMERGENCIES.get(code, "") if found.squawk[place] == EMERGENCY else ""
        return f"squawk {code:04o}: {meaning}".removesuffix(": ")
    if name == "plan":
        return _plan_words(place, found, reader)
    if name == "list":
        known = int(found.friend[place])
        return "answers as none on the list of own" if known < 0 else (
            f"answers as {reader.friends.friends[known].name} on the list of own"
        )  # fmt: skip
    if name == "corridor":
        return "along an airway" if found.flags["corridor"][place] == 1 else "along no airway"
    if name == "zone":
        zone, above = (
            memory.column("zone")[row],
            float(memory.floats("zone_above", found.rows)[place]),
        )
        return f"inside {zone}{_height(above)}" if zone else ""
    if name == "aim":
        is_aimed = found.flags["aim"][place] == 1
        return f"flies straight at {memory.column('aimed')[row]}" if is_aimed else ""
    if name == "company":
        is_beside = found.flags["company"][place] == 1
        return "beside a track that answers, equally fast" if is_beside else ""
    if name == "radio":
        return (
            "a drone's radio link heard"
            if found.flags["radio"][place] == 1
            else "no radio link heard"
        )
    if name == "sound":
        return "engine heard" if found.flags["sound"][place] == 1 else "no engine heard"
    number = int(str(memory.column("number")[row]))
    return "; ".join(claim.words for claim in reader.claims(number))


def _motion_words(place: int, found: Evidences, reader: Reader) -> str:
    """Return speed and height, and the class that they fit best."""
    rows = found.rows[place : place + 1]
    speed, climb, height = (
        float(reader.memory.motion(which, rows)[0][0]) for which in (SPEED, CLIMB, HEIGHT)
    )
    said = f"{speed:.0f} m/s{_height(height)}"
    if abs(climb) >= 3.0:
        said += f", {'climbs' if climb > 0 else 'sinks'} {abs(climb):.0f} m/s"
    like = reader.arrays.classes[int(np.argmax(found.logs[KIND["motion"], place]))]
    return f"{said}: most like {like.words}"


def _height(above_m: float) -> str:
    if not np.isfinite(above_m):
        return ""
    step = 10.0 if above_m < 1000.0 else 100.0
    return f" at {max(round(above_m / step) * step, 0.0):.0f} m"


def _answer_words(answer: int, row: int, reader: Reader) -> str:
    memory = reader.memory
    if answer == NO_ANSWER:
        asked = float(memory.floats("asked_s", np.array([row]))[0])
        return f"no transponder reply for {asked:.0f} s" if asked > 0.0 else "no Remote ID"
    if answer == MILITARY:
        return "military reply"
    if answer == REMOTE_ID:
        return "sends Remote ID"
    if answer == MODE_A:
        return "answers Mode A/C"
    address, call = int(str(memory.column("mode_s")[row])), str(memory.column("call_sign")[row])
    said = "answers Mode S" + (f" {address:06X}" if address >= 0 else "")
    return said + (f" as {call}" if call else "")


def _plan_words(place: int, found: Evidences, reader: Reader) -> str:
    matched = found.matched
    category, row = int(matched.category[place]), int(matched.plan[place])
    if category == planned.NONE or row < 0:
        return "on no flight plan"
    plan, off = reader.plans.plans[row], f"{matched.off_m[place] / 1000.0:.1f} km off"
    if category == planned.OFF:
        return f"answers as flight plan {plan.label}, but is {off} its way"
    if category in (planned.CIVIL_PLACE, planned.FRIEND_PLACE):
        return f"where flight plan {plan.label} should be ({off}), without an answer"
    return f"on flight plan {plan.label} ({off})"


def _closing(probabilities: Floats, classes: tuple[VehicleClass, ...]) -> Evidence:
    """Return the likeliest class and the runner-up."""
    order = np.argsort(-probabilities, kind="stable")
    said = [
        f"{_who(classes[c])} ({100.0 * probabilities[c]:.0f} %)"
        for place, c in enumerate(order[:2])
        if place == 0 or probabilities[c] >= _RUNNER_UP
    ]
    return Evidence(source="model", words="likeliest " + ", or ".join(said))


def _who(one: VehicleClass) -> str:
    told = {"civil": ", civil", "friend": ", friend", "hostile": ", hostile"}
    return one.words + told.get(one.allegiance, "")
