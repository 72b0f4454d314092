"""What `make serve` starts and refuses to start, and that the container's files name what is there."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest
import yaml

from nnviz.web import reach, serve

PATIENCE = 40.0
AT_ONCE, FOR_EVER = [sys.executable, "-c", ""], [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture
def children():
    """Make children, and end them."""
    made = []

    def make(command, environment=os.environ):
        made.append(serve.Child("A process", command, environment))
        return made[-1]

    yield make
    for child in made:
        child.tell(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()


@pytest.fixture
def own_signals():
    """Put back what signals do in this process."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


# ---- the processes


def test_a_process_that_dies_is_started_again_at_once_if_it_had_lived(children, capsys):
    child = children(FOR_EVER)
    child.start()
    killed = child.process
    child.began -= 60
    killed.kill()
    killed.wait()
    child.look()
    assert child.running()
    assert child.process.pid != killed.pid
    assert "A process has ended (-9); starting it again in 0 s." in capsys.readouterr().err


def test_one_that_dies_again_and_again_is_started_after_longer_and_longer_pauses(children):
    child, pauses = children(AT_ONCE), []
    child.start()
    for _ in range(8):
        child.process.wait()
        child.look()
        assert child.process is None
        pauses.append(round(child.due - time.monotonic()))
        child.due = 0.0
        child.look()
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]


def test_where_one_does_not_start_the_others_are_ended_and_it_says_which(children, own_signals, capsys):
    one, caddy = children(AT_ONCE), children(FOR_EVER)
    caddy.name = "Caddy"
    assert serve.Room(caddy, {free_port(): one}).serve(lambda: pytest.fail("it was not ready")) == 1
    assert not caddy.running()
    assert "A process did not start" in capsys.readouterr().err


# ---- what is asked for


def built(**environment):
    """Return the room, its address, and the variables of Caddy and of one process."""
    room, address = serve.build({"PATH": os.environ["PATH"], "PORT": str(free_port()), **environment})
    return room, address, room.caddy.environment, next(iter(room.processes.values())).environment


def test_the_cores_to_train_on_are_dealt_out_among_the_processes_unless_told_otherwise():
    cores = len(os.sched_getaffinity(0))
    assert built(PROCESSES="1")[3]["NNVIZ_TRAININGS"] == str(cores)
    assert built(PROCESSES=str(cores))[3]["NNVIZ_TRAININGS"] == "1"
    assert built(NNVIZ_TRAININGS="7")[3]["NNVIZ_TRAININGS"] == "7"


def test_each_process_has_a_port_of_its_own_that_only_this_machine_reaches():
    room, address, caddy, _ = built(PROCESSES="3")
    assert len(room.processes) == 3
    assert caddy["NNVIZ_UPSTREAMS"].split() == [f"127.0.0.1:{port}" for port in room.processes]
    for port, child in room.processes.items():
        assert "--server.address 127.0.0.1" in " ".join(child.command)
        assert f"--server.port {port}" in " ".join(child.command)
    assert caddy["NNVIZ_SITE"] == address.replace("localhost", "")


def test_all_processes_know_one_secret_and_caddy_another():
    room, _, caddy, _ = built()
    secrets = {child.environment["STREAMLIT_SERVER_COOKIE_SECRET"] for child in room.processes.values()}
    assert len(secrets) == 1
    assert secrets != {caddy["NNVIZ_COOKIE_SECRET"]}
    assert len(caddy["NNVIZ_COOKIE_SECRET"]) >= 32


