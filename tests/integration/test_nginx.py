"""docs/runbooks/nginx.conf with a real nginx in front of the real web process; skipped where there is no nginx."""

from __future__ import annotations

import datetime
import ipaddress
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.runtime.project import ROOT
from tests.support.chat_system import ChatSystem, free_port, running_chat
from tests.support.databases import Databases
from tests.support.zalo_platform import APP_ID, OA_SECRET, event, signed

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = pytest.mark.skipif(NGINX is None, reason="no nginx on this machine")

HOST = "hoi.phuong-mau.gov.vn"
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@pytest.fixture(scope="module")
def system(databases: Databases) -> Iterator[ChatSystem]:
    with (
        databases.fresh() as url,
        running_chat(
            url,
            BOT_RATE_LIMIT="on",
            BOT_TRUSTED_PROXIES="127.0.0.1",
            BOT_ZALO_APP_ID=APP_ID,
            BOT_ZALO_OA_SECRET=OA_SECRET,
            BOT_ZALO_OAUTH_BASE="http://127.0.0.1:9",
        ) as running,
    ):
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nginx")


@pytest.fixture(scope="module")
def port(system: ChatSystem, folder: Path) -> Iterator[int]:
    """The TLS port of an nginx with our file, in which only the places are changed."""
    port, plain = free_port(), free_port()
    certify(folder)
    text = (ROOT / "docs" / "runbooks" / "nginx.conf").read_text(encoding="utf-8")
    for old, new in (
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{system.port};"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        (f"/etc/letsencrypt/live/{HOST}/", f"{folder}/"),
        ("/var/log/nginx/", f"{folder}/"),
    ):
        assert old in text
        text = text.replace(old, new)
    # Started by root, its workers would be somebody who may not enter this folder.
    user = "user root;\n" if os.geteuid() == 0 else ""
    paths = "".join(f"{name}_temp_path {folder}/{name};\n" for name in TEMPORARY)
    (folder / "nginx.conf").write_text(
        f"{user}pid {folder}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{paths}{text}\n}}\n",
        encoding="utf-8",
    )
    command = [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr.replace('the "user" directive', "")
    process = subprocess.Popen([*command, "-g", "daemon off;"])
    try:
        end = time.monotonic() + 15
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None
                assert time.monotonic() < end
                time.sleep(0.05)
        yield port
        log = (folder / "motcua.log").read_text(encoding="utf-8")
        assert "/webhooks/zalo" in log
        assert "s3cret" not in log
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def trust(port: int, folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(folder / "fullchain.pem"))


@pytest.fixture
def client(port: int, trust: ssl.SSLContext) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"https://127.0.0.1:{port}", headers={"Host": HOST}, verify=trust, timeout=30) as made:
        yield made


def certify(folder: Path) -> None:
    """A certificate of our own."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def test_page_chat_and_stream_pass_through(client: httpx.Client) -> None:
    page = client.get("/?code=s3cret")
    assert page.status_code == 200
    assert page.headers["strict-transport-security"].startswith("max-age=")
    assert "content-security-policy" in page.headers
    body = {"conversation": None, "text": "một", "message_id": "5d0d8a8e-8d0f-4b53-a1e3-4f2c0b7f9a11"}
    answer = client.post("/api/chat", json=body)
    assert answer.status_code == 200
    token = answer.json()["conversation"]
    begun = time.monotonic()
    with client.stream("GET", "/api/chat/events", headers={"Authorization": f"Bearer {token}"}) as stream:
        assert stream.status_code == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
        next(stream.iter_raw())
    assert time.monotonic() - begun < 5


def test_webhook_passes_with_its_bytes_untouched(client: httpx.Client) -> None:
    body = event("user_send_text", "900", {"msg_id": "n1", "text": "Tôi hỏi  về   khai sinh"})
    assert client.post("/webhooks/zalo", content=body, headers=signed(body)).status_code == 200
    assert client.post("/webhooks/zalo", content=body + b" ", headers=signed(body)).status_code == 401


def test_each_place_has_its_size(client: httpx.Client) -> None:
    for path, kib, status in (
        ("/api/chat", 65, 413),
        ("/webhooks/zalo", 1100, 413),
        ("/webhooks/zalo", 200, 413),  # our own limit
        ("/api/photos", 12 * 1024, 413),
        ("/api/photos", 9 * 1024, 401),  # let through, and asked who it is
    ):
        assert client.post(path, content=bytes(kib * 1024)).status_code == status, (path, kib)


def test_metrics_are_not_for_everybody(client: httpx.Client) -> None:
    assert client.get("/metrics").status_code == 200  # from this machine
    text = (ROOT / "docs" / "runbooks" / "nginx.conf").read_text(encoding="utf-8")
    assert "deny all;" in text.partition("location = /metrics")[2]


def test_what_a_client_says_about_its_address_is_dropped(client: httpx.Client, system: ChatSystem) -> None:
    """Each claims another address; were that believed, the limit of one address would never be reached."""
    codes = set()
    for number in range(60):
        claimed = {"X-Forwarded-For": f"203.0.113.{number}", "Authorization": "Bearer x"}
        codes.add(client.post("/api/photos", content=b"x", headers=claimed).status_code)
    assert codes == {401, 429}


def test_slow_headers_and_bodies_are_cut_off(port: int, trust: ssl.SSLContext) -> None:
    starts = (
        b"GET / HTTP/1.1\r\nHost: " + HOST.encode() + b"\r\nX-A: ",
        b"POST /api/chat HTTP/1.1\r\nHost: " + HOST.encode() + b"\r\nContent-Length: 1000\r\n\r\n{",
    )
    for start in starts:
        with (
            socket.create_connection(("127.0.0.1", port), 5) as plain,
            trust.wrap_socket(plain, server_hostname="127.0.0.1") as connection,
        ):
            connection.settimeout(20)
            connection.sendall(start)
            begun = time.monotonic()
            try:
                answer = connection.recv(4096)
            except ConnectionResetError:
                answer = b""
            assert answer == b"" or b" 408 " in answer
            assert 5 < time.monotonic() - begun < 15
