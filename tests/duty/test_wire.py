"""What command posts say comes back as it went; garbage is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointsky.duty.wire import pack, unpack
from jointsky.errors import InputError
from jointsky.records.decisions import (
    Answer,
    Hold,
    Order,
    Pointed,
    Presence,
    Proposal,
    Ref,
    Stock,
    Stocks,
)

SAID = [
    Proposal(
        nation="west",
        number=3,
        time_s=1.5,
        by="west crew",
        target=2**53 + 1,
        rule="near",
        authority="both",
        unit="tor-1",
        owner="west",
        answer_by_s=20.0,
        until_s=100.0,
        evidence=("no reply for 40 s", "48 m/s at 210 m"),
        latitude_deg=53.9,
        longitude_deg=27.6,
    ),
    Answer(nation="east", number=0, time_s=2.0, by="node", proposal=Ref("west", 3), concurs=True),
    Order(
        nation="west",
        number=4,
        time_s=2.5,
        by="west crew",
        proposal=Ref("west", 3),
        target=9,
        unit="tor-1",
        until_s=100.0,
        answer=Ref("east", 0),
    ),
    Hold(nation="east", number=1, time_s=3.0, by="east crew", target=-1, reason="people near"),
    Presence(nation="east", time_s=3.0, mode="joint", told=2, has=5, heard_s=2.0),
    Pointed(nation="east", time_s=4.0, target=7, latitude_deg=54.0, longitude_deg=28.0),
    Stocks(
        nation="east",
        time_s=4.0,
        stocks=(Stock(unit="a", weapon="missile", salvos=3, channels=2),),
    ),
]


@pytest.mark.parametrize("said", SAID, ids=lambda one: type(one).__name__)
def test_what_is_said_comes_back(said):
    assert unpack(pack(said)) == said


@given(st.binary(max_size=200))
def test_garbage_is_refused_or_read(octets):
    try:
        unpack(octets)
    except InputError as error:
        assert "a command post's packet" in str(error)


@given(st.integers(0, 6), st.integers(0, 400), st.integers(0, 255))
def test_one_damaged_octet_is_refused_or_read(which, at, value):
    octets = bytearray(pack(SAID[which]))
    octets[at % len(octets)] = value
    try:
        unpack(bytes(octets))
    except InputError as error:
        assert "a command post's packet" in str(error)
