"""YAML files become plain data that knows where it stands, alone and with their includes."""

import pytest

from jointsky.declare_include import read_joined
from jointsky.declare_tree import read_tree
from jointsky.errors import InputError


def write(folder, **files):
    for name, text in files.items():
        path = folder / f"{name}.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder / f"{next(iter(files))}.yaml"


def said(tree):
    folder = str(tree.files[0].parent) + "/"
    return [str(error).replace(folder, "") for error in tree.errors]


def test_every_value_knows_its_line(tmp_path):
    tree = read_tree(write(tmp_path, a="x:\n  - y: 1\n    z:\n      - 2\n      - 3\n"))
    assert tree.content == {"x": [{"y": 1, "z": [2, 3]}]}
    lines = {path: mark.line for path, mark in tree.marks.items()}
    assert lines == {
        "": 1, "x": 1, "x[0]": 2, "x[0].y": 2, "x[0].z": 3, "x[0].z[0]": 4, "x[0].z[1]": 5,
    }  # fmt: skip


def test_what_is_not_in_the_file_stands_where_what_holds_it_stands(tmp_path):
    tree = read_tree(write(tmp_path, a="x:\n  - y: 1\n"))
    assert tree.mark("x[0].missing[3].z") == (str(tree.files[0]), 2, "x[0].missing[3].z")
    assert tree.where("q") == f"{tree.files[0]}:1: q"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-7", -7),
        ("0700", 700),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("2.", 2.0),
        ("-1.5E-3", -0.0015),
        ("true", True),
        ("False", False),
        ("no", "no"),
        ("on", "on"),
        ("null", None),
        ("~", None),
        ("12:30:00", "12:30:00"),
        ("2026-05-01", "2026-05-01"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("123456789012345678901", 123456789012345678901.0),
        ("9" * 400, int("9" * 400)),
        ("-" + "9" * 5000, -int("9" * 3999)),
        ("1e400", float("inf")),
    ],
)
def test_plain_words_are_read_as_yaml_1_2_says(tmp_path, text, value):
    read = read_tree(write(tmp_path, a=f"x: {text}\n")).content["x"]
    assert read == value
    assert type(read) is type(value)


