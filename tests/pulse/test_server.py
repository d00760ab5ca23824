"""The web server: every route of data asks for its secret, and no request, however odd, breaks it."""

import json
import logging
import random
import socket

import pytest
from rooms import Served

from utils.pulse import codes, throttle

NUMBER = "0123456789abcdef" * 2
JOIN = {"number": NUMBER, "name": ""}
RIGHT = {"question": "relu", "status": "right"}


def test_nothing_is_read_or_written_without_the_right_secret(served):
    token, other = served.join(), codes.token("another room", NUMBER)
    before = served.overview()
    routes = {("POST", "join"): JOIN, ("POST", "result"): RIGHT, ("GET", "overview"): None}
    right = {"join": served.code, "result": token, "overview": served.key}
    forged = f"{token.partition('.')[0]}.{other.partition('.')[2]}"
    wrong = ["", "x", forged, "é" * 9, "KTW-4HQ-M9R", other, f"{NUMBER}.", served.code[:-1], served.key[:-1]]
    for (method, route), body in routes.items():
        for secret in {*wrong, *right.values()} - {right[route]}:
            status, _, answer = served.call(method, route, secret.encode().decode("latin-1"), body)
            assert status == 401, (route, secret)
            assert served.code.encode() not in answer and served.key.encode() not in answer
        for place in (f"{route}?key={right[route]}", f"{route}?Authorization=Bearer+{right[route]}"):
            assert served.call(method, place, "", body)[0] == 401
        cookie = {"Cookie": f"key={right[route]}; Authorization=Bearer {right[route]}"}
        assert served.call(method, route, "", body, cookie)[0] == 401
        assert served.call(method, route, "", body, {"Authorization": right[route]})[0] == 401
    assert served.overview() == before


def test_the_pages_that_need_no_secret_have_nothing_of_the_room(served):
    served.join("Somebody's name")
    for route in ("", "leader", "page.js", "page.css"):
        status, headers, answer = served.call("GET", route)
        assert status == 200
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store" and headers["Referrer-Policy"] == "no-referrer"
        for secret in (served.code, served.key, "Somebody's name"):
            assert secret.encode() not in answer
    for route in ("room.sqlite", "store.py", "../store.py", "%2e%2e/store.py", "page.html", "leader/"):
        assert served.call("GET", route)[0] == 404


def test_other_methods_and_bodies_that_are_too_long_are_refused(served):
    for route in ("join", "result", "overview"):
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"):
            assert served.call(method, route, served.key)[0] == 405
    token = served.join()
    body = json.dumps(RIGHT).encode()
    assert served.call("POST", "result", token, body.ljust(2048))[0] == 200
    try:
        status = served.call("POST", "result", token, body.ljust(2049))[0]
    except OSError:  # closed while we were still writing
        status = 400
    assert status == 400


def odd_bodies(count):
    """Bodies that are nearly right, broken, deep, large, and random."""
    dice = random.Random(1)
    values = [
        "relu",
        "right",
        "wrong",
        "",
        "é",
        "\ud800",
        "\x00",
        "x" * 500,
        "1e999",
        0,
        -1,
        10**400,
        1.5,
        True,
    ]
    values += [
        None,
        [],
        {},
        [[]],
        {"relu": "right"},
        ["relu"],
        float("nan"),
        float("inf"),
        "'; DROP TABLE result",
    ]
    keys = ["question", "status", "mistake", "number", "name", "", "é", "__class__", "question\x00"]
    fixed = [
        b"",
        b"{",
        b"null",
        b"[" * 2000,
        b'{"a":' * 400,
        b"\xff\xfe",
        b"{}",
        b'{"status":"right"',
        b"1" * 2000,
    ]
    fixed += [
        b'{"question":"relu","question":"chi","status":"right"}',
        b'\xef\xbb\xbf{"question":"relu"}',
        b"NaN",
    ]
    yield from fixed
    for _ in range(count):
        content = {key: dice.choice(values) for key in dice.sample(keys, dice.randint(0, 5))}
        body = bytearray(json.dumps(content).encode()[:2048])
        for _ in range(dice.choice([0, 0, 1, 5])):
            body[dice.randrange(len(body))] = dice.randrange(256)
        yield bytes(body)


