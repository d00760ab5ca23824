"""A full room: three hundred participants at once, and a server that is killed while they send."""

import asyncio
import random
import statistics
import time

import pytest
from rooms import Started, post

from utils.pulse import codes
from utils.pulse.catalogue import catalogue

CLIENTS = 300


def results(dice, count):
    """What one participant sends: different results of the first three lessons."""
    known = catalogue()
    questions = [known.questions[each] for asked in list(known.lessons.values())[:3] for each in asked]
    every = [(each.id, "right", "") for each in questions]
    every += [(each.id, "wrong", mistake.name) for each in questions for mistake in each.mistakes]
    return dice.sample(every, count)


def expected(sent):
    """Tried and solved by question, and who made each mistake, from what was sent (number -> results)."""
    tried, solved, made = {}, {}, {}
    for number, every in sent.items():
        for question, status, mistake in every:
            tried.setdefault(question, set()).add(number)
            if status == "right":
                solved.setdefault(question, set()).add(number)
            if mistake:
                made.setdefault((question, mistake.replace("_", " ")), set()).add(number)
    return [{key: len(value) for key, value in found.items()} for found in (tried, solved, made)]


def shown(overview):
    questions = [each for lesson in overview["lessons"] for each in lesson["questions"]]
    tried = {each["id"]: each["tried"] for each in questions if each["tried"]}
    solved = {each["id"]: each["solved"] for each in questions if each["solved"]}
    made = {(each["id"], one["title"]): one["made"] for each in questions for one in each["mistakes"]}
    return [tried, solved, made]


@pytest.fixture
def started(tmp_path):
    running = [Started(tmp_path / "room")]
    yield running
    for each in running:
        each.end("kill")


def test_three_hundred_at_once_lose_nothing_and_count_once(started):
    (server,) = started
    numbers = [codes.new_number() for _ in range(CLIENTS)]
    sent = {number: results(random.Random(number), 4) for number in numbers}
    seconds = []

    async def timed(route, secret, body):
        began = time.perf_counter()
        status, answer = await post(server.port, route, secret, body)
        seconds.append(time.perf_counter() - began)
        assert (status, answer["kept"]) == (200, True)
        return answer

    async def send(token, question, status, mistake):
        body = {"question": question, "status": status, "mistake": mistake}
        await timed("result", token, body)

    async def room():
        joins = [timed("join", server.code, {"number": each, "name": ""}) for each in numbers]
        tokens = [answer["token"] for answer in await asyncio.gather(*joins)]
        for burst in range(4):  # the whole room checks the same question at the same moment
            await asyncio.gather(
                *(send(token, *sent[number][burst]) for token, number in zip(tokens, numbers, strict=True))
            )
        # A notebook that heard no answer sends the same again.
        again = zip(tokens[:60], numbers[:60], strict=True)
        await asyncio.gather(*(send(token, *sent[number][0]) for token, number in again))

    asyncio.run(asyncio.wait_for(room(), 60))
    found = server.overview()
    assert found["participants"] == CLIENTS
    assert shown(found) == expected(sent)
    slow = statistics.quantiles(seconds, n=20)[-1]
    print(f"\n{len(seconds)} requests of {CLIENTS} clients: p95 {slow:.2f} s, at most {max(seconds):.2f} s")


def test_what_was_acknowledged_survives_a_kill_in_the_middle_of_a_burst(started, tmp_path):
    (server,) = started
    kept = {}

    async def participant(number):
        token = (await post(server.port, "join", server.code, {"number": number, "name": ""}))[1]["token"]
        for result in results(random.Random(number), 30):
            body = dict(zip(("question", "status", "mistake"), result, strict=True))
            if (await post(server.port, "result", token, body))[0] == 200:
                kept.setdefault(number, []).append(result)

    async def killer():
        while sum(map(len, kept.values())) < 200:
            await asyncio.sleep(0.005)
        server.process.kill()

    async def burst():
        people = [participant(codes.new_number()) for _ in range(40)]
        return await asyncio.gather(killer(), *people, return_exceptions=True)

    ended = asyncio.run(asyncio.wait_for(burst(), 60))
    assert sum(isinstance(each, OSError) for each in ended) > 0, "the kill came too late to be in the middle"
    assert all(each is None or isinstance(each, OSError) for each in ended)
    started.append(Started(tmp_path / "room"))
    again = started[1]
    assert (again.code, again.key) == (server.code, server.key)
    found, wanted = shown(again.overview()), expected(kept)
    for is_there, acknowledged in zip(found, wanted, strict=True):
        assert all(is_there.get(key, 0) >= count for key, count in acknowledged.items())
    # Nothing but the requests that were under way, one of each participant, may be there besides.
    assert sum(found[1].values()) + sum(found[2].values()) <= sum(map(len, kept.values())) + 40
