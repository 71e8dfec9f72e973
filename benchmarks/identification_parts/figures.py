"""Figures of identification: confusion, calibration, civil safety, time to the right identity."""

from __future__ import annotations

import dataclasses
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jointsky.assess.identification import Identifier
from jointsky.records.assessment import IDENTITIES

TRUTHS = ("civil", "friend", "hostile", "nature", "nothing")
EDGES = np.array([0.0, 0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98, 1.0])
RIGHT = {
    "civil": ("neutral",),
    "friend": ("friend", "assumed-friend"),
    "hostile": ("suspect", "hostile"),
    "nature": ("neutral",),
}
GROUPS = {
    **dict.fromkeys(("airliner-narrow", "airliner-wide", "airliner-regional"), "airliner"),
    "bird-flock": "flock",
    "large-bird": "bird",
    "recon-drone-male": "recon-drone",
    **dict.fromkeys(("small-quadcopter", "fpv-drone", "kvadro-1400"), "small-drone"),
}


@dataclasses.dataclass
class Rows:
    """One row for each track in each picture."""

    run: np.ndarray
    time_s: np.ndarray
    track: np.ndarray
    vehicle: np.ndarray  # "run/name", or empty
    truth: np.ndarray
    kind: np.ndarray
    identity: np.ndarray
    hostile: np.ndarray
    true_class: np.ndarray  # probability of the true class, NaN: the model has none
    top_class: np.ndarray
    top: np.ndarray
    step_ms: np.ndarray

    @classmethod
    def together(cls, parts):
        """Return the rows of several runs."""
        return cls(
            **{
                f.name: np.concatenate([getattr(p, f.name) for p in parts])
                for f in dataclasses.fields(cls)
            }
        )

    def write(self, path):
        """Write all rows as Parquet."""
        pq.write_table(pa.table({k: pa.array(v) for k, v in vars(self).items()}), path)


def follow(run, model, plans, friends=()) -> Rows:
    """Assess all pictures of a run in order."""
    identifier = Identifier(model, run.areas, run.sensors, plans, friends)
    made = {f.name: [] for f in dataclasses.fields(Rows)}
    for time_s, tracks, reports in run.pictures():
        begun = time.perf_counter()
        found = identifier.step(tracks, time_s, reports)
        step_ms = 1000.0 * (time.perf_counter() - begun)
        behind = run.behind(tracks, time_s)
        for place, number in enumerate(tracks.track_number.tolist()):
            one = found.get(number)
            if one is None:
                continue
            row = int(behind[place])
            truth = "nothing" if row < 0 else str(run.allegiance[row])
            kind = "" if row < 0 else str(run.kind[row])
            top = next(iter(one.classes), "")
            made["run"].append(run.label)
            made["time_s"].append(time_s)
            made["track"].append(number)
            made["vehicle"].append("" if row < 0 else f"{run.label}/{run.names[row]}")
            made["truth"].append(truth)
            made["kind"].append(kind)
            made["identity"].append(one.identity)
            made["hostile"].append(one.hostile)
            made["true_class"].append(one.classes.get(f"{GROUPS.get(kind, kind)}/{truth}", 0.0))
            made["top_class"].append(top)
            made["top"].append(one.classes.get(top, 0.0))
            made["step_ms"].append(step_ms)
    return Rows(**{name: np.array(values) for name, values in made.items()})


def safety(real, model) -> dict:
    """Return how real traffic, of which nothing is hostile, is taken."""
    identifier = Identifier(model, real.areas, real.sensors)
    worst, rows, shares = {}, 0, dict.fromkeys(IDENTITIES, 0)
    ever = {name: set() for name in IDENTITIES}
    answering = set()
    for time_s, tracks, reports in real.pictures():
        answers = (tracks.mode_s >= 0) | (tracks.mode_a >= 0)
        answering |= set(tracks.track_number[answers].tolist())
        for number, one in identifier.step(tracks, time_s, reports).items():
            rows += 1
            shares[one.identity] += 1
            ever[one.identity].add(number)
            worst[number] = max(worst.get(number, 0.0), one.hostile)
    return {
        "tracks": len(worst),
        "rows": rows,
        "answering": len(answering),
        "suspect_of_answering": len(ever["suspect"] & answering),
        "suspect_ever": len(ever["suspect"]),
        "hostile_ever": len(ever["hostile"]),
        **{name: count / max(rows, 1) for name, count in shares.items()},
        "hostile_max": max(worst.values(), default=0.0),
        "hostile_p99": float(np.percentile(list(worst.values()), 99)),
    }