def test_odd_bodies_are_answered_and_change_nothing(served, caplog):
    token = served.join()
    before = served.overview()
    with caplog.at_level(logging.WARNING):
        for body in odd_bodies(150):
            for route, secret in (("join", served.code), ("result", token)):
                status, headers, answer = served.call("POST", route, secret, body)
                found = json.loads(answer)
                assert headers["Content-Type"].startswith("application/json")
                assert (status == 200 and found["kept"]) or (status == 400 and len(found["error"]) < 120), (
                    body
                )
    after = served.overview()
    assert after["participants"] == before["participants"]
    assert caplog.records == []


def test_requests_that_are_no_http_leave_it_standing(served, capfd, caplog):
    secret = served.code.encode()
    odd = [b"\x16\x03\x01\x02\x00" * 40, b"GET /\r\n\r\n", b"POST /join HTTP/1.1\r\n" + secret + b"\r\n\r\n"]
    odd += [b"POST /join HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"A" * 70_000]
    odd += [
        b"POST /join HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n",
        b"\x00" * 100,
    ]
    odd += [b"GET /overview?seen=%ff HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + secret + b"\r\n\r\n"]
    odd += [b"POST /join HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\xfe\r\nContent-Length: 0\r\n\r\n"]
    for content in odd:
        with socket.create_connection(("127.0.0.1", served.port), timeout=5) as connection:
            try:
                connection.sendall(content)
                connection.shutdown(socket.SHUT_WR)
                assert b" 500 " not in connection.recv(4096)
            except OSError:  # the server has hung up, at once or while this was sent
                pass
    assert served.overview()
    said = "".join(capfd.readouterr()) + caplog.text
    assert served.code not in said and served.key not in said


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "'; DROP TABLE participant; --", "李雷 🙂"])
def test_a_name_comes_back_as_it_was_typed(served, name):
    served.join(name)
    assert name in [each["name"] for each in served.overview()["names"]]


def test_who_knows_the_code_gets_in_while_somebody_guesses(tmp_path, caplog):
    with Served(tmp_path / "room") as room:
        token = room.join("Early")
        statuses = [
            room.call("POST", "join", codes.new_code(), JOIN)[0] for _ in range(throttle.AT_ONCE + 200)
        ]
        assert set(statuses[: throttle.AT_ONCE]) == {401}
        assert 429 in statuses
        # Nobody who has joined is held up, not even from the same address.
        assert all(room.send(token, "relu", "wrong") == 200 for _ in range(50))
        assert room.overview()["participants"] == 1
        # And who joins is let in by repeating it, as the notebook does.
        tries = 0
        while room.call("POST", "join", room.code, JOIN)[0] != 200:
            tries += 1
            room.call("POST", "join", codes.new_code(), JOIN)
            assert tries < 500
        assert room.overview()["participants"] == 2
        assert caplog.text.count("Somebody is trying out codes") == 1


def test_below_a_hub_everything_stands_below_its_prefix(tmp_path):
    with Served(tmp_path / "room", prefix="/services/pulse/") as room:
        assert room.send(room.join(), "relu", "right") == 200
        assert room.question("relu")["solved"] == 1
        assert room.call("GET", "leader")[0] == 200
        room.prefix = "/"
        assert [room.call("GET", route, room.key)[0] for route in ("", "leader", "overview")] == [404] * 3


def test_a_page_that_has_seen_everything_is_told_only_that(served):
    version = served.overview()["version"]
    again = json.loads(served.call("GET", f"overview?seen={version}", served.key)[2])
    assert again == {"version": version}
    served.send(served.join(), "chi", "wrong")
    assert json.loads(served.call("GET", f"overview?seen={version}", served.key)[2])["lessons"]


def test_a_disk_that_is_full_is_told_and_nothing_is_acknowledged(tmp_path, monkeypatch, caplog):
    import sqlite3

    def full(_changes):
        raise sqlite3.OperationalError("database or disk is full")

    with Served(tmp_path / "room") as room:
        token = room.join()
        with monkeypatch.context() as patched:
            patched.setattr(room.room, "commit", full)
            assert room.send(token, "relu", "right") == 503
        assert "cannot be written" in caplog.text
        assert room.question("relu") is None
        assert room.send(token, "relu", "right") == 200
        assert room.question("relu")["solved"] == 1
