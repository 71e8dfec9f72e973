"""SIAP: completeness, continuity and identity of scenes that can be reckoned by hand."""

import pytest

from jointsky.metrics.compare import CompareOptions, compare
from metrics import scenes

OPTIONS = CompareOptions(sampling="shared", cutoff_m=100.0)


def _target(number=1, moments=20, mode_s=None):
    rows = [(t, number, 0.0) for t in range(moments)]
    return scenes.points(rows, **({} if mode_s is None else {"mode_s": [mode_s] * moments}))


def test_half_tracked_is_half_complete():
    tracks = scenes.points([(t, 7, 1.0) for t in range(10)])
    found = compare(_target(), tracks, OPTIONS)
    assert found.siap["completeness"] == 0.5
    assert found.siap["ambiguity"] == 1.0
    assert found.siap["spuriousness"] == 0.0
    assert found.siap["position_accuracy_m"] == pytest.approx(1.0)
    assert found.siap["longest_segment"] == pytest.approx(9 / 19)


def test_two_samples_do_not_make_a_track():
    tracks = scenes.points([(3, 7, 0.0), (4, 7, 0.0)])
    found = compare(_target(), tracks, OPTIONS)
    assert found.siap["completeness"] == 0.0
    assert found.siap["spuriousness"] == 1.0
    assert found.tracks["false_tracks"] == 1.0
    assert found.tracks["targets_never_tracked"] == 1.0


def test_one_miss_is_forgiven_two_are_not():
    def tracks(*astray):
        return scenes.points([(t, 7, 500.0 if t in astray else 0.0) for t in range(20)])

    assert compare(_target(), tracks(8), OPTIONS).siap["completeness"] == 1.0
    assert compare(_target(), tracks(8, 9), OPTIONS).siap["completeness"] == 0.9


def test_a_double_track_makes_ambiguity():
    tracks = scenes.points([(t, n, 1.0) for t in range(20) for n in (7, 8)])
    found = compare(_target(), tracks, OPTIONS)
    assert found.siap["ambiguity"] == 2.0
    assert found.tracks["multiple_share"] == 1.0


def test_a_new_number_is_one_change():
    tracks = scenes.points([(t, 7 if t < 10 else 8, 0.0) for t in range(20)])
    found = compare(_target(), tracks, OPTIONS)
    assert found.siap["track_number_change_rate_hz"] == pytest.approx(1 / 18)
    assert found.tracks["numbers_per_target"] == 2.0
    assert found.tracks["one_number_share"] == 0.0


@pytest.mark.parametrize(
    ("addresses", "share"),
    [
        ((5, 5), "identity_correct"),
        ((6, -1), "identity_wrong"),
        ((5, 6), "identity_ambiguous"),
    ],
)
def test_identity_is_judged_by_all_tracks_of_a_target(addresses, share):
    rows = [(t, n, 1.0) for t in range(20) for n in (0, 1)]
    tracks = scenes.points(rows, mode_s=[addresses[n] for _, n, _ in rows])
    siap = compare(_target(mode_s=5), tracks, OPTIONS).siap
    assert siap[share] == 1.0
    assert siap["identity_complete"] == 1.0
    assert siap["identity_correct"] + siap["identity_wrong"] + siap["identity_ambiguous"] == 1.0


def test_a_neighbour_of_another_address_is_no_error_of_a_target():
    """A vehicle 30 m beside an aircraft: SIAP goes by place, errors by whose track it is."""
    rows = [(t, n, 30.0 * (n == 8)) for t in range(20) for n in (7, 8) if n == 8 or t < 10]
    tracks = scenes.points(rows, mode_s=[5 if n == 7 else 6 for _, n, _ in rows])
    found = compare(_target(mode_s=5), tracks, OPTIONS)
    assert found.siap["ambiguity"] == 1.5
    assert found.tracks["false_tracks"] == 1.0
    assert found.errors["all"]["horizontal_m"]["n"] == 10
    assert found.errors["all"]["horizontal_m"]["p99"] == 0.0
    blind = compare(_target(), tracks, OPTIONS)
    assert blind.errors["all"]["horizontal_m"]["n"] == 20
    assert blind.errors["all"]["horizontal_m"]["p99"] > 29.0


def test_a_target_is_judged_by_one_track_at_a_time():
    """Without identity both tracks belong to it, and the nearer one tells the error."""
    tracks = scenes.points([(t, n, 30.0 * (n == 8)) for t in range(20) for n in (7, 8)])
    found = compare(_target(), tracks, OPTIONS)
    assert found.siap["ambiguity"] == 2.0
    assert found.errors["all"]["horizontal_m"]["n"] == 20
    assert found.errors["all"]["horizontal_m"]["p99"] == 0.0


def test_a_track_that_goes_over_to_another_target_with_its_address_is_judged_on_both():
    rows = [(t, 7, 0.0 if t < 12 else 5000.0) for t in range(20)]
    tracks = scenes.points(rows, mode_s=[5 if t < 12 else 6 for t, _, _ in rows])
    truth = scenes.points(
        [(t, n, 5000.0 * n) for t in range(20) for n in (0, 1)],
        mode_s=[5 + n for t in range(20) for n in (0, 1)],
    )
    assert compare(truth, tracks, OPTIONS).errors["all"]["horizontal_m"]["n"] == 20


def test_a_track_on_what_nobody_can_see_is_neither_credited_nor_punished():
    truth = scenes.points(
        [(t, n, 1000.0 * n) for t in range(20) for n in (0, 1)],
        visible=[n == 0 for t in range(20) for n in (0, 1)],
    )
    tracks = scenes.points([(t, n, 1000.0 * n) for t in range(20) for n in (0, 1)])
    found = compare(truth, tracks, OPTIONS)
    assert found.siap["completeness"] == 1.0
    assert found.siap["spuriousness"] == 0.0
    assert found.about["track_samples_on_unseen_targets"] == 20
