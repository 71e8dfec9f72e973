"""A quick stand-in for many runs: a surface through their outcomes, and how far it can be trusted.

By scikit-learn.  What it can be trusted with is told by points that it has not seen: runs of one
point are left out together, or the surface would be judged by the point's other runs.
"""

from __future__ import annotations

import dataclasses
import warnings
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import PredefinedSplit, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from jointsky.study import checks

Floats = npt.NDArray[np.float64]
Kind = Literal["polynomial", "gaussian-process"]
KINDS: tuple[Kind, ...] = ("polynomial", "gaussian-process")
FOLDS = 10
LEAST_POINTS = 10
MOST_GAUSSIAN = 250
DEGREE = 2
RIDGES = np.logspace(-6.0, 3.0, 19)
MOST_LENGTH = 1e5  # standard deviations of a factor: it does not matter


@dataclasses.dataclass(frozen=True)
class Metamodel:
    """A surface (n, d) -> (n,), with its error at points it had not seen.

    ``rmse`` is in the unit of the outcomes; ``q2`` is the share of their variance that is foretold:
    1 is all, 0 is no better than their mean.  Both count the chance of single runs as error.
    """

    kind: Kind
    q2: float
    rmse: float
    factors: int
    _model: Pipeline = dataclasses.field(repr=False)

    def predict(self, points: npt.ArrayLike) -> Floats:
        """Return the outcome foretold at ``points`` (n, d), in the unit of the outcomes."""
        found = checks.table(points, "points")
        if found.shape[1] != self.factors:
            raise ValueError(f"points have {found.shape[1]} columns; the model has {self.factors}")
        return np.asarray(self._model.predict(found), np.float64)


def fit(
    points: npt.ArrayLike, outcomes: npt.ArrayLike, kind: Kind, rng: np.random.Generator
) -> Metamodel:
    """Return the surface of ``kind`` through ``outcomes`` (n,) at ``points`` (n, d).

    "polynomial" is one of degree 2 with all products, held small by a ridge that leave-one-out
    chooses; "gaussian-process" has one length for each factor and allows for chance within a run
    (Santner, Williams, Notz 2018).  ``rng`` only deals the points into 10 folds.
    """
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}; it must be one of {', '.join(KINDS)}")
    x = checks.table(points, "points", least=LEAST_POINTS)
    y = checks.sample(outcomes, "outcomes")
    if len(x) != len(y):
        raise ValueError(f"points has {len(x)} rows and outcomes {len(y)} values; one each a run")
    if np.ptp(y) == 0.0:
        raise ValueError(f"outcomes are all {y[0]:g}; there is no surface to fit")
    folds = _folds(x, rng)
    model = _polynomial() if kind == "polynomial" else _gaussian_process(x.shape[1])
    with warnings.catch_warnings():
        # A length at its bound is a factor that does not matter; a search that stopped early shows
        # in the error at points it has not seen.
        warnings.simplefilter("ignore", ConvergenceWarning)
        unseen = np.asarray(cross_val_predict(model, x, y, cv=PredefinedSplit(folds)), np.float64)
        model.fit(x, y)
    squared = float(np.square(y - unseen).mean())
    return Metamodel(kind, 1.0 - squared / float(y.var()), squared**0.5, x.shape[1], model)


def best_fit(points: npt.ArrayLike, outcomes: npt.ArrayLike, rng: np.random.Generator) -> Metamodel:
    """Return the surface of the kind that foretells unseen points best.

    Through more than ``MOST_GAUSSIAN`` outcomes a Gaussian process takes minutes, by the cube of
    their number: there it is a polynomial.
    """
    kinds = KINDS if len(np.asarray(outcomes)) <= MOST_GAUSSIAN else KINDS[:1]
    return max((fit(points, outcomes, kind, rng) for kind in kinds), key=lambda model: model.q2)


def _folds(points: Floats, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Return the fold of each run, (n,); runs of one point have the same."""
    distinct, point_of = np.unique(points, axis=0, return_inverse=True)
    if len(distinct) < LEAST_POINTS:
        raise ValueError(f"points has {len(distinct)} different rows; it must have {LEAST_POINTS}")
    fold_of = rng.permutation(len(distinct)) % FOLDS
    return np.asarray(fold_of[point_of.reshape(-1)], np.int64)


def _polynomial() -> Pipeline:
    terms = PolynomialFeatures(DEGREE, include_bias=False)
    return make_pipeline(StandardScaler(), terms, StandardScaler(), RidgeCV(RIDGES))


def _gaussian_process(factors: int) -> Pipeline:
    lengths: Any = RBF(np.ones(factors), (1e-2, MOST_LENGTH))
    kernel = ConstantKernel(1.0, (1e-4, 1e4)) * lengths + WhiteKernel(1e-2, (1e-8, 1e2))
    return make_pipeline(StandardScaler(), GaussianProcessRegressor(kernel, normalize_y=True))
