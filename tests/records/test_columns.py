import dataclasses
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointsky.records.columns import Array, Columns, floats, integers, join, text
from jointsky.records.plots import Plots
from jointsky.records.tracks import Tracks


@dataclasses.dataclass(frozen=True)
class Things(Columns):
    TAG: ClassVar[str] = "things"
    VERSION: ClassVar[int] = 1

    time_s: Array = floats("when")
    small: Array = integers("int8", "a small number")
    bits: Array = integers("uint32", "bits", 0)
    name: Array = text(4, "a name")
    matrix: Array = floats("a matrix", cell=(2, 2))
    words: Array = integers("uint64", "words", 0, cell=(None,))


def test_columns_that_are_not_given_are_not_known():
    things = Things.make(2)
    assert len(things) == 2
    assert np.isnan(things.time_s).all()
    assert np.isnan(things.matrix).all()
    assert things.matrix.shape == (2, 2, 2)
    assert things.small.tolist() == [-1, -1]
    assert things.bits.tolist() == [0, 0]
    assert things.name.tolist() == ["", ""]
    assert things.words.shape == (2, 1)


def test_the_length_comes_from_a_column_and_a_scalar_fills_its_own():
    things = Things.make(time_s=[1, 2, 3], small=7, name="ab")
    assert things.time_s.dtype == np.float64
    assert things.small.tolist() == [7, 7, 7]
    assert things.name.tolist() == ["ab"] * 3


def test_one_cell_fills_its_column_whatever_the_number_of_rows():
    for n in (0, 1, 2, 5):
        things = Things.make(n, matrix=np.eye(2))
        assert things.matrix.shape == (n, 2, 2)
        assert (things.matrix == np.eye(2)).all()
    assert Tracks.make(6, covariance=np.eye(6)).covariance.shape == (6, 6, 6)


def test_a_lone_cell_does_not_say_how_many_rows_there_are():
    with pytest.raises(ValueError, match="give n"):
        Things.make(matrix=np.eye(2))
    assert len(Things.make(matrix=np.zeros((3, 2, 2)))) == 3


def test_there_may_be_no_rows():
    empty = Things.make(0)
    assert len(empty) == 0
    assert len(join([empty, Things.make(time_s=[]), Things.make(1)])) == 1
    assert len(empty.rows(np.zeros(0, bool))) == 0
    assert len(Plots.make(0)) == len(Tracks.make(0)) == 0


@pytest.mark.parametrize(
    ("given_columns", "said"),
    [
        ({"tme_s": [1.0]}, "has no column 'tme_s'"),
        ({}, "give n"),
        ({"time_s": [1.0], "small": [1, 2]}, "small has 2 rows; the others have 1"),
        ({"small": [1], "time_s": [[1.0]]}, r"Things.time_s has shape \(1, 1\); it must be \(n,\)"),
        ({"time_s": [1.0], "matrix": np.zeros((1, 3, 3))}, r"it must be \(n, 2, 2\)"),
        ({"time_s": [1.0], "matrix": np.zeros(2)}, r"it must be \(n, 2, 2\)"),
        ({"time_s": [1.0], "words": [1]}, r"it must be \(n, any\)"),
        ({"small": [128]}, "int8 cannot hold"),
        ({"small": [1.5]}, "int8 cannot hold"),
        ({"small": [np.nan]}, "int8 cannot hold"),
        ({"bits": [-1]}, "uint32 cannot hold"),
        ({"name": ["abcde"]}, "longer than 4"),
        ({"name": [1]}, "it must be text"),
        ({"name": np.array(["a", None], object)}, "it must be text"),
        ({"time_s": ["1"]}, "it must be float64"),
        ({"small": ["1"]}, "it must be int8"),
    ],
)
def test_what_a_column_cannot_hold_is_refused(given_columns, said):
    with pytest.raises(ValueError, match=said):
        Things.make(**given_columns)


def test_the_constructor_refuses_other_types_and_lengths():
    good = {name: getattr(Things.make(2), name) for name in Things.schema()}
    with pytest.raises(ValueError, match="time_s is float32; it must be float64"):
        Things(**{**good, "time_s": np.zeros(2, np.float32)})
    with pytest.raises(ValueError, match="time_s is list"):
        Things(**{**good, "time_s": [1.0, 2.0]})
    with pytest.raises(ValueError, match="small has 3 rows; the others have 2"):
        Things(**{**good, "small": np.zeros(3, np.int8)})


def test_columns_can_be_written_to_and_are_contiguous():
    lent = np.arange(6.0)
    lent.flags.writeable = False
    things = Things.make(3, time_s=lent[::2], small=np.broadcast_to(np.int8(1), 3))
    for name in things.schema():
        flags = getattr(things, name).flags
        assert flags.writeable, name
        assert flags.c_contiguous, name


def test_a_record_cannot_be_given_another_column():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Things.make(1).time_s = np.zeros(1)


things = st.builds(
    lambda n, w, seed: Things.make(
        n,
        time_s=np.random.default_rng(seed).random(n),
        words=np.random.default_rng(seed).integers(1, 9, (n, w)).astype(np.uint64),
    ),
    st.integers(0, 5),
    st.integers(1, 3),
    st.integers(0, 99),
)


@given(st.lists(things, min_size=1, max_size=4))
def test_joining_keeps_every_row_in_order_and_pads_open_cells(parts):
    whole = join(parts)
    assert len(whole) == sum(map(len, parts))
    assert whole.time_s.tolist() == [t for part in parts for t in part.time_s.tolist()]
    assert whole.words.sum() == sum(int(part.words.sum()) for part in parts)
    begin = 0
    for part in parts:
        width = part.words.shape[1]
        rows = whole.words[begin : begin + len(part)]
        assert (rows[:, :width] == part.words).all()
        assert not rows[:, width:].any()
        begin += len(part)


def test_only_records_of_one_kind_are_joined():
    with pytest.raises(ValueError, match="nothing to join"):
        join([])
    with pytest.raises(ValueError, match="cannot join Tracks to Plots"):
        join([Plots.make(1), Tracks.make(1)])


@given(things, st.data())
def test_rows_are_chosen_by_place_mask_or_slice(record, data):
    n = len(record)
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)), bool)
    expected = record.time_s[mask].tolist()
    assert record.rows(mask).time_s.tolist() == expected
    assert record.rows(np.flatnonzero(mask)).time_s.tolist() == expected
    assert record.rows(slice(1, None)).words.tolist() == record.words[1:].tolist()


def test_replacing_a_column_leaves_the_others():
    old = Things.make(time_s=[1.0, 2.0], name=["a", "b"])
    new = old.replace(small=[3, 4], name="c")
    assert new.time_s.tolist() == [1.0, 2.0]
    assert (new.small.tolist(), new.name.tolist()) == ([3, 4], ["c", "c"])
    assert old.name.tolist() == ["a", "b"]


@pytest.mark.parametrize("kind", [Plots, Tracks])
def test_every_column_says_what_it_means_and_in_which_unit(kind):
    units = ("_s", "_m", "_rad", "_mps")
    for name, column in kind.schema().items():
        assert len(column.meaning) > 8, name
        without_unit = {"east_north_correlation", "covariance", "manoeuvre", "existence"}
        if column.dtype == "float64" and name not in without_unit:
            assert name.endswith(units), name
