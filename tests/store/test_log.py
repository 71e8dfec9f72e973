import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.errors import InputError
from jointsky.store.log import FIRST_SEAL, Log, read_log, write_log

FACTS = st.dictionaries(st.text(max_size=8), st.integers() | st.text(max_size=8) | st.booleans())


@pytest.fixture
def path(tmp_path):
    log = Log()
    log.add(10.0, "run-begins", seed=1)
    log.add(11.5, "track-begins", "alpha", number=1)
    log.add(12.0, "track-ends", "alpha", number=1)
    write_log(log.entries, tmp_path / "log.jsonl")
    return tmp_path / "log.jsonl"


@given(st.lists(st.tuples(st.floats(0, 2e9), st.text(max_size=9), FACTS), max_size=6))
@settings(max_examples=40)
def test_what_is_told_comes_back(tmp_path_factory, told):
    log = Log()
    for time_s, kind, facts in told:
        log.add(time_s, kind, "alpha", **{f"x{name}": value for name, value in facts.items()})
    path = tmp_path_factory.mktemp("log") / "log.jsonl"
    write_log(log.entries, path)
    assert read_log(path) == log.entries


def test_an_empty_log_has_the_first_seal(tmp_path):
    write_log([], tmp_path / "log.jsonl")
    assert read_log(tmp_path / "log.jsonl") == []
    assert Log().seal == FIRST_SEAL


def test_equal_entries_have_equal_seals_and_others_have_not():
    logs = [Log(), Log(), Log()]
    for log, number in zip(logs, (1, 1, 2), strict=True):
        log.add(1.0, "track-begins", number=number)
        log.add(2.0, "same")
    assert logs[0].seal == logs[1].seal != logs[2].seal


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda lines: [lines[0], lines[1].replace(b"alpha", b"bravo"), lines[2]], 2),
        (lambda lines: [lines[0], lines[2]], 2),
        (lambda lines: [lines[1], lines[0], lines[2]], 1),
        (lambda lines: [lines[0], lines[0], *lines[1:]], 2),
        (lambda lines: [lines[0], lines[1][:20], lines[2]], 2),
        (lambda lines: [b"\xff\xfe", *lines], 1),
    ],
    ids=["changed", "dropped", "moved", "doubled", "cut", "not JSON"],
)
def test_a_log_that_was_touched_is_refused_with_its_line(path, change, line):
    path.write_bytes(b"\n".join(change(path.read_bytes().splitlines())))
    with pytest.raises(InputError, match=rf"log\.jsonl: line {line}:"):
        read_log(path)


def test_a_log_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        read_log(tmp_path / "log.jsonl")
