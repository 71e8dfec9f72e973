"""The page in a real browser: no request, no error, and everything that a person does with it."""

import base64
import json
import pathlib
import re
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.pictures import page_data, scene
from jointsky.pictures.html import write_html
from jointsky.pictures.options import PictureOptions
from jointsky.records.plots import Plots
from jointsky.records.tracks import Tracks
from pictures import made_recording

CHROMIUM = pathlib.Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
FLAGS += ["--disable-background-networking", "--disable-component-update"]


def written(folder, **given):
    arguments = {
        "plots": made_recording.plots(),
        "tracks": made_recording.tracks(),
        "sensors": made_recording.SENSORS,
        "title": "made <recording> & more",
    } | given
    write_html(path_html=folder / "picture.html", **arguments)
    return folder / "picture.html"


# ---- the file


def test_the_same_records_give_the_same_octets(tmp_path):
    (tmp_path / "again").mkdir()
    assert written(tmp_path).read_bytes() == written(tmp_path / "again").read_bytes()


def test_the_page_names_no_host_and_forbids_requests(tmp_path):
    text = written(tmp_path).read_text()
    assert not re.findall(
        r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", re.sub(r"@@|[A-Za-z0-9+/=]{2000,}", "", text)
    )
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text).group(1)
    assert policy.startswith("default-src 'none'") and "http" not in policy


def test_a_title_cannot_end_its_element(tmp_path):
    title = "</script><script>alert(1)</script>@@DATA@@"
    text = written(tmp_path, title=title).read_text()
    assert "<script>alert" not in text
    facts = re.search(r'id="recording-facts">(.*?)</script>', text, re.DOTALL).group(1)
    assert json.loads(facts)["title"] == title


def unpacked(path):
    text = path.read_text()
    facts = json.loads(re.search(r'id="recording-facts">(.*?)</script>', text, re.DOTALL).group(1))
    packed = re.search(r'id="recording-data">(.*?)</script>', text, re.DOTALL).group(1)
    raw = np.frombuffer(zlib.decompress(base64.b64decode(packed)), np.uint8)
    columns, offset = {}, 0
    for name, length in facts["columns"]:
        planes = raw[offset : offset + 4 * length].reshape(4, length).T
        steps = np.ascontiguousarray(planes).view("<u4")[:, 0]
        columns[name] = np.cumsum(steps, dtype=np.uint32).view(np.int32)
        offset += 4 * length
    assert offset == len(raw)
    return facts, columns


def test_the_page_holds_what_the_records_held(tmp_path):
    tracks = made_recording.tracks()
    facts, columns = unpacked(written(tmp_path))
    assert facts["counts"]["tracks"] == 6 and len(columns["x"]) == len(tracks)
    lon = np.degrees(tracks.longitude_rad)
    np.testing.assert_allclose(columns["x"] / 1e6, lon, atol=6e-7)
    np.testing.assert_allclose(columns["height"], tracks.height_m, atol=0.5)
    np.testing.assert_allclose(columns["speed"] / 10, 200.0, atol=0.06)
    assert facts["tracks"]["name"][:4] == ["ADR123", "DLH456", "440AAA", "A4321"]
    assert facts["tracks"]["sensors"][0] == [0, 1] and facts["tracks"]["sensors"][1] == [0]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(-(2**31), 2**31 - 1), max_size=50))
def test_any_column_comes_back(values):
    column = np.array(values, np.int32)
    raw = np.frombuffer(zlib.decompress(page_data.pack([column])), np.uint8)
    steps = np.ascontiguousarray(raw.reshape(4, -1).T).view("<u4").ravel()
    assert np.array_equal(np.cumsum(steps, dtype=np.uint32).view(np.int32), column)


def test_what_is_not_known_is_told_apart():
    assert page_data.whole([np.nan, np.inf, 1.6, 1e99]).tolist() == [
        page_data.UNKNOWN, page_data.UNKNOWN, 2, page_data.COLUMN_LIMIT,
    ]  # fmt: skip


