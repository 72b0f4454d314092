"""Votes from phones: counted once each, only where a stage asks, within bounds; whatever else is sent is refused."""

import json
import re

import pytest

from nnviz.web import ballot, votes
from nnviz.web.votes import Refused
from tests.phones import CODE, FORM, ROOM, Phone, counts, press, said, scan

PROCESS = "0" * 64


def test_cookies_travel_over_https_alone_where_the_page_does(app, rooms):
    rooms.ask(ROOM, 8, "A bright region", "ABCD")
    for scheme, secure in (("https", True), ("http", False)):
        for query in ({"room": CODE}, {"room": "0" * 20, "at": PROCESS}):
            client = Phone(app)
            client.scheme = scheme
            assert ("secure" in client.get("/vote", follow=False, **query).headers["set-cookie"].lower()) is secure


def test_a_phone_has_one_vote_a_question_which_it_may_change(app, rooms):
    rooms.ask(ROOM, 8, "A bright region", "ABCD")
    client = scan(app)
    for choice in "AACB":
        press(client, choice)
    assert counts(client) == {"A": 0, "B": 1, "C": 0, "D": 0}
    page = client.get("/vote", room=CODE).text
    assert re.findall('value="([A-D])" aria-pressed="true"', page) == ["B"]
    rooms.ask(ROOM, 9, "A negative surround", "ABCD")
    press(client, "D", number=9)
    assert counts(client, 9)["D"] == counts(client, 8)["B"] == 1


def test_a_stage_that_reloads_keeps_its_votes_and_an_answered_question_is_closed(app, rooms):
    rooms.ask(ROOM, 8, "A bright region", "ABCD")
    client = scan(app)
    press(client, "C")
    rooms.ask(ROOM, 8, "A bright region", "ABCD")  # the same room, from the link
    assert counts(client)["C"] == 1
    rooms.ask(ROOM, 8, "A bright region", "ABCD", is_open=False)
    late = press(client, "A")
    assert (late.status, said(late)) == (409, votes.CLOSED)
    assert counts(client) == {"A": 0, "B": 0, "C": 1, "D": 0}
    assert "The answer is on the screen. Your vote: C." in client.get("/vote", room=CODE).text


def test_between_two_questions_phones_wait_and_only_the_one_that_is_on_is_voted_on(app, rooms):
    rooms.ask(ROOM, 8, "A bright region", "ABCD")
    rooms.ask(ROOM, 17, "The hope again", "AB")
    client = Phone(app)
    page = client.get("/vote", room=CODE).text
    assert re.findall('name="choice" value="(.)"', page) == ["A", "B"]
    assert press(client, "A", number=8).status == 409
    assert press(client, "C", number=17).status == 400
    rooms.rest(ROOM)
    assert "Wait for the next question." in client.get("/vote", room=CODE).text


def test_who_only_has_the_code_cannot_be_taken_for_the_stage(rooms):
    rooms.ask(ROOM, 8, "A bright region", "ABCD")
    assert ROOM not in CODE
    rooms.ask(CODE, 8, "A bright region", "AB")  # another room
    assert rooms.counts(CODE, 8) == {"A": 0, "B": 0, "C": 0, "D": 0}


@pytest.mark.parametrize("code", ["", "x", "../..", "<script>", CODE[:-1], CODE.upper() + "é", "0" * 5000])
def test_without_a_room_there_is_a_sentence(app, rooms, code):
    rooms.ask(ROOM, 8, "A bright region", "ABCD")
    client = scan(app)
    for answer in (client.get("/vote", room=code), press(client, "A", code=code)):
        assert answer.status in (404, 413)
        assert said(answer) in (votes.GONE, "A vote is one letter; this is more.")
        assert "<script" not in answer.text
    assert sum(counts(client).values()) == 0


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", FORM, 400),
        (b"x" * 100_000, FORM, 413),
        (b"\xff\xfe=1", FORM, 400),
        (b"a&b&c", FORM, 400),
        (b"&".join(b"room=%d" % k for k in range(40)), FORM, 400),
        (f"room={CODE}&question=8&choice=<script>".encode(), FORM, 400),
        (f"room={CODE}&question=8&choice=AB".encode(), FORM, 400),
        (f"room={CODE}&question=8&choice=E".encode(), FORM, 400),
        (f"room={CODE}&question=-8&choice=A".encode(), FORM, 400),
        (f"room={CODE}&question=99999999999999999999&choice=A".encode(), FORM, 400),
        (f"room={CODE}&question=%D9%A8&choice=A".encode(), FORM, 400),
        (f"room={CODE}&question=8".encode(), FORM, 400),
        (f'{{"room": "{CODE}", "question": 8, "choice": "A"}}'.encode(), {"content-type": "application/json"}, 415),
        (f"room={CODE}&question=8&choice=A".encode(), {}, 415),
    ],
)
def test_what_is_no_vote_is_refused_in_a_sentence_and_not_counted(app, rooms, body, headers, status):
    rooms.ask(ROOM, 8, "A bright region", "ABCD")
    client = scan(app)
    answer = client.request("POST", "/vote", body, headers)
    assert answer.status == status
    assert said(answer).endswith(".")
    assert "<script>" not in answer.text
    assert sum(counts(client).values()) == 0


