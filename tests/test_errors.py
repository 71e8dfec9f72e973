import pickle

import pytest

from jointsky.errors import (
    InputError,
    JointskyError,
    ManyInputErrors,
    MissingSiteError,
    NotInstalledError,
    did_you_mean,
)

ERRORS = [
    InputError("a.yaml: x", "3", "a text", "quote it"),
    InputError("a.yaml", "nothing"),
    MissingSiteError("a.ast", "0/7"),
    ManyInputErrors([InputError("a", "b"), InputError("c", "d", "e")]),
]


def test_an_input_error_says_where_what_wanted_and_what_to_do():
    assert str(ERRORS[0]) == "a.yaml: x: 3; wanted a text (quote it)"
    assert str(ERRORS[1]) == "a.yaml: nothing"
    assert (ERRORS[0].where, ERRORS[0].found) == ("a.yaml: x", "3")
    assert (ERRORS[0].wanted, ERRORS[0].hint) == ("a text", "quote it")


def test_a_missing_site_names_the_source_and_how_to_give_it():
    assert ERRORS[2].source == "0/7"
    assert "--site 0/7=LATITUDE,LONGITUDE,HEIGHT_M" in str(ERRORS[2])


def test_many_errors_stand_on_lines_of_their_own():
    assert str(ERRORS[3]) == "a: b\nc: d; wanted e"


@pytest.mark.parametrize("error", ERRORS)
def test_every_error_is_of_the_tree_and_what_a_caller_expects(error):
    assert isinstance(error, JointskyError)
    assert isinstance(error, ValueError)


MISSING = NotInstalledError("jointsky.x", "y", "z")


def test_a_package_that_is_missing_is_an_import_error_that_says_what_to_install():
    assert isinstance(MISSING, JointskyError)
    assert isinstance(MISSING, ImportError)
    assert str(MISSING).endswith("'y', which is not installed (pip install 'jointsky[z]')")


@pytest.mark.parametrize("error", [*ERRORS, MISSING])
def test_an_error_reaches_another_process_whole(error):
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is type(error)
    assert str(back) == str(error)
    assert set(vars(back)) == set(vars(error))


def test_did_you_mean_offers_only_what_is_near():
    assert did_you_mean("rotaton_period", ["height_m", "rotation_period"]) == (
        "did you mean 'rotation_period'?"
    )
    assert did_you_mean("zebra", ["height_m", "rotation_period"]) == ""