def figures(rows: Rows) -> dict:
    """Return all figures of some rows."""
    is_real = rows.truth != "nothing"
    truth_top = np.array(
        [f"{GROUPS.get(k, k)}/{t}" for k, t in zip(rows.kind, rows.truth, strict=True)]
    )
    right_top = (rows.top_class == truth_top)[is_real]
    return {
        "rows": len(rows.truth),
        "vehicles": len(set(rows.vehicle) - {""}),
        "confusion": _confusion(rows),
        "hostile_bins": _bins(rows.hostile[is_real], (rows.truth == "hostile")[is_real]),
        "brier": float(np.mean((rows.hostile - (rows.truth == "hostile"))[is_real] ** 2)),
        "class_bins": _bins(rows.top[is_real], right_top),
        "class_right": float(right_top.mean()),
        "civil": _civil(rows),
        "hostile": _hostile(rows),
        "first_right": _first_right(rows),
        "step_ms": float(np.median(rows.step_ms)),
    }


def _confusion(rows):
    made = {}
    for truth in TRUTHS:
        mine = rows.truth == truth
        if mine.any():
            made[truth] = {
                "hours": float(mine.sum()) * 5.0 / 3600.0,
                **{name: float((rows.identity[mine] == name).mean()) for name in IDENTITIES},
            }
    return made


def _bins(said, is_so):
    place = np.clip(np.searchsorted(EDGES, said, side="right") - 1, 0, len(EDGES) - 2)
    return [
        {
            "from": float(EDGES[k]),
            "to": float(EDGES[k + 1]),
            "rows": int((place == k).sum()),
            "said": float(said[place == k].mean()),
            "was": float(is_so[place == k].mean()),
        }
        for k in range(len(EDGES) - 1)
        if (place == k).any()
    ]


def _civil(rows):
    mine = rows.truth == "civil"
    worst = {}
    for name, hostile, identity in zip(
        rows.vehicle[mine], rows.hostile[mine], rows.identity[mine], strict=True
    ):
        p, ever = worst.get(name, (0.0, set()))
        worst[name] = max(p, float(hostile)), ever | {str(identity)}
    ranked = sorted(worst.items(), key=lambda item: -item[1][0])
    return {
        "vehicles": len(worst),
        "suspected": sum("suspect" in ever for _, ever in worst.values()),
        "hostile": sum("hostile" in ever for _, ever in worst.values()),
        "suspect_share": float(np.isin(rows.identity[mine], ["suspect", "hostile"]).mean()),
        "nearest": [{"vehicle": n, "hostile": p, "ever": sorted(e)} for n, (p, e) in ranked[:8]],
    }


def _hostile(rows):
    mine = rows.truth == "hostile"
    made = {}
    for kind in sorted(set(rows.kind[mine])):
        of = mine & (rows.kind == kind)
        made[str(kind)] = {
            "minutes": float(of.sum()) * 5.0 / 60.0,
            **{name: float((rows.identity[of] == name).mean()) for name in IDENTITIES},
            "likeliest": str(max(set(rows.top_class[of]), key=list(rows.top_class[of]).count)),
        }
    return made


def _first_right(rows):
    made = {}
    for truth, names in RIGHT.items():
        waits, never = [], 0
        for vehicle in sorted(set(rows.vehicle[rows.truth == truth])):
            mine = rows.vehicle == vehicle
            right = np.isin(rows.identity[mine], names)
            times = rows.time_s[mine]
            if right.any():
                waits.append(float(times[right].min() - times.min()))
            else:
                never += 1
        made[truth] = {
            "vehicles": len(waits) + never,
            "never": never,
            **{f"p{q}": float(np.percentile(waits, q)) if waits else None for q in (50, 90)},
        }
    return made


def table(found) -> str:
    """Return figures as text."""
    lines = [f"{found['rows']} rows, {found['vehicles']} vehicles, step {found['step_ms']:.1f} ms"]
    lines.append(f"{'truth':9}{'hours':>7}" + "".join(f"{n:>16}" for n in IDENTITIES))
    for truth, row in found["confusion"].items():
        lines.append(
            f"{truth:9}{row['hours']:7.1f}" + "".join(f"{row[n]:16.2%}" for n in IDENTITIES)
        )
    for name in ("hostile_bins", "class_bins"):
        lines.append(f"{name}: said, was, rows")
        lines += [f"  {b['said']:6.3f} {b['was']:6.3f} {b['rows']:7d}" for b in found[name]]
    lines.append(f"Brier {found['brier']:.5f}; likeliest class right {found['class_right']:.1%}")
    civil = found["civil"]
    lines.append(
        f"civil: {civil['suspected']} of {civil['vehicles']} ever suspect, {civil['hostile']} "
        f"ever hostile, {civil['suspect_share']:.3%} of their time"
    )
    lines += [f"  {n['vehicle']:40} {n['hostile']:.3f} {n['ever']}" for n in civil["nearest"]]
    for kind, row in found["hostile"].items():
        said = ", ".join(f"{n} {row[n]:.0%}" for n in IDENTITIES if row[n] > 0.001)
        lines.append(f"{kind:24}{row['minutes']:7.0f} min: {said}; {row['likeliest']}")
    for truth, row in found["first_right"].items():
        lines.append(f"first right, {truth}: {row}")
    return "\n".join(lines)
