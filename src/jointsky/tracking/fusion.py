"""Fusion: two estimates of one state become one, whatever their errors have in common.

The errors of two trackers of one target are not independent: both lag behind the same turn, both
may have used the same plot, and one may have been told what the other knew.  How much is common is
not known.  Averaging as if nothing were claims too much; these three never do:

- covariance intersection: right for every dependence (Julier and Uhlmann 1997);
- inverse covariance intersection: right where what is common is an estimate that both took in
  (Noack, Sijs, Reinhardt, Hanebeck 2017); smaller than the intersection;
- split: each tells how much of its error may be common; the rest counts as independent (Julier
  and Uhlmann 2001; Li, Nashashibi, Yang 2013).

Weights make the determinant of the fused covariance least, exactly.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from jointsky.tracking import fusion_kernels as kernels
from jointsky.tracking.joint_settings import Method

Floats = npt.NDArray[np.float64]
METHODS: dict[Method, int] = {
    "covariance-intersection": kernels.INTERSECTION,
    "inverse-covariance-intersection": kernels.INVERSE,
    "split": kernels.SPLIT,
}
HALVINGS = 50


@dataclasses.dataclass(frozen=True)
class Estimates:
    """N estimates of states: means (N, n), covariances (N, n, n).

    ``share`` (N,): the part of each covariance that may be common to others, 0 to 1: the error is
    then a sum of one of covariance ``share * covariance``, of which nothing is known, and one of
    the rest, which is independent of all others.
    """

    mean: Floats
    covariance: Floats
    share: Floats

    @classmethod
    def of(
        cls, mean: npt.ArrayLike, covariance: npt.ArrayLike, share: npt.ArrayLike = 1.0
    ) -> Estimates:
        """Return estimates of what is given; one state alone, (n,) and (n, n), is one row."""
        means = np.atleast_2d(np.asarray(mean, np.float64))
        covariances = np.asarray(covariance, np.float64)
        if covariances.ndim == 2:
            covariances = covariances[None]
        n = means.shape[1]
        if means.ndim != 2 or covariances.shape != (len(means), n, n):
            raise ValueError(
                f"mean has shape {means.shape}, covariance {covariances.shape}; "
                "they must be (N, n) and (N, n, n)"
            )
        shares = np.broadcast_to(np.asarray(share, np.float64), len(means))
        if not ((shares >= 0.0) & (shares <= 1.0)).all():
            raise ValueError("share must be from 0 to 1")
        return cls(np.ascontiguousarray(means), np.ascontiguousarray(covariances), np.array(shares))


@dataclasses.dataclass(frozen=True)
class Fused(Estimates):
    """Estimates fused of two; ``weight`` (N,) is that of the first, 0 to 1."""

    weight: Floats


def as_if_independent(first: Estimates, second: Estimates) -> Fused:
    """Return what averaging by inverse covariances gives, which claims too much: to compare."""
    return _fuse(kernels.INDEPENDENT, first, second)


def covariance_intersection(first: Estimates, second: Estimates) -> Fused:
    """Return the covariance intersection, which holds whatever the errors have in common.

    Julier and Uhlmann 1997, eq. 2: inv(P) = w inv(A) + (1 - w) inv(B).
    """
    return _fuse(kernels.INTERSECTION, first, second)


def inverse_covariance_intersection(first: Estimates, second: Estimates) -> Fused:
    """Return the inverse covariance intersection, for estimates that took in a common third.

    Noack et al. 2017, eq. 6: inv(P) = inv(A) + inv(B) - inv(w A + (1 - w) B).
    """
    return _fuse(kernels.INVERSE, first, second)


def split_covariance_intersection(first: Estimates, second: Estimates) -> Fused:
    """Return the split covariance intersection by the ``share`` of each that may be common.

    Julier and Uhlmann 2001, 12.5: as independent estimates of covariances D / w + I and
    D / (1 - w) + I.  With shares of 0 it is the average, with shares of 1 the intersection.  The
    share of the result is an upper bound of its own: good for fusion with a third.
    """
    return _fuse(kernels.SPLIT, first, second)


def _fuse(method: int, first: Estimates, second: Estimates) -> Fused:
    if first.mean.shape != second.mean.shape:
        raise ValueError(f"mean has shapes {first.mean.shape} and {second.mean.shape}")
    rows, n = first.mean.shape
    if n > 7:
        raise ValueError(f"states have {n} components; at most 7 are supported")
    mean, covariance, told = np.empty((rows, n)), np.empty((rows, n, n)), np.empty((rows, 2))
    bad = kernels.fuse_each(
        method,
        (first.mean, first.covariance),
        (second.mean, second.covariance),
        (first.share, second.share),
        (mean, covariance),
        told,
    )
    if bad >= 0:
        raise ValueError(f"covariance of row {bad} is not positive definite")
    return Fused(mean, covariance, told[:, 1].copy(), told[:, 0].copy())


@dataclasses.dataclass(frozen=True)
class Parts:
    """N estimates with whole matrices for both parts of their errors: (N, n), (N, n, n) twice."""

    mean: Floats
    independent: Floats
    dependent: Floats


def split_parts(first: Parts, second: Parts) -> Parts:
    """Return the split covariance intersection of estimates whose parts are matrices.

    Li, Nashashibi and Yang 2013, eq. 3 to 6.  The logarithm of the determinant of the information
    is concave in the weight (parallel sums are), so its slope's sign is halved upon.
    """
    rows = len(first.mean)
    low, high = np.full(rows, 1e-12), np.full(rows, 1.0 - 1e-12)
    for _ in range(HALVINGS):
        weight = 0.5 * (low + high)
        of_a, of_b = _informations(first, second, weight)
        fused = np.linalg.inv(of_a + of_b)
        bend_a = of_a @ first.dependent @ of_a / weight[:, None, None] ** 2
        bend_b = of_b @ second.dependent @ of_b / (1.0 - weight[:, None, None]) ** 2
        rises = np.einsum("nij,nji->n", fused, bend_a - bend_b) > 0.0
        low, high = np.where(rises, weight, low), np.where(rises, high, weight)
    of_a, of_b = _informations(first, second, 0.5 * (low + high))
    fused = np.linalg.inv(of_a + of_b)
    gain_a, gain_b = fused @ of_a, fused @ of_b
    mean = first.mean + np.einsum("nij,nj->ni", gain_b, second.mean - first.mean)
    independent = gain_a @ first.independent @ np.swapaxes(gain_a, 1, 2)
    independent += gain_b @ second.independent @ np.swapaxes(gain_b, 1, 2)
    return Parts(mean, independent, fused - independent)


def _informations(first: Parts, second: Parts, weight: Floats) -> tuple[Floats, Floats]:
    w = weight[:, None, None]
    of_a = np.asarray(np.linalg.inv(first.dependent / w + first.independent), np.float64)
    of_b = np.linalg.inv(second.dependent / (1.0 - w) + second.independent)
    return of_a, np.asarray(of_b, np.float64)
