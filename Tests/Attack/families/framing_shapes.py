# SPDX-License-Identifier: Apache-2.0
"""Requests whose end is a matter of opinion, each with what may become of it.

A shape is a whole request with one call in its body. A proper request with another call follows on the same
connection. A server that reads the shape otherwise than the proxy before it counts what nobody sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..wire import chunked

REFUSED, FIRST, BOTH, NEXT, WAITS = "refused", "first", "both", "next", "waits"
"""Neither call is taken · the shape's, and the connection ends · both are · the shape is refused, the next is taken ·
the server waits for the rest of a body, neither is taken."""

STRICT = frozenset({REFUSED})
SERVED = frozenset({BOTH})
LENIENT = frozenset({REFUSED, BOTH})
ALONE = frozenset({REFUSED, FIRST})
ANY = frozenset({REFUSED, FIRST, BOTH, NEXT})
ENDLESS = frozenset({REFUSED, WAITS})


@dataclass(frozen=True)
class Shape:
    """A request as bytes made of its body, and the outcomes that are right."""

    name: str
    make: Callable[[bytes], bytes]
    allowed: frozenset[str]


def _request(
    fields: bytes, body: bytes, line: bytes = b"POST /v1/traces HTTP/1.1", host: bytes = b"Host: x\r\n"
) -> bytes:
    return line + b"\r\n" + host + b"Content-Type: application/x-protobuf\r\n" + fields + b"\r\n" + body


def _length(value: bytes, after: bytes = b": ") -> Callable[[bytes], bytes]:
    """Content-Length with ``%d``, ``%x`` or ``%s`` for the true one."""

    def make(body: bytes) -> bytes:
        shown = value.replace(b"%d", b"%d" % len(body)).replace(b"%x", b"%x" % len(body))
        shown = shown.replace(b"%big", b"%d" % ((1 << 64) + len(body))).replace(b"%more", b"%d" % (len(body) + 1))
        return _request(b"Content-Length" + after + shown + b"\r\n", body)

    return make


def _coding(field: bytes) -> Callable[[bytes], bytes]:
    """A field that should announce chunks, before a chunked body."""
    return lambda body: _request(field, chunked(body, 4096))


def _both(fields: bytes, is_chunked: bool = True) -> Callable[[bytes], bytes]:
    """Both ways to say where the body ends; ``%d`` is the length of the body as it is sent."""

    def make(body: bytes) -> bytes:
        sent = chunked(body, 4096) if is_chunked else body
        return _request(fields.replace(b"%d", b"%d" % len(sent)), sent)

    return make


def _chunks(content: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """A chunked body that is written by hand."""
    return lambda body: _request(b"Transfer-Encoding: chunked\r\n", content(body))


def _size(line: bytes, end: bytes = b"\r\n") -> Callable[[bytes], bytes]:
    """One chunk with a size line of its own (``%x``, ``%X``), then the last chunk."""
    return _chunks(
        lambda body: (
            line.replace(b"%x", b"%x" % len(body)).replace(b"%X", b"%X" % len(body))
            + b"\r\n"
            + body
            + end
            + b"0\r\n\r\n"
        )
    )


def _ending(last: bytes) -> Callable[[bytes], bytes]:
    """One proper chunk, then a last chunk with trailers as given."""
    return _chunks(lambda body: b"%x\r\n%s\r\n" % (len(body), body) + last)


def _plain(fields: bytes = b"", **parts: bytes) -> Callable[[bytes], bytes]:
    """A proper length, with further fields, another request line or another host."""
    return lambda body: _request(b"Content-Length: %d\r\n" % len(body) + fields, body, **parts)


_CHUNKED = b"Transfer-Encoding: chunked\r\n"

_CODINGS: dict[str, tuple[bytes, frozenset[str]]] = {
    "chunked in capitals": (b"Transfer-Encoding: CHUNKED\r\n", LENIENT),
    "tab before chunked": (b"Transfer-Encoding:\tchunked\r\n", LENIENT),
    "vertical tab before chunked": (b"Transfer-Encoding: \x0bchunked\r\n", STRICT),
    "null before chunked": (b"Transfer-Encoding: \x00chunked\r\n", STRICT),
    "chunked twice in one field": (b"Transfer-Encoding: chunked, chunked\r\n", STRICT),
    "chunked in two fields": (_CHUNKED * 2, STRICT),
    "chunked, then identity": (_CHUNKED + b"Transfer-Encoding: identity\r\n", STRICT),
    "identity, then chunked": (b"Transfer-Encoding: identity\r\n" + _CHUNKED, STRICT),
    "gzip, chunked": (b"Transfer-Encoding: gzip, chunked\r\n", STRICT),
    "chunked, gzip": (b"Transfer-Encoding: chunked, gzip\r\n", STRICT),
    "identity": (b"Transfer-Encoding: identity\r\n", STRICT),
    "xchunked": (b"Transfer-Encoding: xchunked\r\n", STRICT),
    "chunkedx": (b"Transfer-Encoding: chunkedx\r\n", STRICT),
    "chunked with a parameter": (b"Transfer-Encoding: chunked;q=1\r\n", STRICT),
    "quoted chunked": (b'Transfer-Encoding: "chunked"\r\n', STRICT),
    "empty coding": (b"Transfer-Encoding:\r\n", STRICT),
    "comma and chunked": (b"Transfer-Encoding: ,chunked\r\n", LENIENT),
    "space before the colon": (b"Transfer-Encoding : chunked\r\n", STRICT),
    "tab before the colon": (b"Transfer-Encoding\t: chunked\r\n", STRICT),
    "folded coding": (b"Transfer-Encoding:\r\n chunked\r\n", LENIENT),
    "folded second coding": (b"Transfer-Encoding: chunked\r\n\tgzip\r\n", STRICT),
}

_LENGTHS: dict[str, tuple[bytes, frozenset[str]]] = {
    "plus sign": (b"+%d", STRICT),
    "minus sign": (b"-%d", STRICT),
    "minus zero": (b"-0", STRICT),
    "hexadecimal": (b"0x%x", STRICT),
    "exponent": (b"%de0", STRICT),
    "decimal point": (b"%d.0", STRICT),
    "two numbers": (b"%d %d", STRICT),
    "list of equals": (b"%d, %d", LENIENT),
    "list of unequals": (b"%d, 0", STRICT),
    "leading zeros": (b"000%d", LENIENT),
    "quoted": (b'"%d"', STRICT),
    "empty": (b"", STRICT),
    "letters": (b"abc", STRICT),
    "semicolon": (b"%d;", STRICT),
    "null at the end": (b"%d\x00", STRICT),
    "digits of another script": ("\u0661\u0662".encode(), STRICT),
    "2^63": (b"9223372036854775808", STRICT),
    "2^64": (b"18446744073709551616", STRICT),
    "2^64 and the length": (b"%big", STRICT),
    "forty digits": (b"9" * 40, STRICT),
    "folded": (b"\r\n %d", LENIENT),
}

_SIZES: dict[str, tuple[bytes, bytes, frozenset[str]]] = {
    "capital hexadecimal": (b"%X", b"\r\n", SERVED),
    "leading zeros": (b"0000%x", b"\r\n", LENIENT),
    "extension": (b"%x;name=value", b"\r\n", LENIENT),
    "quoted extension": (b'%x;name="a;b"', b"\r\n", LENIENT),
    "extension of 16 kB": (b"%x;a=" + b"b" * 16384, b"\r\n", LENIENT),
    "bare LF in an extension": (b"%x;a\nb", b"\r\n", STRICT),
    "bare CR in an extension": (b"%x;a\rb", b"\r\n", STRICT),
    "line end in a quoted extension": (b'%x;a="\r\n0\r\n\r\n"', b"\r\n", STRICT),
    "prefix 0x": (b"0x%x", b"\r\n", STRICT),
    "plus sign": (b"+%x", b"\r\n", STRICT),
    "minus sign": (b"-%x", b"\r\n", STRICT),
    "space before": (b" %x", b"\r\n", STRICT),
    "space behind": (b"%x ", b"\r\n", LENIENT),
    "no hexadecimal": (b"g", b"\r\n", STRICT),
    "empty": (b"", b"\r\n", STRICT),
    "over 2^64, the rest right": (b"1%016x", b"\r\n", STRICT),
    "sixteen F": (b"FFFFFFFFFFFFFFFF", b"\r\n", ENDLESS),
    "2^63": (b"8000000000000000", b"\r\n", ENDLESS),
    "no line end behind the data": (b"%x", b"", STRICT),
    "LF behind the data": (b"%x", b"\n", STRICT),
    "CR behind the data": (b"%x", b"\r", STRICT),
    "junk behind the data": (b"%x", b"xx\r\n", STRICT),
}


def shapes() -> Iterator[Shape]:
    """All shapes."""
    # Two ways to say the length at once.
    yield Shape("length before chunked", _both(b"Content-Length: %d\r\n" + _CHUNKED), ALONE)
    yield Shape("length behind chunked", _both(_CHUNKED + b"Content-Length: %d\r\n"), ALONE)
    yield Shape("length 0 and chunked", _both(b"Content-Length: 0\r\n" + _CHUNKED), ALONE)
    yield Shape("length and no coding", _both(b"Content-Length: %d\r\nTransfer-Encoding: none\r\n", False), STRICT)
    yield Shape(
        "length and a coding with an underscore",
        _both(b"Content-Length: %d\r\nTransfer_Encoding: chunked\r\n", False),
        LENIENT,
    )
    yield Shape("coding behind a bare LF", _both(b"Content-Length: %d\r\nX: y\nTransfer-Encoding: chunked\r\n"), ALONE)
    yield Shape("coding behind a bare CR", _both(b"Content-Length: %d\r\nX: y\rTransfer-Encoding: chunked\r\n"), STRICT)
    yield Shape(
        "chunked in HTTP/1.0", lambda body: _request(_CHUNKED, chunked(body, 64), b"POST /v1/traces HTTP/1.0"), ALONE
    )
    yield Shape("same length twice", lambda body: _request(b"Content-Length: %d\r\n" % len(body) * 2, body), LENIENT)
    yield Shape(
        "two lengths", lambda body: _request(b"Content-Length: %d\r\nContent-Length: 0\r\n" % len(body), body), STRICT
    )
    yield Shape(
        "two lengths, the second true",
        lambda body: _request(b"Content-Length: 0\r\nContent-Length: %d\r\n" % len(body), body),
        STRICT,
    )
    yield Shape("length with a space before the colon", _length(b"%d", b" : "), STRICT)
    yield Shape(
        "length behind a leading space", lambda body: _request(b" Content-Length: %d\r\n" % len(body), body), STRICT
    )
    yield Shape("length too short", lambda body: _request(b"Content-Length: 10\r\n", body), STRICT)
    for name, (field, allowed) in _CODINGS.items():
        yield Shape(f"coding: {name}", _coding(field), allowed)
    for name, (value, allowed) in _LENGTHS.items():
        yield Shape(f"length: {name}", _length(value), allowed)
    for name, (line, end, allowed) in _SIZES.items():
        yield Shape(f"chunk size: {name}", _size(line, end), allowed)
    # Ends of chunked bodies.
    yield Shape("chunks of one byte", _chunks(lambda body: chunked(body, 1)), SERVED)
    yield Shape("bare LF behind the size", _chunks(lambda body: b"%x\n%s\r\n0\r\n\r\n" % (len(body), body)), STRICT)
    yield Shape("bare CR behind the size", _chunks(lambda body: b"%x\r%s\r\n0\r\n\r\n" % (len(body), body)), STRICT)
    yield Shape("two CR behind the size", _chunks(lambda body: b"%x\r\r\n%s\r\n0\r\n\r\n" % (len(body), body)), STRICT)
    yield Shape("last chunk of several zeros", _ending(b"000\r\n\r\n"), LENIENT)
    yield Shape("last chunk with an extension", _ending(b"0;a=b\r\n\r\n"), LENIENT)
    yield Shape("trailer", _ending(b"0\r\nX: y\r\n\r\n"), LENIENT)
    yield Shape("trailer with a length", _ending(b"0\r\nContent-Length: 7\r\n\r\n"), LENIENT)
    yield Shape("trailer with a coding", _ending(b"0\r\nTransfer-Encoding: chunked\r\n\r\n"), LENIENT)
    yield Shape("trailer without a colon", _ending(b"0\r\nfoo\r\n\r\n"), STRICT)
    yield Shape("trailer with a space before the colon", _ending(b"0\r\nX : y\r\n\r\n"), STRICT)
    yield Shape("trailer of 200 kB", _ending(b"0\r\nX: " + b"y" * 200_000 + b"\r\n\r\n"), LENIENT)
    yield Shape("trailers by the thousand", _ending(b"0\r\n" + b"X: y\r\n" * 5000 + b"\r\n"), LENIENT)
    yield Shape("no line end behind the last chunk", _ending(b"0\r\n"), STRICT)
    # Heads.
    yield Shape("proper", _plain(), SERVED)
    yield Shape(
        "bare LF everywhere",
        lambda body: _plain()(b"").replace(b"\r\n", b"\n").replace(b": 0", b": %d" % len(body)) + body,
        LENIENT,
    )
    yield Shape("bare CR in a value", _plain(b"X: a\rb\r\n"), STRICT)
    yield Shape("null in a value", _plain(b"X: a\x00b\r\n"), STRICT)
    yield Shape("null in a name", _plain(b"X\x00Y: a\r\n"), STRICT)
    yield Shape("space in a name", _plain(b"X Y: a\r\n"), STRICT)
    yield Shape("no name", _plain(b": a\r\n"), STRICT)
    yield Shape("no colon", _plain(b"foo\r\n"), STRICT)
    yield Shape("header of 1 MB", _plain(b"X: " + b"y" * (1 << 20) + b"\r\n"), STRICT)
    yield Shape("headers by the ten thousand", _plain(b"X: y\r\n" * 10_000), LENIENT)
    yield Shape("no host", _plain(host=b""), STRICT)
    yield Shape("two hosts", _plain(host=b"Host: x\r\nHost: y\r\n"), STRICT)
    yield Shape("same host twice", _plain(host=b"Host: x\r\nhost: x\r\n"), STRICT)
    yield Shape(
        "two hosts in HTTP/1.0", _plain(line=b"POST /v1/traces HTTP/1.0", host=b"Host: x\r\nHost: y\r\n"), STRICT
    )
    yield Shape("HTTP/0.9", _plain(line=b"POST /v1/traces HTTP/0.9"), STRICT)
    yield Shape("HTTP/2.0", _plain(line=b"POST /v1/traces HTTP/2.0"), STRICT)
    yield Shape("http in small letters", _plain(line=b"POST /v1/traces http/1.1"), STRICT)
    yield Shape("no version", _plain(line=b"POST /v1/traces"), STRICT)
    yield Shape("preface of HTTP/2", lambda body: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + body, STRICT)
    yield Shape("empty line before", lambda body: b"\r\n" + _plain()(body), LENIENT)
    yield Shape("target of 1 MB", _plain(line=b"POST /" + b"a" * (1 << 20) + b" HTTP/1.1"), STRICT)
    yield Shape("method of 100 kB", _plain(line=b"P" * 100_000 + b" /v1/traces HTTP/1.1"), STRICT)
    yield Shape("GET with a body", _plain(line=b"GET /v1/traces HTTP/1.1"), frozenset({REFUSED, NEXT}))
    yield Shape("another path with a body", _plain(line=b"POST /v1/other HTTP/1.1"), frozenset({REFUSED, NEXT}))
    yield Shape("CONNECT", _plain(line=b"CONNECT x:1 HTTP/1.1"), frozenset({REFUSED, NEXT}))
    yield Shape("HTTP/1.0", _plain(line=b"POST /v1/traces HTTP/1.0"), frozenset({FIRST}))
    yield Shape(
        "HTTP/1.0 with keep-alive",
        _plain(b"Connection: keep-alive\r\n", line=b"POST /v1/traces HTTP/1.0"),
        frozenset({FIRST, BOTH}),
    )
    yield Shape("connection: close", _plain(b"Connection: close\r\n"), frozenset({FIRST}))
    yield Shape(
        "upgrade to h2c",
        _plain(b"Connection: upgrade, http2-settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"),
        frozenset({FIRST, BOTH, REFUSED}),
    )
    yield Shape(
        "upgrade to websocket",
        _plain(b"Connection: upgrade\r\nUpgrade: websocket\r\n"),
        frozenset({FIRST, BOTH, REFUSED}),
    )
    yield Shape("expect 100-continue", _plain(b"Expect: 100-continue\r\n"), SERVED)
    yield Shape("expect something else", _plain(b"Expect: the-unexpected\r\n"), ANY)
