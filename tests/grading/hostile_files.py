"""Hostile files, made where they are needed: what is handed in to reach, to fill or to stop the grader.

Each function makes one in a folder of submissions and returns words of the problem that must be told of it.
"""

import json
import os
import socket
import stat
import struct
import zipfile
import zlib

NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def two_hundred_megabytes(folder):
    with open(folder / "eve.ipynb", "wb") as file:
        file.write(b'{"cells": [')
        file.seek(200 * 2**20)
        file.write(b"]}")
    return "200 MB"


def link_to_a_notebook(folder):
    secret = folder.parent / "secret.ipynb"
    secret.write_bytes(NOTEBOOK)
    (folder / "eve.ipynb").symlink_to(secret)
    return "link"


def link_to_a_folder(folder):
    outside = folder.parent / "others"
    outside.mkdir()
    (outside / "ada.ipynb").write_bytes(NOTEBOOK)
    (folder / "eve").symlink_to(outside)
    return "link"


def link_that_leads_nowhere(folder):
    (folder / "eve.ipynb").symlink_to(folder / "eve.ipynb")
    return "link"


def pipe_that_never_ends(folder):
    os.mkfifo(folder / "eve.ipynb")
    return "no regular file"


def socket_in_a_folder(folder):
    (folder / "eve").mkdir()
    previous = os.getcwd()
    os.chdir(folder / "eve")  # a socket's path must be short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("x.ipynb")
    finally:
        os.chdir(previous)
    return "no regular file"


def folders_without_end(folder):
    deep = folder / "eve"
    for _ in range(60):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "x.ipynb").write_bytes(NOTEBOOK)
    return "folders deep"


def no_json(folder):
    (folder / "eve.ipynb").write_bytes(b'{"cells": [')
    return "not JSON"


def no_text(folder):
    (folder / "eve.ipynb").write_bytes(os.urandom(10_000))
    return "not JSON"


def nothing(folder):
    (folder / "eve.ipynb").write_bytes(b"")
    return "not JSON"


def deep_json(folder):
    (folder / "eve.ipynb").write_bytes(b"[" * 500_000 + b"]" * 500_000)
    return "not JSON"


def very_many_parts(folder):
    (folder / "eve.ipynb").write_bytes(b'{"cells": [' + b"{}," * 2_000_000 + b"{}]}")
    return "far more parts"


def number_of_a_million_digits(folder):
    (folder / "eve.ipynb").write_bytes(b'{"cells": ' + b"9" * 1_000_000 + b"}")
    return "no cells"


def another_kind_of_json(folder):
    (folder / "eve.ipynb").write_bytes(b"[1, 2, 3]")
    return "no cells"


def cells_of_other_types(folder):
    cells = [
        None,
        3,
        [],
        {"source": 5, "cell_type": []},
        {"source": [[1]], "metadata": "x"},
        {"metadata": {"nbgrader": 1}},
    ]
    (folder / "eve.ipynb").write_bytes(json.dumps({"cells": cells}).encode())
    return "no question of this course"


def very_many_cells(folder):
    cells = [{"cell_type": "code", "source": "relu = 1", "metadata": {}}] * 5_000
    (folder / "eve.ipynb").write_bytes(json.dumps({"cells": cells}).encode())
    return "2000 cells"


def no_exercise(folder):
    (folder / "eve.ipynb").write_bytes(NOTEBOOK)
    return "no question of this course"


def another_kind_of_file(folder):
    (folder / "eve").mkdir()
    (folder / "eve" / "answers.pdf").write_bytes(b"%PDF-1.4")
    return "no notebook"


def archive_of_a_student(folder):
    with zipfile.ZipFile(folder / "eve.zip", "w") as archive:
        archive.writestr("x.ipynb", NOTEBOOK)
    return "unpack"


FILES = (
    two_hundred_megabytes,
    link_to_a_notebook,
    link_to_a_folder,
    link_that_leads_nowhere,
    pipe_that_never_ends,
    socket_in_a_folder,
    folders_without_end,
    no_json,
    no_text,
    nothing,
    deep_json,
    very_many_parts,
    number_of_a_million_digits,
    another_kind_of_json,
    cells_of_other_types,
    very_many_cells,
    no_exercise,
    another_kind_of_file,
    archive_of_a_student,
)


# ---------------------------------------------------------------------- entries of the class's zip file


def bomb(archive):
    """A gigabyte of zeros, packed to a megabyte."""
    with archive.open(zipfile.ZipInfo("eve.ipynb"), "w", force_zip64=True) as file:
        for _ in range(1024):
            file.write(bytes(2**20))
    return "1024 MB"


def slip(archive):
    archive.writestr("../../eve.ipynb", NOTEBOOK)
    return "out of the zip"


def slip_of_another_system(archive):
    archive.writestr("a\\..\\..\\eve.ipynb", NOTEBOOK)
    return "out of the zip"


def absolute(archive):
    archive.writestr("/eve/x.ipynb", NOTEBOOK)
    return "out of the zip"


def drive(archive):
    archive.writestr("C:/eve/x.ipynb", NOTEBOOK)
    return "out of the zip"


def link(archive):
    entry = zipfile.ZipInfo("eve.ipynb")
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    archive.writestr(entry, "/etc/passwd")
    return "link"


def device(archive):
    entry = zipfile.ZipInfo("eve.ipynb")
    entry.create_system, entry.external_attr = 3, (stat.S_IFCHR | 0o666) << 16
    archive.writestr(entry, "")
    return "no regular file"


def unusual_packing(archive):
    entry = zipfile.ZipInfo("eve.ipynb")
    entry.compress_type = zipfile.ZIP_BZIP2
    archive.writestr(entry, bytes(10**6))
    return "unusual"


ENTRIES = (bomb, slip, slip_of_another_system, absolute, drive, link, device, unusual_packing)


# ------------------------------------------------------------------- zip files that lie about themselves


def written(path, entries=(("eve.ipynb", NOTEBOOK),)):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return bytearray(path.read_bytes())


def lie_about_the_size(path):
    """The list says 500 bytes, and there are 30 MB."""
    data = written(path, [("eve.ipynb", bytes(30 * 2**20))])
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 500)
    path.write_bytes(data)
    return "damaged"


def lie_about_the_content(path):
    """The checksum is another one."""
    data = written(path)
    at = data.rindex(b"PK\x01\x02")
    data[at + 16 : at + 20] = struct.pack("<I", zlib.crc32(b"other"))
    path.write_bytes(data)
    return "damaged"


def broken_stream(path):
    data = written(path, [("eve.ipynb", os.urandom(5_000))])
    data[100:200] = bytes(100)
    path.write_bytes(data)
    return "damaged"


def encrypted(path):
    data = written(path)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.rindex(mark)
        data[at + offset] |= 1
    path.write_bytes(data)
    return "encrypted"


LIARS = (lie_about_the_size, lie_about_the_content, broken_stream, encrypted)
