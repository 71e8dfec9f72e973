"""Plain data become declared things, or all that is wrong with them is told."""

import enum
import json
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Meta

from jointsky.declare import Faults
from jointsky.declare_check import BROKEN, checked
from jointsky.declare_units import factor, renamed, spoken, suspected, unit_of


class Struct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


def is_even(number):
    if number % 2:
        raise ValueError("is odd")


class Colour(enum.Enum):
    RED = "red"
    GREEN = "green"


class Circle(Struct, frozen=True, tag_field="kind", tag="circle"):
    radius_m: Annotated[float, Meta(gt=0, le=1000)]


class Square(Struct, frozen=True, tag_field="kind", tag="square"):
    side_m: Annotated[float, Meta(ge=0, lt=10)]
    tilt_deg: float = 0.0


class Thing(Struct, frozen=True):
    name: Annotated[str, Meta(min_length=1, max_length=5)]
    count: Annotated[int, Meta(ge=0, multiple_of=1)] = 0
    even: Annotated[int, Meta(extra={"check": is_even, "wanted": "an even number"})] = 0
    share: Annotated[float, Meta(ge=0, le=1)] = 0.5
    speed_mps: Annotated[float, Meta(ge=0, le=100)] | None = None
    use: Literal["land", "sea", 7] = "land"
    colour: Colour = Colour.RED
    shape: Circle | Square | None = None
    shapes: tuple[Circle | Square, ...] = ()
    pair: tuple[str, float] | None = None
    by_name: dict[Annotated[str, Meta(pattern="^[a-z]+$")], int] = {}
    things: Annotated[list["Thing"], Meta(max_length=3)] = []
    is_big: bool = False
    time: float | str = 0.0
    free: Any = None
    renamed: int = msgspec.field(default=1, name="with")


def faults_of(content, kind=Thing):
    faults = Faults()
    made = checked(content, kind, faults)
    return made, [str(fault) for fault in faults.kept]


def test_good_data_become_what_msgspec_makes_of_them():
    content = {
        "name": "a",
        "count": 3,
        "speed_mps": 7,
        "use": 7,
        "colour": "green",
        "shape": {"kind": "square", "side_m": 1},
        "shapes": [{"kind": "circle", "radius_m": 2}],
        "pair": ["x", 1],
        "by_name": {"b": 2},
        "things": [{"name": "c"}],
        "with": 9,
    }
    made, told = faults_of(content)
    assert told == []
    assert made == msgspec.convert(content, Thing)
    assert made.renamed == 9


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({}, [": no `name`; wanted name: a text of 1 to 5 letters"]),
        ([], [": found a list of 0; wanted an object with name"]),
        ({"name": ""}, ["name: found ''; wanted a text of 1 to 5 letters"]),
        ({"name": 7}, ["name: found 7; wanted a text of 1 to 5 letters (write it in quotes)"]),
        ({"nam": "a"}, ["nam: no field is called `nam` (did you mean 'name'?)"]),
        ({"count": -1}, ["count: found -1; wanted a whole number ≥ 0"]),
        ({"count": 1.5}, ["count: found 1.5; wanted a whole number ≥ 0"]),
        ({"count": 3.0}, ["count: found 3; wanted a whole number ≥ 0 (write 3)"]),
        ({"count": True}, ["count: found true; wanted a whole number ≥ 0"]),
        ({"count": float("nan")}, ["count: found nan; wanted a whole number ≥ 0"]),
        ({"even": 3}, ["even: 3 is odd; wanted an even number"]),
        ({"even": "x"}, ["even: found 'x'; wanted an even number"]),
        (
            {"share": 30},
            [
                "share: found 30; wanted a number from 0 to 1 "
                "(is that in per cent? 30 % would be 0.3)"
            ],
        ),
        (
            {"speed_mps": 250},
            [
                "speed_mps: found 250; wanted a number from 0 to 100 "
                "(is that in km/h? 250 km/h would be 69.4444 metres a second)"
            ],
        ),
        (
            {"speed_mps": "90 kt"},
            [
                "speed_mps: found '90 kt'; wanted a number from 0 to 100 "
                "(write the number alone, in metres a second: 46.3)"
            ],
        ),
        (
            {"speed_kmh": 36},
            [
                "speed_kmh: no field is called `speed_kmh` "
                "(did you mean 'speed_mps'? 36 kmh would be 10)"
            ],
        ),
        ({"use": "lamd"}, ["use: found 'lamd'; wanted one of 7, land, sea (did you mean 'land'?)"]),
        (
            {"colour": "gren"},
            ["colour: found 'gren'; wanted one of red, green (did you mean 'green'?)"],
        ),
        (
            {"shape": {"kind": "circel", "radius_m": 0}},
            [
                "shape.kind: found 'circel'; wanted one of circle, square (did you mean 'circle'?)",
                "shape.radius_m: found 0; wanted a number > 0 and ≤ 1000",
            ],
        ),
        (
            {"shape": {"side_m": -1}},
            [
                "shape: no `kind`; wanted kind: one of circle, square",
                "shape.side_m: found -1; wanted a number ≥ 0 and < 10",
            ],
        ),
        ({"shape": 3}, ["shape: found 3; wanted an object with kind: one of circle, square"]),
        (
            {"shapes": {"kind": "circle"}},
            ["shapes: found an object; wanted a list (begin each item with `- `)"],
        ),
        ({"pair": ["x"]}, ["pair: found a list of 1; wanted a list of 2"]),
        ({"pair": ["x", "y"]}, ["pair[1]: found 'y'; wanted a number"]),
        ({"by_name": {"B": 1}}, ["by_name.B: found 'B'; wanted a text like ^[a-z]+$"]),
        (
            {"things": [{}] * 4},
            [
                *(
                    f"things[{k}]: no `name`; wanted name: a text of 1 to 5 letters"
                    for k in range(4)
                ),
                "things: found 4 items; wanted at most 3",
            ],
        ),
        ({"is_big": "yes"}, ["is_big: found 'yes'; wanted true or false"]),
        ({"time": []}, ["time: found a list of 0; wanted a number or a text"]),
    ],
)
def test_each_fault_says_path_found_wanted_and_meant(content, told):
    if isinstance(content, dict) and content and "nam" not in content and "name" not in content:
        content = {"name": "a", **content}
    assert faults_of(content)[1] == told


