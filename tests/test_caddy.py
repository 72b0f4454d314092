"""What stands before the processes of `make serve`: Caddy as deploy/Caddyfile sets it up, before two small servers."""

import http.client
import json
import os
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from nnviz.web import serve

PATIENCE = 20.0


def caddy(command, **environment):
    """Have Caddy read the file; return what it says."""
    done = subprocess.run(
        [serve.find_caddy(), command, "--config", serve.CADDYFILE, "--adapter", "caddyfile"],
        env={**os.environ, **environment}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def adapted(**environment):
    """Return the settings the file stands for."""
    return json.loads(caddy("adapt", **environment))


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Names(BaseHTTPRequestHandler):
    """A server that tells its own port, who asks, and under which name; it reads what it is sent."""

    def do_GET(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        said = {"port": self.server.server_port, "host": self.headers["host"], "for": self.headers["x-forwarded-for"]}
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_PUT = do_GET

    def log_message(self, *_):
        pass


class Front:
    """Caddy before two such servers."""

    def __init__(self, folder):
        self.behind = {}
        for _ in range(2):
            server = ThreadingHTTPServer(("127.0.0.1", 0), Names)
            self.behind[server.server_port] = server
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self.port = free_port()
        self.caddy = subprocess.Popen(
            [serve.find_caddy(), "run", "--config", serve.CADDYFILE, "--adapter", "caddyfile"],
            env={**os.environ, "NNVIZ_SITE": f"http://:{self.port}", "NNVIZ_ADDRESS": "127.0.0.1",
                 "NNVIZ_UPSTREAMS": " ".join(f"127.0.0.1:{port}" for port in self.behind),
                 "XDG_DATA_HOME": str(folder), "NNVIZ_GRACE": "0s"},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("Caddy did not start")

    def ask(self, path="/", body=None, **headers):
        """Send one request; return status, headers and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            headers = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("PUT" if body else "GET", path, body, headers)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def close(self, port):
        server = self.behind.pop(port)
        server.shutdown()
        server.server_close()

    def end(self):
        self.caddy.kill()
        self.caddy.wait()
        for port in list(self.behind):
            self.close(port)


@pytest.fixture
def front(tmp_path):
    front = Front(tmp_path)
    yield front
    front.end()


def test_the_file_is_valid_as_it_stands_and_serves_two_processes_on_port_8500():
    caddy("validate")
    (server,) = adapted()["apps"]["http"]["servers"].values()
    assert server["listen"] == [":8500"]
    assert json.dumps(server).count('"dial"') == 2


def test_nobody_reconfigures_it_and_without_a_host_name_it_asks_nothing_of_the_internet():
    settings = adapted(NNVIZ_SITE="http://:8500")
    assert settings["admin"]["disabled"] is True
    assert set(settings["apps"]) == {"http"}  # neither "tls", which gets certificates, nor "pki"
    (server,) = settings["apps"]["http"]["servers"].values()
    assert server["listen"] == [":8500"]
    assert all("host" not in match for route in server["routes"] for match in route.get("match", []))


def test_a_host_name_is_one_line_and_served_over_https():
    (server,) = adapted(NNVIZ_SITE="nnviz.example.com")["apps"]["http"]["servers"].values()
    assert server["listen"] == [":443"]
    assert server["routes"][0]["match"] == [{"host": ["nnviz.example.com"]}]
    assert "Strict-Transport-Security" in json.dumps(server)


def test_slow_and_large_requests_have_limits():
    (server,) = adapted()["apps"]["http"]["servers"].values()
    assert {"read_header_timeout", "read_timeout", "write_timeout", "idle_timeout", "max_header_bytes"} <= set(server)


def test_a_visitor_is_led_back_to_the_process_they_met_and_to_the_other_when_it_is_gone(front):
    _, headers, body = front.ask()
    cookie, met = headers["set-cookie"].split(";")[0], json.loads(body)["port"]
    assert "httponly" in headers["set-cookie"].lower()
    assert {json.loads(front.ask(cookie=cookie)[2])["port"] for _ in range(8)} == {met}
    front.close(met)
    (other,) = front.behind
    status, headers, body = front.ask(cookie=cookie)
    assert (status, json.loads(body)["port"]) == (200, other)
    assert headers["set-cookie"].split(";")[0] != cookie


def test_it_passes_on_the_name_that_was_asked_for_and_who_asks_but_believes_nobody(front):
    said = json.loads(front.ask(host="stage.local", x_forwarded_for="198.51.100.1")[2])
    assert (said["host"], said["for"]) == ("stage.local", "127.0.0.1")


def test_a_body_larger_than_any_upload_is_refused_in_its_own_words_and_headers(front):
    assert front.ask(body=bytes(16_900_000))[0] == 200
    status, headers, body = front.ask(body=bytes(19_000_000))
    assert status == 413
    assert b"nnviz does not take this request" in body
    check_own_headers(headers)
    assert "refresh" not in headers


def test_when_no_process_answers_it_says_so_after_a_while_and_tries_again_by_itself(front):
    for port in list(front.behind):
        front.close(port)
    status, headers, body = front.ask()
    assert status in (502, 503)
    assert b"cannot answer just now" in body
    check_own_headers(headers)
    assert headers["refresh"] == headers["retry-after"] == "5"


def check_own_headers(headers):
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert not {"server", "via"} & set(headers)
