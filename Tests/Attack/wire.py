# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 on bare sockets: what is sent is exactly what the attack wrote."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass

HOST = "127.0.0.1"
CRLF = b"\r\n"


class NoAnswer(Exception):
    """The connection ended, or its deadline passed, before an answer was complete."""


@dataclass(frozen=True)
class Answer:
    """One answer to a request."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def closes(self) -> bool:
        """Whether the server says that it closes the connection."""
        return "close" in self.headers.get("connection", "").lower()


def head(
    target: str, *, method: str = "POST", version: str = "HTTP/1.1", headers: Mapping[str, str] | None = None
) -> bytes:
    """A request's head; names of header fields are sent as given, and ``Host`` is added if it is missing."""
    fields = {"Host": "x"} | dict(headers or {})
    lines = [f"{method} {target} {version}"] + [f"{name}: {value}" for name, value in fields.items()]
    return "\r\n".join(lines).encode() + CRLF * 2


def post(body: bytes, headers: Mapping[str, str] | None = None, target: str = "/v1/traces") -> bytes:
    """A whole and proper request with a body."""
    fields = {"Content-Type": "application/x-protobuf", "Content-Length": str(len(body))} | dict(headers or {})
    return head(target, headers=fields) + body


def chunked(body: bytes, size: int) -> bytes:
    """A body in chunks of the given size, with the last chunk."""
    pieces = (body[at : at + size] for at in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


class Connection:
    """A connection that reads answers one after the other and knows its deadline."""

    def __init__(
        self, port: int, *, source: str = HOST, timeout: float = 30, receive_buffer: int | None = None
    ) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.timeout = timeout
        self._read = bytearray()
        try:
            if receive_buffer is not None:
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            self.socket.settimeout(timeout)
            if source != HOST:
                self.socket.bind((source, 0))
            self.socket.connect((HOST, port))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            self.socket.close()
            raise

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, data: bytes) -> None:
        """Sends all of it.

        Raises ``OSError`` when the server has closed the connection.
        """
        self.socket.sendall(data)

    def offer(self, data: bytes) -> bool:
        """Sends all of it, unless the server closes the connection before; tells which."""
        try:
            self.socket.sendall(data)
            return True
        except OSError:
            return False

    def close(self) -> None:
        self.socket.close()

    def answer(self) -> Answer:
        """The next final answer; interim ones (1xx) are passed over.

        Raises ``NoAnswer`` when the connection ends or the deadline passes before it is complete.
        """
        while True:
            answer = self._next_answer()
            if answer.status >= 200:
                return answer

    def ask(self, data: bytes) -> Answer:
        """Sends a request and reads its answer."""
        self.send(data)
        return self.answer()

    def ends(self) -> bool:
        """Whether the server closes the connection before the deadline; what it still sends is passed over."""
        deadline = time.monotonic() + self.timeout
        while time.monotonic() < deadline:
            try:
                if not self.socket.recv(65536):
                    return True
            except TimeoutError:
                return False
            except OSError:
                return True
        return False

    def _next_answer(self) -> Answer:
        deadline = time.monotonic() + self.timeout
        while (end := self._read.find(b"\r\n\r\n")) < 0:
            self._receive(deadline)
        lines = bytes(self._read[:end]).decode("latin-1").split("\r\n")
        del self._read[: end + 4]
        status = int(lines[0].split(" ")[1])
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        if status < 200 or status in (204, 304):
            return Answer(status, headers, b"")
        if "content-length" in headers:
            length = int(headers["content-length"])
            while len(self._read) < length:
                self._receive(deadline)
            body = bytes(self._read[:length])
            del self._read[:length]
            return Answer(status, headers, body)
        return Answer(status, headers, self._chunks(deadline))

    def _chunks(self, deadline: float) -> bytes:
        body = bytearray()
        while True:
            while (end := self._read.find(CRLF)) < 0:
                self._receive(deadline)
            size = int(bytes(self._read[:end]), 16)
            while len(self._read) < end + 2 + size + 2:
                self._receive(deadline)
            body += self._read[end + 2 : end + 2 + size]
            del self._read[: end + 2 + size + 2]
            if size == 0:
                return bytes(body)

    def _receive(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise NoAnswer("the deadline passed")
        self.socket.settimeout(left)
        try:
            data = self.socket.recv(1 << 20)
        except TimeoutError:
            raise NoAnswer("the deadline passed") from None
        except OSError as error:
            raise NoAnswer(f"the connection broke: {error}") from None
        finally:
            self.socket.settimeout(self.timeout)
        if not data:
            raise NoAnswer("the server closed the connection")
        self._read += data