def test_a_vote_that_never_comes_is_given_up(app, rooms, monkeypatch):
    monkeypatch.setattr(ballot, "PATIENCE", 0.02)
    rooms.ask(ROOM, 8, "A bright region", "ABCD")
    answer = scan(app).request("POST", "/vote", None, FORM)
    assert (answer.status, said(answer)) == (408, "This vote took too long to come. Press again.")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "NONSENSE"])
def test_other_methods_are_refused_in_a_sentence(app, method):
    assert Phone(app).request(method, "/vote").status == 405
    answer = Phone(app).request(method, "/votes")
    assert (answer.status, json.loads(answer.text)) == (405, {"trouble": "The counts can only be read."})


def test_a_phone_without_a_cookie_is_told_why_its_vote_does_not_count(app, rooms):
    rooms.ask(ROOM, 8, "A bright region", "ABCD")
    answer = press(Phone(app), "A")
    assert (answer.status, said(answer)) == (400, ballot.NO_COOKIE)
    assert sum(counts(Phone(app)).values()) == 0


def test_another_site_cannot_have_its_visitors_vote(app, rooms):
    rooms.ask(ROOM, 8, "A bright region", "ABCD")
    client = scan(app)
    assert press(client, "A", headers={"origin": "http://evil.example"}).status == 403
    assert sum(counts(client).values()) == 0
    assert press(client, "A", headers={"origin": "http://localhost"}).status == 200


def test_the_ballot_has_no_script_and_a_policy_that_allows_none(app, rooms):
    rooms.ask(ROOM, 8, "A <b>title</b>", "ABCD")
    answer = Phone(app).get("/vote", room=CODE)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "A &lt;b&gt;title&lt;/b&gt;" in answer.text
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/vote" in cookie


def test_a_phone_at_the_wrong_process_is_led_to_the_stages_once(app):
    client = Phone(app)
    led = client.get("/vote", follow=False, room=CODE, at=PROCESS)
    assert led.status == 303
    assert f"{ballot.PROCESS}={PROCESS}" in led.headers["set-cookie"]
    assert "path=/vote" in led.headers["set-cookie"].lower()  # the app's own pages stay with the process they have
    again = client.get(led.headers["location"], follow=False)
    assert (again.status, said(again)) == (404, votes.GONE)
    for at in ("", "0" * 63, "../" * 30, "0" * 64 + "; secure"):
        assert client.get("/vote", room=CODE, at=at).status == 404


def test_rooms_and_questions_are_bounded_and_what_is_in_use_is_kept(rooms, clock):
    for number in range(1, votes.MOST_QUESTIONS + 5):
        rooms.ask(ROOM, number, "", "AB")
    assert rooms.counts(CODE, 4) == {}
    assert rooms.counts(CODE, 5) == {"A": 0, "B": 0}
    for k in range(3 * votes.MOST_ROOMS):
        rooms.ask(f"{k:022}", 1, "", "AB")
        rooms.counts(CODE, 5)  # the stage looks
    assert rooms.counts(CODE, 5) == {"A": 0, "B": 0}
    with pytest.raises(Refused):
        rooms.now(votes.code_of(f"{0:022}"))
    clock[0] += votes.IDLE + 1
    with pytest.raises(Refused):
        rooms.now(CODE)


def test_votes_are_bounded_in_all_rooms_together(rooms, monkeypatch):
    monkeypatch.setattr(votes, "MOST_IN_ALL", 6)
    codes = [rooms.ask(f"{k:022}", 1, "", "AB") for k in range(3)]
    for _ in range(4):
        for code in codes[:2]:
            rooms.vote(code, 1, "A", rooms.admit(code, "10.0.0.1"), "10.0.0.1")
    assert rooms.counts(codes[1], 1) == {"A": 4, "B": 0}
    for gone in (codes[0], codes[2]):
        with pytest.raises(Refused):
            rooms.counts(gone, 1)


@pytest.mark.parametrize("number", ["", "x", "-1", "1e3", "99999"])
def test_the_counts_are_asked_for_by_a_questions_number(app, rooms, number):
    rooms.ask(ROOM, 8, "A bright region", "ABCD")
    assert Phone(app).get("/votes", room=CODE, question=number).status == 400
