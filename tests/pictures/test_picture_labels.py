"""Labels: none overlaps another, the important come first, words are right."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.pictures import scene, summaries
from jointsky.pictures.labels import CELL_PX, Page
from pictures import made_recording


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_no_two_labels_overlap_and_none_leaves_the_page(seed):
    rng = np.random.default_rng(seed)
    page = Page(600, 400)
    page.set_ink(rng.uniform(0, 400, (500, 2)))
    boxes = []
    for point in rng.uniform(0, 400, (80, 2)):
        size = (float(rng.uniform(20, 90)), 24.0)
        corner = page.place(tuple(point), size, (8.0, 20.0))
        if corner is not None:
            boxes.append((*corner, corner[0] + size[0], corner[1] + size[1]))
    assert len(boxes) > 5
    for k, (west, south, east, north) in enumerate(boxes):
        assert west >= 0 and south >= 0 and east <= 600 and north <= 400
        for other in boxes[:k]:
            apart = east <= other[0] or other[2] <= west or north <= other[1] or other[3] <= south
            assert apart


def test_a_label_takes_the_place_with_less_ink():
    page = Page(400, 400)
    east = np.stack(np.meshgrid(np.arange(200, 400, 2.0), np.arange(0, 400, 2.0)), -1)
    page.set_ink(east.reshape(-1, 2))
    corner = page.place((200.0, 200.0), (60.0, 20.0), (8.0,))
    assert corner is not None and corner[0] + 60.0 <= 200.0


def test_a_full_page_gives_no_place():
    page = Page(100, 100)
    page.take((0, 0, 100 + CELL_PX, 100 + CELL_PX))
    assert page.place((50.0, 50.0), (10.0, 10.0), (4.0,)) is None


def test_a_track_has_its_best_name():
    assert summaries.identity("ADR123", 0x506CAB, 0o1234, 7) == "ADR123"
    assert summaries.identity("", 0x506CAB, 0o1234, 7) == "506CAB"
    assert summaries.identity(" ", -1, 0o1234, 7) == "A1234"
    assert summaries.identity("", -1, -1, 7) == "#7"


def test_levels_in_words():
    assert summaries.level_text(0.0, 10_668.0) == "FL350"
    assert summaries.level_text(1234.4, np.nan) == "1,234 m"
    assert summaries.level_text(np.nan, -91.44) == "FL-03"
    assert summaries.level_text(np.nan, np.nan) == ""


def test_an_identity_once_known_stays_the_name():
    tracks = made_recording.tracks(1, 10)
    calls = np.where(np.arange(10) == 3, "ONCE", "").astype("U8")
    tracks = tracks.replace(call_sign=calls)
    seen = scene.build(made_recording.plots(), tracks, made_recording.SENSORS)
    assert summaries.identities(seen) == ["ONCE"]


def test_emergencies_matter_most():
    seen = scene.build(made_recording.plots(), made_recording.tracks(), made_recording.SENSORS)
    assert int(np.argmax(summaries.importance(seen))) == 2  # squawks 7700
    assert summaries.state_text(seen.tracks, 0).endswith("389 kt")
