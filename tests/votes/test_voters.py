"""Whose votes count: one of each phone, all of a hall behind one address, few of a phone that pretends to be many."""

import pytest

from nnviz.web import ballot, votes
from nnviz.web.votes import Refused
from tests.phones import CODE, ROOM, Phone, counts, press, said, scan


def test_two_hundred_phones_behind_one_address_are_all_counted(app, rooms, clock):
    """A hall: all of them scan the code within half a minute, and vote on every question."""
    rooms.ask(ROOM, 8, "A bright region", "ABCD")
    hall = []
    for _ in range(200):
        hall.append(scan(app))
        clock[0] += 0.15
    late = [phone for phone in hall if ballot.COOKIE not in phone.cookies]
    assert 0 < len(late) < 40  # who reads "in a moment", and asks again by themselves
    clock[0] += 2.5 * ballot.EVERY
    for phone in late:
        phone.get("/vote", room=CODE)
    for number in (8, 9):
        rooms.ask(ROOM, number, "A bright region", "ABCD")
        for k, phone in enumerate(hall):
            assert said(press(phone, "ABCD"[k % 3], number)).startswith(f"Your vote: {'ABCD'[k % 3]}.")
        assert counts(Phone(app), number) == {"A": 67, "B": 67, "C": 66, "D": 0}


def test_two_hundred_phones_with_addresses_of_their_own_are_all_counted(app, rooms):
    rooms.ask(ROOM, 8, "A bright region", "ABCD")
    for k in range(200):
        press(scan(app, f"192.168.{k // 100}.{k % 100 + 1}"), "B")
    assert counts(Phone(app))["B"] == 200


def test_a_phone_that_forgets_its_cookie_again_and_again_does_not_decide_a_room_of_phones(app, rooms, clock):
    rooms.ask(ROOM, 8, "A bright region", "ABCD")
    for _ in range(60):
        press(scan(app, "192.168.0.66"), "D")
        clock[0] += 1
    assert counts(Phone(app))["D"] == 60  # it may still be a router with a hall behind it
    for k in range(votes.OWN):
        press(scan(app, f"192.168.0.{k + 1}"), "A")
    assert counts(Phone(app)) == {"A": votes.OWN, "B": 0, "C": 0, "D": votes.FEW}
    assert said(press(scan(app, "192.168.0.66"), "D")) == votes.ALONE


def test_who_pretended_to_be_many_reads_that_it_does_not_count(app, rooms):
    rooms.ask(ROOM, 8, "A bright region", "ABCD")
    liar = [scan(app, "192.168.0.66") for _ in range(votes.FEW + 1)]
    for phone in liar:
        press(phone, "D")
    for k in range(votes.OWN):
        press(scan(app, f"192.168.0.{k + 1}"), "A")
    sentences = [said(phone.get("/vote", room=CODE)) for phone in liar]
    assert [sentence.startswith("Your vote: D.") for sentence in sentences] == [True] * votes.FEW + [False]
    assert sentences[-1] == votes.ALONE


def test_a_hall_behind_a_router_counts_beside_phones_on_public_addresses(rooms):
    rooms.ask(ROOM, 8, "A bright region", "ABCD")
    for k in range(60):
        rooms.vote(CODE, 8, "A", rooms.admit(CODE, "8.8.8.8"), "8.8.8.8")
        rooms.vote(CODE, 8, "B", rooms.admit(CODE, f"8.8.4.{k}"), f"8.8.4.{k}")
    assert rooms.counts(CODE, 8) == {"A": 60, "B": 60, "C": 0, "D": 0}


@pytest.mark.parametrize(
    ("address", "private"),
    [("192.168.0.7", True), ("10.1.2.3", True), ("127.0.0.1", False), ("8.8.8.8", False), ("fd00::/64", False),
     ("100.64.1.1", False), ("", False), ("testclient", False)],
)  # fmt: skip
def test_addresses_that_a_network_gives_its_own_devices_are_known(address, private):
    assert votes.is_private(address) is private


