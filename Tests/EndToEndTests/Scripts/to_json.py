#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write protobuf trace requests as OTLP/JSON: to_json.py usual|unusual FOLDER FILE...

FOLDER/0.json is the first file, and so on; gzip files are unpacked. The usual form is that of the common exporters: ids
in hexadecimal, enums as numbers, 64-bit numbers as strings. The unusual form says the same with 64-bit numbers as
numbers, members in reverse order, fields and members that no version of the format has, escapes and white space.
"""
import base64
import gzip
import json
import pathlib
import sys

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

IDS = {"traceId", "spanId", "parentSpanId"}
NUMBERS = {"startTimeUnixNano", "endTimeUnixNano", "timeUnixNano", "intValue"}
UNKNOWN = {"futureField": [{"deep": [None, True, -1.5e-7, "\\\"{[\u2028", {}]}, []]}


def usual(value):
    if isinstance(value, list):
        return [usual(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64decode(item).hex() if key in IDS and isinstance(item, str) else usual(item)
        for key, item in value.items()
    }


def unusual(value):
    if isinstance(value, list):
        return [unusual(item) for item in value]
    if not isinstance(value, dict):
        return value
    members = [
        (key, int(item) if key in NUMBERS else item.upper() if key in IDS else unusual(item))
        for key, item in value.items()
    ]
    # An AnyValue has one member; a second one would say another thing.
    more = [] if any(key.endswith("Value") for key in value) else list(UNKNOWN.items())
    return dict(more + members[::-1])


def main():
    form, folder, files = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    for number, file in enumerate(files):
        body = pathlib.Path(file).read_bytes()
        if body.startswith(b"\x1f\x8b"):
            body = gzip.decompress(body)
        request = ExportTraceServiceRequest.FromString(body)
        value = usual(json_format.MessageToDict(request, use_integers_for_enums=True))
        if form == "unusual":
            text = json.dumps(unusual(value), indent="\t", separators=(" , ", "\r\n: "))
        else:
            text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        (folder / f"{number}.json").write_text(text, encoding="utf-8", newline="")


main()
