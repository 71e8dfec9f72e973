"""Studies made of numbers, without a simulation: what their runs answered is drawn at random."""

import numpy as np

from jointsky.study.answers import Answer, Answers, Leaker
from jointsky.study.declared import Design, Factor, Response, Study
from jointsky.study.engine import names_of
from jointsky.study.points import points_of
from jointsky.study.summary import summary

NUMBERS = (
    Factor(name="outage", paths=("links[joint].fails.share",), levels=(0.1, 0.4, 0.8)),
    Factor(name="seats", paths=("duty.posts[*].crew.seats",), levels=(1, 2, 4)),
)
WORDS = (Factor(name="deciding", alternatives={"together": {}, "alone": {}, "taking turns": {}}),)
RANGES = (
    Factor(name="outage", paths=("links[joint].fails.share",), range=(0.1, 0.8)),
    Factor(name="seats", paths=("duty.posts[*].crew.seats",), range=(1.0, 4.0)),
)
RESPONSES = (
    Response(name="share through", figure="leaked", of="hostile", half_width=0.05),
    Response(name="shots", figure="shots", relative=0.5),
    Response(name="delay s", figure="track_to_order_s.median"),
)
SPACE = Design(kind="sobol", points=8)


def study(factors=NUMBERS, responses=RESPONSES, **more):
    return Study(name="made", scenario="sky.yaml", factors=factors, responses=responses, **more)


def answers(of, skies=12):
    """Return what every point answers under each sky; later points let fewer through.

    Delays of the last point are not known in the first sky.
    """
    rng = np.random.default_rng(7)
    points = len(points_of(of))
    for sky in range(skies):
        luck = rng.normal()
        made = []
        for k in range(points):
            leaked = int(np.clip(round(6 + luck - 4 * k / points + rng.normal(0, 0.4)), 0, 17))
            figures = {
                "leaked": float(leaked),
                "hostile": 17.0 + sky % 2,
                "shots": 20.0 + 2 * k + round(luck),
                "track_to_order_s.median": 80.0 + k + luck + rng.normal(0, 0.1),
            }
            if sky == 0 and k == points - 1:
                figures["track_to_order_s.median"] = np.nan
            came = tuple(
                Leaker(60.0 * n + 5.0 * k, 54.0 + 0.01 * n, 28.0 - 0.01 * k, f"drone-{n}", "town")
                for n in range(leaked)
            )
            made.append(Answer(sky, k, {name: figures[name] for name in names_of(of)}, "", came))
        yield made


def told(of=None, skies=12):
    """Return the summary of a study."""
    of = study() if of is None else of
    points = points_of(of)
    found = Answers(len(points), names_of(of))
    for made in answers(of, skies):
        found.put(made)
    return summary(of, points, found.of(skies), "0123456789abcdef")