def test_tokens_come_at_a_bounded_rate_and_not_from_elsewhere(app, rooms, clock, monkeypatch):
    rooms.ask(ROOM, 8, "A bright region", "ABCD")
    got = [ballot.COOKIE in scan(app).cookies for _ in range(votes.AT_ONCE + 20)]
    assert got == [True] * votes.AT_ONCE + [False] * 20
    busy = Phone(app).get("/vote", room=CODE)
    assert (busy.status, said(busy)) == (429, votes.BUSY)
    assert f'content="{ballot.EVERY}; url=/vote?room={CODE}"' in busy.text
    clock[0] += 5
    assert sum(ballot.COOKIE in scan(app).cookies for _ in range(40)) == 5 * votes.A_SECOND
    assert ballot.COOKIE in scan(app, "10.0.0.2").cookies
    clock[0] += 3600
    assert (
        sum(ballot.COOKIE in scan(app).cookies for _ in range(votes.AT_ONCE + 5)) == votes.AT_ONCE
    )  # none are saved up
    clock[0] += 3600
    monkeypatch.setattr(votes, "MOST_FROM_ONE", 150)
    assert [said(scan(app).get("/vote", room=CODE)) for _ in range(11)][-1] == votes.CROWDED


def test_a_cookie_that_is_made_up_or_of_another_room_or_process_does_not_count(app, rooms, monkeypatch):
    rooms.ask(ROOM, 8, "A bright region", "ABCD")
    token, other = rooms.admit(CODE, "10.0.0.1"), rooms.ask("b" * 22, 8, "", "ABCD")
    made_up = (
        "x",
        "é" * 54,
        token[:-1],
        token + "0",
        "a" * 22 + token[22:],
        rooms.admit(other, "10.0.0.1"),
        votes.new_room(),
    )
    for given in made_up:
        client = Phone(app)
        client.cookies = {ballot.COOKIE: given}
        assert (press(client, "A").status, said(press(client, "A"))) == (400, votes.STRANGE)
    client.cookies = {ballot.COOKIE: token}
    monkeypatch.setattr(votes, "_SECRET", b"after a restart")
    assert press(client, "A").status == 400
    client.get("/vote", room=CODE, again=1)  # the page that stands there asks by itself
    assert press(client, "A").status == 200
    assert sum(counts(client).values()) == 1


def test_a_phone_that_keeps_no_cookie_uses_up_one_token_and_not_one_every_four_seconds(app, rooms):
    rooms.ask(ROOM, 8, "A bright region", "ABCD")
    first = Phone(app).get("/vote", room=CODE)
    assert f"url=/vote?room={CODE}&amp;again=1" in first.text
    for _ in range(3):
        again = Phone(app).get("/vote", room=CODE, again=1)
        assert (again.status, said(again), "set-cookie" in again.headers) == (400, ballot.NO_COOKIE, False)
        assert "refresh" not in again.text
    assert "set-cookie" not in Phone(app).request("HEAD", f"/vote?room={CODE}").headers


def test_votes_of_one_address_and_on_one_question_are_bounded(rooms, monkeypatch):
    monkeypatch.setattr(votes, "MOST_VOTES", 60)
    monkeypatch.setattr(votes, "MOST_FROM_ONE", 50)
    rooms.ask(ROOM, 8, "A bright region", "ABCD")
    first = [rooms.admit(CODE, "10.0.0.1") for _ in range(50)]
    for voter in first:
        rooms.vote(CODE, 8, "A", voter, "10.0.0.1")
    moved = rooms.admit(CODE, "10.0.0.2")  # a token is asked for elsewhere, and used here
    with pytest.raises(Refused, match="your network"):
        rooms.vote(CODE, 8, "A", moved, "10.0.0.1")
    rooms.vote(CODE, 8, "B", first[0], "10.0.0.9")  # who has voted may still change it, wherever the phone is now
    for _ in range(10):
        rooms.vote(CODE, 8, "A", rooms.admit(CODE, "10.0.0.2"), "10.0.0.2")
    with pytest.raises(Refused, match="No more votes"):
        rooms.vote(CODE, 8, "A", rooms.admit(CODE, "10.0.0.3"), "10.0.0.3")
    assert rooms.counts(CODE, 8) == {"A": 59, "B": 1, "C": 0, "D": 0}


def test_addresses_that_a_room_remembers_are_bounded(rooms, monkeypatch):
    monkeypatch.setattr(votes, "MOST_ADDRESSES", 5)
    rooms.ask(ROOM, 8, "A bright region", "ABCD")
    for k in range(20):
        rooms.admit(CODE, f"10.0.0.{k}")
    assert list(rooms._rooms[CODE].addresses) == [f"10.0.0.{k}" for k in range(15, 20)]