def test_the_folder_of_networks_is_the_one_seen_from_where_it_is_started(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert built(NNVIZ_NETWORKS="mine")[3]["NNVIZ_NETWORKS"] == str(tmp_path / "mine")
    assert "NNVIZ_NETWORKS" not in built()[3]


def test_a_host_name_is_served_over_https_and_is_the_only_one_the_processes_answer_to(children):
    room, address, caddy, environment = built(NNVIZ_SITE="nnviz.example.com, other.example.com", PROCESSES="1")
    assert address == "https://nnviz.example.com"
    assert caddy["NNVIZ_SITE"] == "nnviz.example.com, other.example.com"
    (port, described), *_ = room.processes.items()
    children(described.command, {**os.environ, **environment}).start()
    deadline = time.monotonic() + PATIENCE
    while not serve._answers(port):  # as Caddy's health checks ask, by the bare address
        assert time.monotonic() < deadline
        time.sleep(0.1)
    for host, status in [("nnviz.example.com", 200), ("other.example.com", 200), ("192.0.2.1", 403), ("a.local", 403)]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request("GET", "/", headers={"host": host})
        assert connection.getresponse().status == status, host
        connection.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "many"), ("PORT", "0"), ("PORT", "65536"), ("PROCESSES", "0"), ("PROCESSES", "-1"),
        ("PROCESSES", "1000"), ("NNVIZ_SITE", "https://nnviz.example.com"), ("NNVIZ_SITE", "a b {"),
        ("NNVIZ_SITE", "nnviz.example.com:8500"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for_is_refused_by_name(name, value):
    with pytest.raises(serve.Wrong, match=name):
        built(**{name: value})


def test_a_port_that_is_taken_is_named_and_nothing_is_started(monkeypatch, capsys):
    with socket.create_server(("", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        assert serve.main() == 1
    assert f"Port {port} cannot be used" in capsys.readouterr().err


def test_without_caddy_it_says_where_caddy_comes_from(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(serve.Wrong, match=r"requirements-serve\.txt.*caddyserver\.com"):
        serve.find_caddy()


# ---- the container


CONTAINERFILE = serve.ROOT / "deploy" / "Containerfile"


def instructions(word):
    lines = CONTAINERFILE.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    return [line.split()[1:] for line in lines if line.startswith(f"{word} ")]


def test_the_container_holds_all_that_a_page_needs(tmp_path):
    for *sources, target in instructions("COPY"):
        for source in sources:
            there = serve.ROOT / source
            place = tmp_path / target / there.name if target == "./" else tmp_path / target
            place.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if there.is_dir() else shutil.copy)(there, place)
    program = (
        "import os, app\nfrom nnviz.web import serve\nfrom streamlit.testing.v1 import AppTest\n"
        "assert serve.CADDYFILE.exists() and serve.ROOT == __import__('pathlib').Path.cwd()\n"
        "page = AppTest.from_file('nnviz/ui/frame/script.py', default_timeout=60).run()\n"
        "print(len(page.exception), page.subheader[0].value)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.strip() == "0 Draw a digit", done.stderr


def test_what_the_container_takes_is_let_in_and_nothing_else():
    lines = CONTAINERFILE.with_name("Containerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = {line[1:] for line in lines if line.startswith("!")}
    assert let_in == {source for *sources, _ in instructions("COPY") for source in sources}


def test_the_container_says_that_it_is_one():
    assert [f"{reach.CONTAINER}=1"] in instructions("ENV")


def test_the_container_runs_as_a_user_without_rights():
    lines = CONTAINERFILE.read_text(encoding="utf-8").splitlines()
    (user,) = instructions("USER")
    assert user not in (["root"], ["0"])
    assert lines.index(f"USER {user[0]}") < next(n for n, line in enumerate(lines) if line.startswith("CMD "))


def test_the_compose_file_builds_that_container_and_opens_caddys_ports_alone():
    told = yaml.safe_load((serve.ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
    ((_, service),) = told["services"].items()
    context = (serve.ROOT / "deploy" / service["build"]["context"]).resolve()
    assert context == serve.ROOT
    assert (context / service["build"]["dockerfile"]) == CONTAINERFILE
    assert {port.split(":")[1] for port in service["ports"]} == {"8500", "80", "443", "443/udp"}
    assert {"NNVIZ_SITE", "PROCESSES", reach.PHONES} <= set(service["environment"])
    (volume,) = service["volumes"]
    assert volume.split(":")[0] in told["volumes"]
