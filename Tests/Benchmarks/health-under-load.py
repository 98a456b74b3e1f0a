#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ask /-/healthy again and again while connections send fat bodies without pause, and report how long answers take.

    health-under-load.py --otlp 127.0.0.1:4318 --web 127.0.0.1:9464 [--seconds 10] [--connections 8] [--encoding gzip|identity]

The senders are processes of their own, so that Python's lock does not add to what is measured.
"""
import argparse
import gzip
import http.client
import multiprocessing
import random
import time

from bench import Template


def send(address, bodies, headers, stop, accepted):
    connection, number = http.client.HTTPConnection(address, timeout=60), 0
    while not stop.is_set():
        connection.request("POST", "/v1/traces", bodies[number % len(bodies)], headers)
        response = connection.getresponse()
        response.read()
        number += 1
        with accepted.get_lock():
            accepted.value += response.status == 200


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--otlp", required=True)
    parser.add_argument("--web", required=True)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--encoding", choices=["gzip", "identity"], default="gzip")
    arguments = parser.parse_args()

    rng = random.Random(1)
    templates = [Template(rng, number, 512, True, False) for number in range(4)]
    headers = {"Content-Type": "application/x-protobuf"}
    if arguments.encoding == "gzip":
        headers["Content-Encoding"] = "gzip"
    pack = (lambda body: gzip.compress(body, 6, mtime=0)) if arguments.encoding == "gzip" else (lambda body: body)
    stop, accepted = multiprocessing.Event(), multiprocessing.Value("i", 0)
    senders = []
    for number in range(arguments.connections):
        bodies = [pack(templates[copy % 4].fresh(rng)) for copy in range(8)]
        senders.append(multiprocessing.Process(target=send, args=(arguments.otlp, bodies, headers, stop, accepted)))
    for sender in senders:
        sender.start()
    while accepted.value < arguments.connections:
        time.sleep(0.01)

    connection, taken, bad = http.client.HTTPConnection(arguments.web, timeout=60), [], 0
    end = time.monotonic() + arguments.seconds
    while (start := time.monotonic()) < end:
        connection.request("GET", "/-/healthy")
        response = connection.getresponse()
        response.read()
        taken.append(time.monotonic() - start)
        bad += response.status != 200
        time.sleep(0.01)
    stop.set()
    for sender in senders:
        sender.join()
    taken.sort()
    p50, p99, worst = (taken[int(len(taken) * share)] * 1e3 for share in (0.5, 0.99, 0.999999))
    print(f"/-/healthy under {arguments.connections} connections of fat {arguments.encoding} bodies: p50 {p50:.1f} ms, "
          f"p99 {p99:.1f} ms, worst {worst:.1f} ms of {len(taken)}, {bad} not 200; {accepted.value} bodies accepted")


if __name__ == "__main__":
    main()
