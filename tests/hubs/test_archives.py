"""Files that people give to the load commands, and what is wrong with them. Bombs unpack to far more than they are."""

import tracemalloc
import zipfile

import pytest

from hubs import archives
from hubs.archives import UnreadableFile

FEW_MB = 8_000_000


@pytest.fixture
def pack(tmp_path):
    """Return a function that zips files up and gives the path."""

    def pack(files, packing=zipfile.ZIP_DEFLATED):
        path = tmp_path / "given.zip"
        with zipfile.ZipFile(path, "w", packing) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return path

    return pack


@pytest.fixture
def save(tmp_path):
    """Return a function that writes a CSV file and gives its path."""

    def save(content):
        path = tmp_path / "given.csv"
        path.write_bytes(content)
        return path

    return save


@pytest.fixture
def few_megabytes():
    """Fail when Python held more at any time than a few megabytes."""
    tracemalloc.start()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < FEW_MB


def read(path, names=("",)):
    return [(name, list(records)) for name, records in archives.tables(path, names)]


def count(path, names=("",)):
    return sum(1 for _, records in archives.tables(path, names) for _ in records)


def test_files_of_a_zip_are_read_one_after_the_other(pack):
    path = pack({"b.csv": 'c,"d, e"\r\n\r\n', "a.csv": "\ufeffa,b\r\n"})

    assert archives.members(path) == ("a.csv", "b.csv")
    assert read(path, ["a.csv", "b.csv"]) == [("a.csv", [["a", "b"]]), ("b.csv", [["c", "d, e"], []])]


def test_a_file_that_is_no_zip_is_read_by_itself(save):
    path = save(b"a,b\nc,d\n")

    assert archives.members(path) == ()
    assert read(path) == [("given.csv", [["a", "b"], ["c", "d"]])]