def test_merged_objects_keep_their_lines_and_own_fields_come_first(tmp_path):
    text = "a: &a {x: 1, y: 2}\nb:\n  y: 3\n  <<: *a\nc:\n  <<: [{x: 5}, *a]\n"
    tree = read_tree(write(tmp_path, a=text))
    assert tree.content == {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 3}, "c": {"x": 5, "y": 2}}
    assert tree.mark("b.x").line == 1
    assert tree.mark("b.y").line == 3
    assert tree.mark("b").line == 2


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a: 1\na: 2\n", "a.yaml:2: a: `a` is given twice, first in line 1; wanted it once"),
        ("a:\n\tb: 1\n", "(indent with spaces: YAML takes no tabs)"),
        ("a: b: c\n", "a text that holds a colon is written in quotes"),
        ("[1, 2", "compare indentation, brackets and quotes"),
        ("a: 'x", "a.yaml:1: found unexpected end of stream; wanted YAML"),
        ("---\na: 1\n---\nb: 1\n", "a line `---` may stand at the top of a file only"),
        ("a: 1\nb: \0", "a.yaml:2: character U+0000, which is no text"),
        ("[" * 100_000, "more than 60 brackets within brackets"),
        ("a: &a [*a]\n", "a[0]: a reference to what holds it"),
        ("a: *b\n", "undefined alias 'b'"),
        ("a: !!set {x}\n", "a: the tag 'tag:yaml.org,2002:set'; wanted a value without a tag"),
        ("? [1, 2]\n: x\n", "a name that is no plain text"),
        ("a:\n  <<: 7\n", "`<<` with what is no object"),
        ("", "a.yaml: the file is empty"),
        (b"a: \xff\n", "a.yaml:1: byte 3 is not UTF-8 text"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_line(tmp_path, text, error):
    (only,) = said(read_tree(write(tmp_path, a=text)))
    assert error in only


def test_references_that_unfold_without_end_are_refused(tmp_path):
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for one, other in zip("abcdefg", "bcdefgh", strict=True):
        lines.append(f"{other}: &{other} [{', '.join([f'*{one}'] * 10)}]")
    tree = read_tree(write(tmp_path, a="\n".join(lines)))
    assert tree.content is None
    assert "references unfold without end" in said(tree)[0]


def test_lists_of_included_files_become_one_and_keep_their_places(tmp_path):
    path = write(
        tmp_path,
        a="include: [b.yaml, c.yaml]\nname: a\nlist:\n  - x: 1\n",
        b="list:\n  - x: 2\n  - x: 3\nonly: b\n",
        c="include: b.yaml\nlist: [{x: 4}]\n",
    )
    tree = read_joined(path)
    assert tree.content == {
        "name": "a",
        "only": "b",
        "list": [{"x": 2}, {"x": 3}, {"x": 4}, {"x": 1}],
    }
    assert tree.errors == []
    marks = [tree.mark(f"list[{k}].x") for k in range(4)]
    assert [mark[1:] for mark in marks] == [
        (2, "list[0].x"),
        (3, "list[1].x"),
        (2, "list[0].x"),
        (4, "list[0].x"),
    ]
    assert [mark.file[-6:] for mark in marks] == ["b.yaml", "b.yaml", "c.yaml", "a.yaml"]
    assert [file.name for file in tree.files] == ["a.yaml", "b.yaml", "c.yaml"]


def test_the_including_file_has_the_last_word(tmp_path):
    tree = read_joined(write(tmp_path, a="include: b.yaml\nseed: 2\n", b="seed: 1\nc: {d: 3}\n"))
    assert tree.content == {"seed": 2, "c": {"d": 3}}
    assert tree.errors == []
    assert tree.mark("seed").file.endswith("a.yaml")


def test_includes_that_say_two_things_are_told(tmp_path):
    files = {"a": "include: [b.yaml, c.yaml]\n", "b": "seed: 1\n", "c": "seed: 2\n"}
    (error,) = said(read_joined(write(tmp_path, **files)))
    assert error.startswith("c.yaml:1: seed: ")
    assert "b.yaml:1 says `seed` as well" in error


def test_circles_of_includes_are_told_not_followed(tmp_path):
    path = write(tmp_path, a="include: b.yaml\n", b="include: c.yaml\n", c="include: b.yaml\n")
    (error,) = said(read_joined(path))
    assert "b.yaml includes c.yaml includes b.yaml" in error
    (itself,) = said(read_joined(write(tmp_path, d="include: d.yaml\n")))
    assert "d.yaml includes d.yaml" in itself


@pytest.mark.parametrize("item", ["7", "[]", "{a: 1}", "null", "'a\0b'", "missing.yaml", "."])
def test_includes_that_are_no_files_are_told(tmp_path, item):
    text = item.replace("\0", "\\0").replace("'", '"')
    tree = read_joined(write(tmp_path, a=f"include: [{text}]\nx: 1\n"))
    assert tree.content == {"x": 1}
    assert len(tree.errors) == 1
    assert tree.errors[0].path == "include[0]"


def test_an_included_list_is_told(tmp_path):
    tree = read_joined(write(tmp_path, a="include: b.yaml\n", b="- 1\n"))
    assert said(tree) == ["b.yaml:1: found a list; wanted sections, as in a scenario of its own"]


def test_faults_come_by_file_and_line_each_once(tmp_path):
    tree = read_joined(write(tmp_path, a="include: b.yaml\nx: 1\nx: 2\n", b="y: 1\n"))
    faults = [InputError("y", "found 1"), InputError("x", "found 1"), InputError("y", "found 1")]
    told = [str(one).rpartition("/")[2] for one in tree.all_errors(faults)]
    assert told == [
        "a.yaml:3: x: `x` is given twice, first in line 2; wanted it once",
        "b.yaml:1: y: found 1",
    ]
