"""A study that has ended is opened from its folder: tables of Arrow, a card for a notebook."""

import pathlib

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from jointsky import api
from jointsky.errors import InputError
from jointsky.study.altering import Alterable
from jointsky.study.outputs import write
from jointsky.study.tables import effects_table
from study import made_study

TOWNS = pathlib.Path(__file__).parents[2] / "scenarios" / "two-towns.yaml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made, folder = made_study.study(), tmp_path_factory.mktemp("made")
    loaded = Alterable(TOWNS).with_values({})
    write(made_study.told(made), loaded, folder, "jointsky study made", made_study.answers(made))
    return folder


def test_effects_have_a_row_for_each_response_at_each_point(folder):
    told = made_study.told()
    frame = pl.from_arrow(api.load(folder).effects())
    assert frame.height == 3 * 9 and frame["seats"].to_list()[:3] == [1, 2, 4]
    for row, one in zip(frame.iter_rows(named=True), told.estimates, strict=True):
        assert (row["response"], row["point"], row["runs"]) == (one.response, one.point, one.runs)
        assert (row["value"], row["low"], row["high"]) == pytest.approx(
            (one.interval.value, one.interval.low, one.interval.high)
        )
        if one.point:
            assert row["difference"] == pytest.approx(one.difference.difference.value)
    first = frame.filter(pl.col("point") == 0)
    assert first["difference"].null_count() == 3 and frame["is_enough"].null_count() == 9


def test_pandas_and_polars_take_the_runs_and_agree_with_the_effects(folder):
    studied = api.load(folder)
    runs = studied.runs().to_pandas()
    assert len(runs) == 12 * 9 and runs["track_to_order_s.median"].isna().sum() == 1
    shares = runs.groupby("point")[["leaked", "hostile"]].sum()
    effects = studied.effects().to_pandas()
    wanted = effects[effects["response"] == "share through"]["value"]
    np.testing.assert_allclose(shares["leaked"] / shares["hostile"], wanted)
    leakers = pl.from_arrow(studied.leakers())
    counted = leakers.group_by("point").len().sort("point")["len"]
    assert counted.to_list() == runs.groupby("point")["leaked"].sum().tolist()


def test_csv_holds_the_same_as_parquet(folder):
    for name in ("runs", "effects", "leakers"):
        plain = csv.read_csv(folder / f"{name}.csv")
        kept = pq.read_table(folder / f"{name}.parquet")
        assert plain.column_names == kept.column_names
        for column in set(kept.column_names) - {"fault"}:  # no text is no text, or nothing
            assert plain[column].to_pylist() == kept[column].to_pylist()


def test_a_factor_called_like_a_column_of_the_table_is_told_apart():
    (first, second) = made_study.NUMBERS
    named = made_study.study(factors=(first, type(second)(name="runs", paths=("x",), levels=(1,))))
    table = effects_table(made_study.told(named))
    assert {"runs", "factor runs"} <= set(table.column_names)
    assert table["factor runs"].to_pylist() == [1] * 9


def test_the_card_says_what_was_found_and_needs_nothing_else(folder):
    card = api.load(folder)._repr_html_()
    assert "9 points, 12 skies, 108 runs, 0 failed" in card
    assert card.count("<tr>") == 1 + 9 and "data:image/png;base64," in card
    assert "http" not in card and card == api.load(folder)._repr_html_()
    words = api.load(folder).figures["in_short"]
    assert any(one.startswith("share through: ") for one in words)


def test_a_folder_that_is_no_study_is_refused_with_what_was_wanted(tmp_path):
    with pytest.raises(InputError, match="neither a run nor a study"):
        api.load(tmp_path)
    (tmp_path / "study.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="figures of a study that has ended"):
        api.load(tmp_path)