@pytest.mark.parametrize("pieces", [1, 3, 7])
def test_long_lines_and_line_breaks_in_quotation_marks_are_read_while_they_are_reasonable(pieces, save):
    cell = "\n".join(["x" * (50_000 // pieces)] * pieces)
    line = f'a,"{cell}"\n'.encode()

    assert read(save(line * 9)) == [("given.csv", [["a", cell]] * 9)]


@pytest.mark.parametrize(
    "endless",
    [b"x" * 20_000_000, b"x," * 10_000_000, b'"' + b"x\n" * 10_000_000, b'"a\n","b\n",' * 2_000_000],
    ids=["a value", "values", "a quotation", "values with line breaks"],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_line_without_end_is_refused_where_it_begins_to_be_unreasonable(
    endless, packed, save, pack, few_megabytes
):
    content = b"a,b\n" * 1000 + endless
    path, name = (pack({"rows.csv": content}), "rows.csv") if packed else (save(content), "")
    del content
    tracemalloc.reset_peak()

    with pytest.raises(UnreadableFile, match=r"^(rows|given).csv, line [0-9]+: is longer than any line"):
        count(path, [name])


def test_a_line_without_end_is_named_by_its_number(save):
    with pytest.raises(UnreadableFile, match=r"^given.csv, line 1001: is longer"):
        count(save(b"a,b\n" * 1000 + b"x" * 200_000))


@pytest.mark.parametrize("line", [b"\n", b"DT1 1XJ,10\n"])
def test_a_bomb_of_short_lines_is_refused_once_it_has_unpacked_to_too_much(line, pack):
    path = pack({"rows.csv": line * (10_000_000 // len(line))})
    most = path.stat().st_size * archives.MOST_TIMES_PACKED
    seen = 0

    with pytest.raises(UnreadableFile, match=r"^rows.csv unpacks to far more than such a file holds$"):
        for _, records in archives.tables(path, ["rows.csv"]):
            for _ in records:
                seen += 1

    assert seen * len(line) <= most < 10_000_000


def test_a_size_that_the_archive_states_falsely_is_not_believed(pack):
    path = pack({"rows.csv": b"\n" * 10_000_000})
    data = bytearray(path.read_bytes())
    for signature, size in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(signature) + size
        data[at : at + 4] = (1000).to_bytes(4, "little")
    path.write_bytes(data)

    with pytest.raises(UnreadableFile, match=r"^rows.csv (unpacks to far more|cannot be read)"):
        count(path, ["rows.csv"])


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_that_unpack_without_bounds_are_refused(packing, pack):
    path = pack({"rows.csv": b"\n" * 1000}, packing)

    with pytest.raises(UnreadableFile, match=r"^rows.csv is packed in an unusual way"):
        count(path, ["rows.csv"])


def test_an_archive_of_very_many_files_is_refused(pack, monkeypatch):
    path = pack({f"{number}.csv": "" for number in range(300)})

    monkeypatch.setattr(archives, "MOST_FILES", 299)
    with pytest.raises(UnreadableFile, match=r"^given.zip holds more files than it should$"):
        archives.members(path)


def test_the_list_of_an_archive_is_not_read_when_it_is_absurd(pack, monkeypatch):
    path = pack({f"{number}.csv": "" for number in range(300)})

    monkeypatch.setattr(archives, "LONGEST_LIST", 10_000)
    monkeypatch.setattr(zipfile.ZipInfo, "_decodeExtra", lambda *given: pytest.fail("the list was read"))
    with pytest.raises(UnreadableFile, match=r"^given.zip holds more files than it should$"):
        archives.members(path)


def test_a_note_is_read_while_it_is_small(pack, few_megabytes):
    path = pack({"small.txt": "© Crown\r\n".encode("latin-1"), "large.txt": b"x" * 50_000_000})
    tracemalloc.reset_peak()

    assert archives.note(path, "small.txt") == "© Crown\n"
    with pytest.raises(UnreadableFile, match=r"^large.txt is too large"):
        archives.note(path, "large.txt")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("pcds,lat\n".encode("utf-16"), "is not text in UTF-8"),
        ("pcds,lat\n".encode("utf-16-le"), "is not text in UTF-8: it holds empty bytes"),
        ("town,Llanfair Dyffryn Clwŷd,café\n".encode("latin-1", "replace"), "is not text in UTF-8"),
        (b"a,b\n" * 5000 + b"a\0b\n", "is not text in UTF-8: it holds empty bytes"),
        (bytes(range(1, 256)) * 40, "is not text in UTF-8"),
    ],
    ids=["UTF-16", "UTF-16 without a mark", "Latin-1", "NUL", "binary"],
)
def test_what_is_no_text_in_utf_8_is_refused(content, message, save):
    with pytest.raises(UnreadableFile, match=f"^given.csv {message}"):
        count(save(content))


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(content, save):
    with pytest.raises(UnreadableFile, match=r"^given.csv is empty$"):
        archives.first_record(save(content), "")


def test_a_folder_and_an_empty_zip_are_refused(tmp_path, pack):
    with pytest.raises(UnreadableFile, match="is a folder; give one file"):
        archives.members(tmp_path)
    with pytest.raises(UnreadableFile, match=r"^given.zip is an empty zip$"):
        archives.members(pack({}))


def test_a_zip_that_breaks_off_is_refused(pack):
    path = pack({"rows.csv": "a,b\n" * 1000})
    path.write_bytes(path.read_bytes()[:-30])

    with pytest.raises(UnreadableFile, match=r"^given.zip is a zip that is not whole"):
        archives.members(path)


def test_whatever_is_damaged_in_an_archive_it_says_so_and_no_more(pack):
    """Each byte of the headers and of the list of contents is spoilt in turn."""
    path = pack({"rows.csv": "a,b\n" * 50, "note.txt": "note"})
    whole = path.read_bytes()

    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x85]) + whole[at + 1 :])
        try:
            for name in archives.members(path):
                archives.note(path, name)
                count(path, [name])
        except UnreadableFile as refused:
            assert str(refused)
