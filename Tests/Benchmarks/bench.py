#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Load a running OTLP/HTTP receiver with never-repeating gen_ai spans and report its CPU per million spans.

    pip install opentelemetry-proto
    bench.py --pid PID [--url http://127.0.0.1:4318/v1/traces] [--flavour lean|fat] [--encoding gzip|identity]
             [--format protobuf|json]
             [--spans 512] [--bodies 1000] [--connections 8] [--metrics http://127.0.0.1:9464/metrics --settle 15]

Every body is made before the clock starts: 16 templates of `--spans` spans (16 attributes each; fat adds 4-8 KiB of
messages), each copy with fresh trace, span and response ids, so that no de-duplication can shorten the work.
CPU is the server's own user + system time from /proc/PID/stat, until `--settle` seconds after the last answer.
With --metrics it also compares llm_requests_total and llm_tokens_used_total before and after with what was sent.
"""
import argparse, base64, gzip, http.client, json, os, random, re, sys, threading, time, urllib.parse, urllib.request

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

MODELS = [("openai", "gpt-4o"), ("openai", "gpt-4o-mini"), ("openai", "gpt-4.1"), ("openai", "gpt-4.1-mini"), ("openai", "o3"),
          ("openai", "o4-mini"), ("openai", "gpt-5"), ("openai", "gpt-5-mini"), ("anthropic", "claude-sonnet-4-5"),
          ("anthropic", "claude-haiku-4-5"), ("anthropic", "claude-opus-4-1"), ("gcp.gemini", "gemini-2.5-pro"),
          ("gcp.gemini", "gemini-2.5-flash"), ("mistral_ai", "mistral-large-latest"), ("deepseek", "deepseek-chat"), ("x_ai", "grok-4")]
OPERATIONS = ["chat", "text_completion", "embeddings"]
WORDS = ("agents retrieve documents summarise tickets classify intent translate answers generate code review pull requests "
         "customer order refund invoice shipping delay policy account password reset latency budget token context model").split()


def put(attributes, key, value):
    a = attributes.add()
    a.key = key
    if isinstance(value, bool): a.value.bool_value = value
    elif isinstance(value, int): a.value.int_value = value
    elif isinstance(value, float): a.value.double_value = value
    elif isinstance(value, list):
        for v in value: a.value.array_value.values.add().string_value = v
    else: a.value.string_value = value


def prose(rng, n):
    out, size = [], 0
    while size < n:
        w = rng.choice(WORDS) + (str(rng.randrange(10000)) if rng.random() < .15 else "")
        out.append(w); size += len(w) + 1
    return " ".join(out)[:n]


class Template:
    def __init__(self, rng, number, spans, fat, as_json):
        request, ids, self.input, self.output = ExportTraceServiceRequest(), [], 0, 0
        now = time.time_ns()
        for s in range(4):
            rs = request.resource_spans.add()
            for k, v in (("service.name", f"svc-{(number * 4 + s) % 10:02d}"), ("service.version", "1.4.2"), ("deployment.environment.name", "prod"),
                         ("telemetry.sdk.language", "python"), ("telemetry.sdk.name", "opentelemetry"), ("telemetry.sdk.version", "1.45.2")):
                put(rs.resource.attributes, k, v)
            ss = rs.scope_spans.add(); ss.scope.name = "opentelemetry.instrumentation.openai_v2"; ss.scope.version = "2.4b0"
            for i in range(spans // 4 or 1):
                provider, model = MODELS[rng.randrange(len(MODELS))]; op = OPERATIONS[0 if rng.random() < .8 else rng.randrange(3)]
                sp = ss.spans.add(); sp.trace_id = rng.randbytes(16); sp.span_id = rng.randbytes(8); sp.parent_span_id = rng.randbytes(8)
                sp.name = f"{op} {model}"; sp.kind = 3
                sp.end_time_unix_nano = now - rng.randrange(10**9); sp.start_time_unix_nano = sp.end_time_unix_nano - int(rng.lognormvariate(.3, .9) * 1e9)
                tin = rng.randrange(20, 8000); tout = 0 if op == "embeddings" else rng.randrange(1, 2000); a = sp.attributes
                rid = "chatcmpl-%024x" % rng.getrandbits(96)
                for k, v in (("gen_ai.operation.name", op), ("gen_ai.provider.name", provider), ("gen_ai.system", provider), ("gen_ai.request.model", model),
                             ("gen_ai.response.model", model), ("gen_ai.request.max_tokens", 4096), ("gen_ai.request.temperature", .7), ("gen_ai.request.top_p", .95),
                             ("gen_ai.response.id", rid), ("gen_ai.response.finish_reasons", ["stop"]), ("gen_ai.usage.input_tokens", tin),
                             ("gen_ai.usage.output_tokens", tout), ("gen_ai.usage.cache_read.input_tokens", tin // 4),
                             ("server.address", "api.example.com"), ("server.port", 443), ("gen_ai.conversation.id", "conv-%08x" % rng.getrandbits(32))):
                    put(a, k, v)
                if fat:
                    for k in ("gen_ai.input.messages", "gen_ai.output.messages"):
                        put(a, k, json.dumps([{"role": "user", "parts": [{"type": "text", "content": prose(rng, rng.randrange(4096, 8192))}]}]))
                self.input += tin; self.output += tout; ids += [sp.trace_id, sp.span_id, rid.encode()[-24:]]
        self.json = as_json
        if as_json:  # ids are hex there
            self.raw = in_json(request); ids = [i if len(i) == 24 else i.hex().encode() for i in ids]
        else:
            self.raw = request.SerializeToString()
        self.spans = (spans // 4 or 1) * 4; self.places, at = [], 0
        for i in ids:
            found = self.raw.find(i)
            self.places.append((found, len(i)))

    def fresh(self, rng):
        b = bytearray(self.raw)
        for at, n in self.places:
            b[at:at + n] = b"%0*x" % (n, rng.getrandbits(4 * n)) if self.json or n == 24 else rng.randbytes(n)
        return bytes(b)


def in_json(request):
    body = MessageToDict(request)
    for resource in body["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                for key in ("traceId", "spanId", "parentSpanId"):
                    if key in span: span[key] = base64.b64decode(span[key]).hex()
    return json.dumps(body, separators=(",", ":")).encode()


def server_cpu(pid):
    f = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(f[11]) + int(f[12])) / os.sysconf("SC_CLK_TCK")


def scrape(url):
    urllib.request.urlopen(url, timeout=30).read()  # new series may show 0 at their first scrape
    text = urllib.request.urlopen(url, timeout=30).read().decode()
    total = lambda name, pat="": sum(float(m.group(2)) for m in re.finditer(rf'(?m)^{name}(\{{[^\n]*\}})? (\S+)', text) if re.search(pat, m.group(1) or ""))
    return total("llm_requests_total"), total("llm_tokens_used_total", 'token_type="(input|cache_)'), total("llm_tokens_used_total", 'token_type="(output|reasoning)')


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--pid", type=int, required=True); ap.add_argument("--url", default="http://127.0.0.1:4318/v1/traces")
    ap.add_argument("--flavour", choices=["lean", "fat"], default="lean"); ap.add_argument("--encoding", choices=["gzip", "identity"], default="gzip")
    ap.add_argument("--format", choices=["protobuf", "json"], default="protobuf")
    ap.add_argument("--spans", type=int, default=512); ap.add_argument("--bodies", type=int, default=1000); ap.add_argument("--connections", type=int, default=8)
    ap.add_argument("--metrics"); ap.add_argument("--settle", type=float, default=0); ap.add_argument("--seed", type=int, default=time.time_ns())
    a = ap.parse_args()
    rng = random.Random(a.seed); templates = [Template(rng, n, a.spans, a.flavour == "fat", a.format == "json") for n in range(16)]
    bodies, spans, tin, tout = [], 0, 0, 0
    for n in range(a.bodies):
        t = templates[n % 16]; b = t.fresh(rng); spans += t.spans; tin += t.input; tout += t.output
        bodies.append(gzip.compress(b, 6, mtime=0) if a.encoding == "gzip" else b)
    headers = {"Content-Type": "application/json" if a.format == "json" else "application/x-protobuf"} | ({"Content-Encoding": "gzip"} if a.encoding == "gzip" else {})
    u = urllib.parse.urlsplit(a.url); status, latency, lock = {}, [], threading.Lock(); work = iter(bodies)
    before = scrape(a.metrics) if a.metrics else None; cpu = server_cpu(a.pid); start = time.monotonic()

    def send():
        c = http.client.HTTPConnection(u.hostname, u.port, timeout=60)
        while True:
            with lock: b = next(work, None)
            if b is None: return
            t = time.monotonic(); c.request("POST", u.path, b, headers); r = c.getresponse(); r.read(); t = time.monotonic() - t
            with lock: status[r.status] = status.get(r.status, 0) + 1; latency.append(t)

    threads = [threading.Thread(target=send) for _ in range(a.connections)]
    for t in threads: t.start()
    for t in threads: t.join()
    wall = time.monotonic() - start; answered = server_cpu(a.pid) - cpu
    time.sleep(a.settle); used = server_cpu(a.pid) - cpu; latency.sort()
    rss = re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{a.pid}/status").read()).group(1)
    print(f"{a.flavour} {a.encoding}: {spans} spans in {len(bodies)} bodies of {sum(map(len, bodies)) // len(bodies)} B, {wall:.2f} s wall, {spans / wall:,.0f} spans/s, status {status}")
    print(f"server CPU: {used / spans * 1e6:.3f} s per million spans ({answered / spans * 1e6:.3f} until the last answer), peak RSS {int(rss) / 1024:.0f} MiB, "
          f"latency p50 {latency[len(latency) // 2] * 1e3:.1f} ms p99 {latency[int(len(latency) * .99)] * 1e3:.1f} ms")
    if before:
        after = scrape(a.metrics); got = [y - x for x, y in zip(before, after)]; want = [spans, tin, tout]
        print("counters: " + ("exact" if got == want else f"WRONG requests, input, output: rose by {got}, sent {want}"))
        sys.exit(got != want)


if __name__ == "__main__":
    main()
