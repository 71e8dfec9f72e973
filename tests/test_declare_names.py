"""Names of declared things: of any script, and fit to name a file on any system."""

import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointsky.declare_names import alike, check_name


@pytest.mark.parametrize(
    "name",
    ["hill", "Łódź", "हिन्दी", "العربية", "東京 2", "O'Hara-2 St. Élan", "e\u0301", "a_b.c", "7"],
)
def test_names_of_any_script_are_taken(name):
    check_name(name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../hill", "a slash"),
        ("a\\b", "a backslash"),
        ("a\0b", "the control character U\\+0000"),
        ("a\nb", "a new line"),
        ("a\u202eb", "the control character U\\+202E"),
        ("a:b", "the sign :"),
        (".hidden", "begins with a dot"),
        ("..", "begins with a dot"),
        (" a", "begins with a space"),
        ("a ", "ends with a space"),
        ("a.", "ends with a dot"),
    ],
)
def test_a_name_that_no_file_should_have_is_told(name, words):
    with pytest.raises(ValueError, match=words):
        check_name(name)


@given(st.text(min_size=1, max_size=12))
def test_what_is_taken_stays_in_its_folder_and_can_be_printed(name):
    try:
        check_name(name)
    except ValueError as error:
        assert str(error).isprintable()
        return
    assert pathlib.PurePosixPath("pages", name).parts == ("pages", name)
    assert pathlib.PureWindowsPath("pages", name).parts == ("pages", name)
    assert name not in (".", "..")
    assert name == name.strip()
    assert name.isprintable()


def test_case_and_composition_make_no_other_file():
    assert alike("Łódź") == alike("łÓDZ\u0301")
    assert alike("hill") != alike("hills")