def test_a_large_recording_is_thinned_and_says_so(monkeypatch):
    monkeypatch.setattr(page_data, "TRACK_ROWS_MOST", 300)
    monkeypatch.setattr(page_data, "PLOTS_MOST", 100)
    seen = scene.build(made_recording.plots(), made_recording.tracks(), made_recording.SENSORS)
    facts, _ = page_data.collect(seen, "thin", PictureOptions())
    sizes = dict(facts["columns"])
    assert 906 // 4 <= sizes["x"] <= 906 // 4 + 12  # every 4th, and both ends of six tracks
    assert sizes["plotX"] == 100
    assert any("track points" in note for note in facts["notes"])
    assert any("One plot in 3" in note for note in facts["notes"])


# ---- the browser


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not here: the page is tested in a real browser")
    with sync_api.sync_playwright() as player:
        started = player.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield started
        started.close()


class Visit:
    """One visit to a page, which remembers what went wrong and what was asked of the network."""

    def __init__(self, browser, path, scheme="light", fragment="", **context):
        size = {"width": 1366, "height": 768}
        self.context = browser.new_context(viewport=size, color_scheme=scheme, **context)
        self.page = self.context.new_page()
        self.complaints, self.requests = [], []
        self.page.on("console", self.complain)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri() + fragment)
        self.wait_for("document.documentElement.dataset.ready === 'true'")
        self.settle()

    def complain(self, message):
        if not message.text.startswith("Canvas2D: Multiple readback"):  # our own looking at it
            self.complaints.append(message.text)

    def wait_for(self, script):
        """Wait until a script is true; the page's own policy forbids Playwright's way to wait."""
        for _ in range(300):
            if self.page.evaluate(script):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never true: {script}")

    def settle(self):
        self.page.evaluate(
            "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def do(self, script):
        answer = self.page.evaluate(script)
        self.settle()
        return answer

    def key(self, name):
        self.page.keyboard.press(name)
        self.settle()

    def track_px(self, track):
        return self.page.evaluate(
            f"(() => {{ const s = jointsky.tracks.now[{track}]; "
            "const box = document.getElementById('air').getBoundingClientRect(); "
            "const [x, y] = jointsky.view.screen(s.x, s.y); "
            "return [x + box.left, y + box.top]; })()"
        )

    def colour_at(self, canvas, x, y):
        return self.page.evaluate(
            "([id, x, y]) => { const c = document.getElementById(id); "
            "const box = c.getBoundingClientRect(); const r = devicePixelRatio; "
            "return Array.from(c.getContext('2d').getImageData("
            "Math.round((x - box.left) * r), Math.round((y - box.top) * r), 1, 1).data); }",
            [canvas, x, y],
        )

    def close(self):
        assert self.complaints == []
        assert [url for url in self.requests if not url.startswith(("file:", "blob:"))] == []
        assert len([url for url in self.requests if url.startswith("file:")]) == 1
        self.context.close()


@pytest.fixture(scope="module")
def page_path(tmp_path_factory):
    return written(tmp_path_factory.mktemp("page"))


@pytest.fixture
def visit(browser, page_path):
    made = Visit(browser, page_path)
    yield made
    made.close()


def rgb(colour):
    return [int(colour[k : k + 2], 16) for k in (1, 3, 5)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_symbols_stand_on_the_canvas_in_the_colour_of_their_height(browser, page_path, scheme):
    made = Visit(browser, page_path, scheme)
    for track in range(6):
        x, y = made.track_px(track)
        wanted = made.page.evaluate(
            f"jointsky.tracks.colour(jointsky.tracks.now[{track}].row, jointsky.colours)"
        )
        got = made.colour_at("air", x, y)
        assert max(abs(a - b) for a, b in zip(got[:3], rgb(wanted), strict=True)) <= 3, track
    land = made.page.evaluate("jointsky.facts.palettes[jointsky.isDark() ? 'dark' : 'light'].land")
    inland = made.page.evaluate(
        "(() => { const box = document.getElementById('air').getBoundingClientRect(); "
        "const [x, y] = jointsky.view.screen(...jointsky.plane.of(15.05, 46.33)); "
        "return [x + box.left, y + box.top]; })()"
    )
    assert made.colour_at("ground", *inland)[:3] == rgb(land)
    made.close()


def test_a_new_layout_is_drawn_whole_and_fitted_before_it_is_painted(visit):
    """A frame between layout and observer once drew the map for the height of the old one."""
    box = "document.getElementById('map').getBoundingClientRect()"
    edge = visit.page.evaluate(
        "(() => { document.querySelector('header').style.display = 'none'; jointsky.draw(); "
        f"const box = {box}; return [box.left + 2, box.bottom - 2]; }})()"
    )
    assert visit.colour_at("ground", *edge)[3] == 255
    assert visit.page.evaluate(f"jointsky.view.height === {box}.height")
    west, south, east, north = visit.page.evaluate(
        "(() => { const v = jointsky.view; const b = v.box(); "
        "const [w, n] = jointsky.plane.back(b.west, b.north); "
        "const [e, s] = jointsky.plane.back(b.east, b.south); return [w, s, e, n]; })()"
    )
    wanted = visit.page.evaluate("jointsky.facts.extent")
    assert west <= wanted[0] + 1e-6 and south <= wanted[1] + 1e-6
    assert east >= wanted[2] - 1e-6 and north >= wanted[3] - 1e-6


def test_sea_is_sea(visit):
    visit.do("jointsky.view.scale = 8000; jointsky.view.centre(...jointsky.plane.of(13.2, 44.9))")
    box = visit.page.locator("#air").bounding_box()
    middle = (box["x"] + box["width"] / 2 + 9, box["y"] + box["height"] / 2 + 9)
    assert visit.colour_at("ground", *middle)[:3] == rgb("#dbe7ef")


def test_the_slider_moves_the_tracks(visit):
    before = visit.track_px(1)
    slider = visit.page.locator("#time")
    slider.evaluate("(s) => { s.value = 30000; s.dispatchEvent(new Event('input')); }")
    visit.settle()
    after = visit.track_px(1)
    assert np.hypot(after[0] - before[0], after[1] - before[1]) > 40
    assert visit.page.locator("#clock").inner_text() == "2023-11-14 22:18:20"
    at = visit.page.evaluate(
        "jointsky.plane.back(jointsky.tracks.now[0].x, jointsky.tracks.now[0].y)"
    )
    metres = 5_000 + 200 * 300
    assert at[1] == pytest.approx(46.05 + np.degrees(metres / 6_371_000), abs=1e-4)


def test_playing_moves_time_and_stops_at_the_end(visit):
    visit.do("jointsky.setTime(0)")
    visit.page.locator("#speed").select_option("1000")
    visit.page.locator("#play").click()
    assert visit.page.locator("#play").inner_text() == "Pause"
    visit.wait_for("!jointsky.playing")
    assert visit.page.evaluate("jointsky.time") == 60_000


def test_a_click_on_a_track_opens_its_story_and_escape_closes_it(visit):
    visit.page.mouse.click(*visit.track_px(1))
    visit.settle()
    story = visit.page.locator("#story")
    text = story.inner_text()
    for words in ("DLH456", "3C6444", "2345", "Ljubljana", "FL371", "389 kt", "First seen"):
        assert words in text
    drawn = story.locator("canvas").evaluate(
        "(c) => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v) => v > 0)"
    )
    assert drawn
    visit.page.keyboard.press("Escape")
    visit.settle()
    assert story.is_hidden()


def test_an_emergency_is_said_in_words(visit):
    visit.do("jointsky.choose(2)")
    assert "Squawk 7700: emergency" in visit.page.locator("#story").inner_text()


@pytest.mark.parametrize(
    ("text", "name"), [("dlh", "DLH456"), ("506cab", "ADR123"), ("4321", "A4321"), ("#105", "TINY")]
)
def test_search_finds_by_call_sign_address_squawk_and_number(visit, text, name):
    visit.key("/")
    visit.page.keyboard.type(text)
    visit.settle()
    rows = visit.page.locator("#rows button")
    assert rows.all_inner_texts() == [name]
    assert "search hides 5" in visit.page.locator("#found").inner_text()
    visit.key("Enter")
    assert name in visit.page.locator("#story h2").inner_text()
    visit.key("Escape")
    assert visit.page.locator("#rows button").count() == 6


def test_the_height_filter_hides_tracks_on_the_map_and_in_the_list(visit):
    x, y = visit.track_px(5)
    low = visit.page.locator("#height-low")
    low.evaluate("(s) => { s.value = 500; s.dispatchEvent(new Event('input')); }")
    visit.settle()
    assert visit.colour_at("air", x, y)[3] == 0
    assert "4 in the picture now" in visit.page.locator("#found").inner_text()


def test_keys_do_what_the_help_says(visit):
    visit.page.locator("#air").focus()
    scale = visit.page.evaluate("jointsky.view.scale")
    visit.key("+")
    assert visit.page.evaluate("jointsky.view.scale") == pytest.approx(1.5 * scale)
    x = visit.page.evaluate("jointsky.view.x")
    visit.key("ArrowRight")
    assert visit.page.evaluate("jointsky.view.x") > x
    visit.key("Home")
    assert visit.page.evaluate("jointsky.time") == 0
    visit.key(".")
    assert visit.page.evaluate("jointsky.time") == 100
    visit.key("k")
    assert visit.page.evaluate("jointsky.time") == 6_000
    visit.key("l")
    assert visit.page.evaluate("jointsky.labelsWritten") == 0
    visit.key("n")
    assert visit.page.evaluate("jointsky.chosen") >= 0
    visit.key("t")
    assert visit.page.evaluate("document.documentElement.dataset.theme") == "dark"
    visit.key("?")
    assert visit.page.locator("#help").is_visible()
    assert visit.page.locator("#keys dt").count() > 18


def test_labels_of_tracks_do_not_overlap(browser, tmp_path):
    made = Visit(browser, written(tmp_path, tracks=made_recording.tracks(90, 20)))
    made.do("jointsky.setTime(7000)")
    boxes = made.page.evaluate("jointsky.tracks.labelBoxes")
    assert 10 < len(boxes) == made.page.evaluate("jointsky.labelsWritten") < 90
    for k, (x, y, wide, high) in enumerate(boxes):
        for left, top, w, h in boxes[:k]:
            assert x + wide <= left or left + w <= x or y + high <= top or top + h <= y
    made.close()


def test_wheel_and_drag_move_the_map(visit):
    box = visit.page.locator("#air").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    scale, x = visit.page.evaluate("[jointsky.view.scale, jointsky.view.x]")
    visit.page.mouse.move(*middle)
    visit.page.mouse.wheel(0, -240)
    visit.settle()
    assert visit.page.evaluate("jointsky.view.scale") == pytest.approx(2 * scale)
    visit.page.mouse.down()
    visit.page.mouse.move(middle[0] + 120, middle[1], steps=5)
    visit.page.mouse.up()
    visit.settle()
    assert visit.page.evaluate("jointsky.view.x") < x
    assert visit.page.locator("#story").is_hidden()


def test_measuring_gives_distance_and_bearing(visit):
    visit.key("m")
    visit.page.mouse.click(*visit.track_px(0))
    visit.page.mouse.click(*visit.track_px(3))
    visit.settle()
    text = visit.page.evaluate("jointsky.measure.text")
    kilometres = 2 * (5 + 0.2 * 600)  # opposite bearings: tracks 0 and 3 fly north and south
    assert f"{kilometres:.1f} km" in text and text.endswith("180°")


def test_a_link_brings_back_the_view(browser, page_path):
    fragment = "#at=46.30000,15.00000,50.000&t=120.00&trail=60&track=103&theme=dark"
    made = Visit(browser, page_path, fragment=fragment)
    state = made.page.evaluate(
        "[jointsky.time, jointsky.trail, jointsky.chosen, jointsky.view.metresPerPixel(), "
        "...jointsky.plane.back(jointsky.view.x, jointsky.view.y)]"
    )
    assert state == pytest.approx([12_000, 6_000, 3, 50.0, 15.0, 46.3], abs=1e-6)
    made.page.wait_for_timeout(500)
    assert made.page.evaluate("location.hash") == fragment
    made.close()


def test_two_fingers_zoom(browser, page_path):
    made = Visit(browser, page_path, has_touch=True)
    scale = made.page.evaluate("jointsky.view.scale")
    made.do(
        "const air = document.getElementById('air'); air.setPointerCapture = () => {}; "
        "const send = (kind, id, x) => air.dispatchEvent(new PointerEvent(kind, {pointerId: id, "
        "clientX: x, clientY: 300, bubbles: true})); "
        "send('pointerdown', 1, 400); send('pointerdown', 2, 500); send('pointermove', 2, 550); "
        "send('pointermove', 2, 600); send('pointerup', 1, 400); send('pointerup', 2, 600);"
    )
    assert made.page.evaluate("jointsky.view.scale") == pytest.approx(2 * scale, rel=0.05)
    made.close()


def test_everything_that_can_be_pressed_has_a_name(visit):
    nameless = visit.page.evaluate(
        "[...document.querySelectorAll('button, input, select, canvas[tabindex]')].filter((e) => "
        "!(e.textContent.trim() || e.getAttribute('aria-label') || (e.labels && e.labels.length)))"
        ".map((e) => e.id)"
    )
    assert nameless == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(browser, page_path, scheme):
    """Contrast of at least 4.5:1 (WCAG 2.2, 1.4.3) for the colours that text is written in."""
    made = Visit(browser, page_path, scheme)
    styles = made.page.evaluate(
        "(() => { const s = getComputedStyle(document.documentElement); const out = {}; "
        "for (const n of ['paper','panel','ink','quiet','accent','on-accent','warn']) "
        "out[n] = s.getPropertyValue('--' + n).trim(); return out; })()"
    )
    palette = made.page.evaluate("jointsky.colours")
    pairs = [(styles[a], styles[b]) for a in ("ink", "quiet", "warn") for b in ("paper", "panel")]
    pairs += [(styles["on-accent"], styles["accent"])]
    pairs += [(palette[a], palette["land"]) for a in ("ink", "quiet", "place", "accent")]
    for text, ground in pairs:
        assert contrast(text, ground) >= 4.5, (text, ground)
    made.close()


def contrast(one, other):
    def luminance(colour):
        colour = colour if len(colour) == 7 else "#" + "".join(2 * c for c in colour[1:])
        parts = np.array(rgb(colour)) / 255.0
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    "given",
    [
        {"tracks": Tracks.make(0)},
        {"tracks": Tracks.make(0), "plots": Plots.make(0), "sensors": []},
        {"tracks": made_recording.tracks(1, 1), "plots": Plots.make(0)},
        {"sensors": made_recording.flat_sensors()},
    ],
    ids=["no tracks", "nothing", "one point", "flat"],
)
def test_whatever_is_missing_the_page_opens(browser, tmp_path, given):
    made = Visit(browser, written(tmp_path, **given))
    made.key("p")
    made.key("r")
    made.key("n")
    made.key(" ")
    made.close()