def test_what_is_right_about_a_faulty_thing_is_kept():
    made, told = faults_of(
        {"name": "far too long", "count": -1, "share": 0.25, "things": [{"name": "ok"}, 7]}
    )
    assert len(told) == 3
    assert (made.name, made.count, made.share) == (BROKEN, 0, 0.25)
    assert made.things == [Thing(name="ok"), BROKEN]
    assert repr(BROKEN) == "BROKEN"


class Watchful(Struct, frozen=True):
    low: float
    high: float

    def __post_init__(self):
        if self.low >= self.high:
            raise ValueError("low must be below high")


def test_a_rule_of_the_class_itself_is_told():
    assert faults_of({"low": 2, "high": 1}, Watchful) == (BROKEN, [": low must be below high"])
    assert faults_of({"low": "x", "high": 1}, Watchful)[1] == ["low: found 'x'; wanted a number"]


NAMES = [field.encode_name for field in msgspec.structs.fields(Thing)]
NAMES += ["kind", "radius_m", "side_m", "tilt_deg", "nonsense"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2000) | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(NAMES),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=300)
@given(JSON)
def test_the_walk_finds_a_fault_wherever_msgspec_does_and_nowhere_else(content):
    made, told = faults_of(content)
    try:
        wanted = msgspec.convert(content, Thing)
    except msgspec.ValidationError:
        assert told
        return
    has_odd = any("is odd" in text for text in told)
    has_nan = any("found nan" in text or "found inf" in text or "-inf" in text for text in told)
    assert not told or has_odd or has_nan
    if not told:
        assert msgspec.to_builtins(made) == msgspec.to_builtins(wanted) or "nan" in repr(content)


def test_a_good_thing_survives_json():
    content = json.loads(msgspec.json.encode(Thing(name="a", shape=Square(side_m=1.0))))
    assert faults_of(content) == (Thing(name="a", shape=Square(side_m=1.0)), [])


@pytest.mark.parametrize(
    ("unit", "into", "times"),
    [
        ("nm", "km", 1.852),
        ("ft", "m", 0.3048),
        ("kt", "mps", 0.5144444),
        ("kmh", "mps", 1 / 3.6),
        ("min", "s", 60.0),
        ("rad", "deg", 57.29578),
        ("ghz", "mhz", 1000.0),
    ],
)
def test_units_are_those_of_the_tables(unit, into, times):
    assert factor(unit, into) == pytest.approx(times, rel=1e-6)
    assert factor(unit, "kg") is None


def test_units_are_read_off_names():
    assert unit_of("range_km") == "km"
    assert unit_of("km") == ""
    assert unit_of("false_plots_per_turn") == ""


def test_a_name_with_another_unit_is_meant_as_the_one_that_is():
    assert renamed("height_ft", 100, ["name", "height_m"]) == (
        "did you mean 'height_m'? 100 ft would be 30.48"
    ).replace("ft", "feet")
    assert renamed("range_nm", "x", ["max_range_km", "min_range_km"]) == (
        "did you mean 'max_range_km' or 'min_range_km'?"
    )
    assert renamed("colour", 1, ["name"]) == ""


def test_a_value_is_suspected_of_a_unit_only_where_that_would_do():
    assert "feet" in suspected("height_m", 30_000, lambda m: m < 10_000)
    assert suspected("height_m", 1e9, lambda m: m < 10_000) == ""
    assert suspected("count", 3, lambda m: True) == ""


def test_a_spoken_number_is_turned_into_the_unit_of_its_field():
    assert spoken("height_m", "300 ft") == "write the number alone, in metres: 91.44"
    assert spoken("latitude_deg", "54°") == "write the number alone, in degrees: 54"
    assert spoken("latitude_deg", "54,5") == "write 54.5, with a point"
    assert spoken("latitude_deg", "54°30'N") == "write degrees with a decimal point: 54.5"
    assert spoken("latitude_deg", "54:30:00") == "write degrees with a decimal point: 54.5"
    assert (
        spoken("longitude_deg", "27° 15\u2032 36\u2033 W")
        == "write degrees with a decimal point: -27.26"
    )
    assert spoken("longitude_deg", "-7 30") == "write degrees with a decimal point: -7.5"
    assert spoken("latitude_deg", "54°75'") == ""
    assert spoken("height_m", "54:30:00") == ""
    assert spoken("height_m", "300 kg") == ""
