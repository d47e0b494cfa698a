"""What is read of a zip, and what is refused before it is unpacked."""

import io
import zipfile

import pytest

from recognizer.batches import archive as archive_module
from recognizer.batches.archive import Archive, looks_like_zip
from recognizer.batches.errors import (
    EmptyArchiveError,
    EncryptedFileError,
    NestedArchiveError,
    SwollenArchiveError,
    TooManyFilesError,
    UnpackableFileError,
    UnreadableArchiveError,
)
from recognizer.imaging.decoding import MAX_UPLOAD_BYTES
from recognizer.imaging.errors import TooManyBytesError
from tests.recognizer.zips import bomb, claiming, symlink_to, zip_of

MIB = 1 << 20


def opened(data: bytes) -> Archive:
    return Archive(io.BytesIO(data))


def read_all(data: bytes) -> list[tuple[str, bytes]]:
    archive = opened(data)
    return [(member.filename, archive.read(member)) for member in archive.members]


@pytest.fixture
def never_unpacked(monkeypatch):
    monkeypatch.setattr(zipfile.ZipExtFile, "read", lambda *args, **kwargs: pytest.fail("It was unpacked."))


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_it_reads_the_files_in_their_order(compression):
    files = [("b.png", b"bee"), ("folder/a.png", b"ay"), ("empty.png", b"")]

    assert read_all(zip_of(files, compression=compression)) == files


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_files_of_one_name_are_files_of_their_own():
    files = [("7.png", b"one"), ("7.png", b"two")]

    assert read_all(zip_of(files)) == files


def test_folders_and_what_file_managers_leave_are_passed_over():
    clutter = ("scans/", "__MACOSX/scans/._7.png", ".DS_Store", "scans/.DS_Store", "scans/Thumbs.db", "scans/._8.png")

    archive = opened(zip_of({**dict.fromkeys(clutter, b"x"), "scans/7.png": b"seven"}))

    assert [member.filename for member in archive.members] == ["scans/7.png"]


@pytest.mark.parametrize("files", [{}, {"folder/": b""}, {".DS_Store": b"x"}])
def test_a_zip_without_a_file_is_refused(files):
    with pytest.raises(EmptyArchiveError):
        opened(zip_of(files))


def test_two_thousand_files_are_taken_and_one_more_is_too_many():
    names = [f"{number}.png" for number in range(2001)]

    assert len(opened(zip_of(dict.fromkeys(names[:2000], b"7"))).members) == 2000
    with pytest.raises(TooManyFilesError):
        opened(zip_of(dict.fromkeys(names, b"7")))


def test_a_directory_without_end_is_not_even_built(monkeypatch):
    monkeypatch.setattr(archive_module, "MAX_ENTRIES", 5)
    monkeypatch.setattr(archive_module, "ZipFile", lambda file: pytest.fail("The directory was built."))

    with pytest.raises(TooManyFilesError):
        opened(zip_of({f"{number}/": b"" for number in range(6)}))


@pytest.mark.parametrize("is_64", [False, True])
def test_a_directory_of_long_names_is_not_even_built(monkeypatch, is_64):
    monkeypatch.setattr(archive_module, "MAX_DIRECTORY_BYTES", 5000)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 0 if is_64 else 0xFFFF)
    short = zip_of({f"{number}.png": b"7" for number in range(10)})
    long = zip_of({f"{number}" + "x" * 1000: b"7" for number in range(10)})
    assert (archive_module.END_64_SIGNATURE in long) is is_64
    assert len(opened(short).members) == 10
    monkeypatch.setattr(archive_module, "ZipFile", lambda file: pytest.fail("The directory was built."))

    with pytest.raises(UnreadableArchiveError):
        opened(long)


def test_entries_are_counted_across_the_blocks_in_which_a_file_is_read(monkeypatch):
    monkeypatch.setattr(archive_module, "BLOCK_BYTES", 7)
    data = zip_of({f"{number}.png": b"7" for number in range(20)})

    assert archive_module._count(archive_module.DIRECTORY_SIGNATURE, io.BytesIO(data)) == 20


def test_a_bomb_is_refused_before_it_is_unpacked(never_unpacked):
    with pytest.raises(SwollenArchiveError):
        opened(bomb(64))


