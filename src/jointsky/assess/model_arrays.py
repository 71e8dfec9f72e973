"""The declared model as arrays: one column for each class."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jointsky.assess.likelihoods import logs_of
from jointsky.assess.model_declared import ALLEGIANCES, IdentificationModel

Floats = npt.NDArray[np.float64]

ANSWERS = ("none", "mode_a", "mode_s", "remote_id", "military")
SQUAWKS = ("own", "common", "emergency")
PLANNED = ("civil", "friend", "off", "none")


class ModelArrays:
    """What identification looks up, by class C: prior logarithms (C,), ranges (C, 4), tables."""

    def __init__(self, model: IdentificationModel) -> None:
        self.model, self.classes = model, model.classes
        classes = self.classes
        habits = [model.habits[one.habits] for one in classes]
        weights = np.array([one.weight for one in classes], np.float64)
        self.prior: Floats = np.log(weights / weights.sum())
        self.ranges = {
            name: np.array([getattr(one, name) for one in classes], np.float64)
            for name in ("speed_mps", "climb_mps", "height_m", "straightness")
        }
        self.answers = np.array([[getattr(h.answers, k) for h in habits] for k in ANSWERS])
        self.squawks = np.array([[getattr(h.squawks, k) for h in habits] for k in SQUAWKS])
        self.planned = np.array([[getattr(h.planned, k) for h in habits] for k in PLANNED])
        self.shares = {
            name: np.array([getattr(h, name) for h in habits])
            for name in ("listed", "in_corridor", "in_zone")
        } | {
            name: np.array([getattr(one, name) for one in classes])
            for name in ("radio", "sound", "aims", "beside")
        }
        odd = model.reading.odd_answer
        self.squawk_logs = logs_of(self.squawks, odd)
        self.answer_logs = logs_of(self.answers, odd)
        self.share_logs = {
            name: logs_of(np.stack([1.0 - share, share]), odd)
            for name, share in self.shares.items()
        }
        self.is_hostile = np.array([one.allegiance == "hostile" for one in classes])
        self.is_clutter = np.array([one.domain == "clutter" for one in classes])
        sides = [ALLEGIANCES.index(one.allegiance) for one in classes]
        self._by_side = np.argsort(sides, kind="stable")
        self._sides, self._first_of = np.unique(np.sort(sides), return_index=True)
        self.domains = tuple(dict.fromkeys(one.domain for one in classes))
        self._domain_row = np.array([self.domains.index(one.domain) for one in classes])
        self.types = tuple(dict.fromkeys(one.type for one in classes))
        self._type_row = np.array([self.types.index(one.type) for one in classes])

    def of_allegiance(self, probabilities: Floats) -> dict[str, Floats]:
        """Return probabilities (T,) of each allegiance."""
        sums = np.zeros((len(ALLEGIANCES), len(probabilities)))
        sums[self._sides] = np.add.reduceat(probabilities[:, self._by_side], self._first_of, 1).T
        return dict(zip(ALLEGIANCES, sums, strict=True))

    def domain_of(self, probabilities: Floats) -> tuple[str, float]:
        """Return the likeliest domain of one track's classes (C,), and its probability."""
        sums = np.bincount(self._domain_row, probabilities, len(self.domains))
        most = int(sums.argmax())
        return self.domains[most], float(sums[most])

    def type_of(self, probabilities: Floats) -> tuple[str, float]:
        """Return the likeliest type of one track's classes (C,), and its probability."""
        sums = np.bincount(self._type_row, probabilities, len(self.types))
        most = int(sums.argmax())
        return self.types[most], float(sums[most])

    def claimed(self, domain: str, is_sharp: bool) -> Floats:
        """Return how likely each class (C,) is said to be of a domain.

        By people as the model's confusions have it; by a camera that recognises, rightly with
        the declared share and else anything.
        """
        if is_sharp:
            right, others = self.model.reading.sharp, max(len(self.domains) - 1, 1)
            wrong = (1.0 - right) / others
            return np.array([right if one.domain == domain else wrong for one in self.classes])
        claims = self.model.claims
        return np.array([claims.get(one.domain, {}).get(domain, 0.0) for one in self.classes])