def test_more_than_is_read_of_a_zip_is_refused_before_it_is_unpacked(never_unpacked):
    huge = claiming(zip_of({f"{n}.png": bytes(100) for n in range(60)}, compression=0), size=7 * MIB)

    with pytest.raises(SwollenArchiveError):
        opened(huge)


def test_small_pictures_that_pack_well_are_taken():
    white = zip_of({f"{number}.bmp": bytes(MIB) for number in range(20)})

    assert len(opened(white).members) == 20


def test_a_large_file_is_refused_alone_and_before_it_is_unpacked(never_unpacked):
    archive = opened(zip_of({"7.png": bytes(MAX_UPLOAD_BYTES + 1), "8.png": b"8"}))

    with pytest.raises(TooManyBytesError):
        archive.read(archive.members[0])


def test_a_file_that_is_larger_than_the_directory_says_is_not_unpacked_whole(monkeypatch):
    archive = opened(claiming(bomb(20), size=1000))
    wanted = []
    read = zipfile.ZipExtFile.read
    monkeypatch.setattr(zipfile.ZipExtFile, "read", lambda file, n=-1: wanted.append(n) or read(file, n))

    with pytest.raises(UnpackableFileError):
        archive.read(archive.members[0])

    assert all(0 <= n <= MAX_UPLOAD_BYTES + 1 for n in wanted)


def test_a_file_that_is_smaller_than_the_directory_says_is_what_it_is():
    assert read_all(claiming(zip_of({"7.png": b"seven"}), size=1000)) == [("7.png", b"seven")]


def test_an_encrypted_file_is_refused(never_unpacked):
    archive = opened(claiming(zip_of({"7.png": b"seven"}), flags=1))

    with pytest.raises(EncryptedFileError):
        archive.read(archive.members[0])


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, 97])
def test_another_way_of_packing_is_refused(never_unpacked, method):
    archive = opened(claiming(zip_of({"7.png": b"seven"}), method=method))

    with pytest.raises(UnpackableFileError):
        archive.read(archive.members[0])


def test_a_zip_inside_a_zip_is_not_opened():
    archive = opened(zip_of({"inner.png": zip_of({"7.png": b"seven"})}))

    with pytest.raises(NestedArchiveError):
        archive.read(archive.members[0])


def test_a_link_is_only_the_text_that_it_is():
    assert read_all(symlink_to("/etc/passwd")) == [("7.png", b"/etc/passwd")]


def test_a_name_that_leads_elsewhere_is_only_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    read_all(zip_of({"../../evil.png": b"7", "/etc/evil.png": b"7", "C:\\evil.png": b"7"}))

    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize("part", ["first half", "last half", "no directory", "nothing"])
def test_a_damaged_zip_is_refused(part):
    whole = zip_of({f"{number}.png": bytes(range(256)) for number in range(9)})
    parts = {
        "first half": whole[: len(whole) // 2],
        "last half": b"PK\x03\x04" + whole[len(whole) // 2 : -30],
        "no directory": whole[: whole.index(b"PK\x01\x02")],
        "nothing": b"",
    }

    with pytest.raises(UnreadableArchiveError):
        opened(parts[part])


def test_every_byte_that_is_changed_ends_in_a_picture_or_a_refusal():
    whole = bytearray(zip_of({"7.png": b"seven", "8.png": b"eight"}))

    for place in range(len(whole)):
        for value in (0x00, 0xFF, whole[place] ^ 0x10):
            damaged = whole[:place] + bytes([value]) + whole[place + 1 :]
            try:
                archive = opened(bytes(damaged))
            except (UnreadableArchiveError, EmptyArchiveError, SwollenArchiveError):
                continue
            for member in archive.members:
                try:
                    archive.read(member)
                except (TooManyBytesError, EncryptedFileError, UnpackableFileError, NestedArchiveError):
                    continue


@pytest.mark.parametrize(
    ("data", "is_zip"), [(zip_of({"7.png": b"7"}), True), (zip_of({}), True), (b"\x89PNG\r\n", False), (b"", False)]
)
def test_a_zip_is_known_by_its_first_bytes(data, is_zip):
    assert looks_like_zip(io.BytesIO(data)) is is_zip
