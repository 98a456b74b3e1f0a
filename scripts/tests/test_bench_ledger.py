# SPDX-License-Identifier: Apache-2.0
"""Fresh bodies, figures and verdicts of the benchmark of the ledger."""
import random
import sys
import unittest
from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests"))

from Benchmarks.Ledger import fresh, pairs
from Benchmarks.Ledger.figures import Figure, written
from Benchmarks.Ledger.pairs import Pair
from Benchmarks.WholeService.figures import Sample


def read(body: bytes) -> tuple[list[str], set[bytes]]:
    """What all spans of a body say but for their ids, and the ids."""
    request, ids = ExportTraceServiceRequest.FromString(body), set()
    for resource in request.resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                ids |= {span.trace_id, span.span_id}
                span.trace_id = span.span_id = b""
                for attribute in span.attributes:
                    if attribute.key == "gen_ai.response.id":
                        ids.add(attribute.value.string_value.encode())
                        attribute.value.string_value = ""
    return [str(resource) for resource in request.resource_spans], ids


class FreshBodies(unittest.TestCase):
    def test_bodies_of_a_template_differ_in_their_ids_alone(self):
        template, rng = fresh.templates(seed=7)[0], random.Random(1)
        (first, some), (second, others) = (read(template.fresh(rng)) for _ in range(2))
        self.assertEqual(first, second)
        self.assertEqual(len(some), 3 * fresh.SPANS)
        self.assertEqual(len(others), 3 * fresh.SPANS)
        self.assertFalse(some & others)


class Figures(unittest.TestCase):
    def test_a_bar_that_is_reached_holds_and_one_that_is_passed_does_not(self):
        rows = written([Figure("start", "s", 3, 3.0, 3.0, 0.1), Figure("disk", "bytes", 200, 201, 201)]).splitlines()
        self.assertIn("holds", rows[2])
        self.assertIn("MISSED", rows[3])

    def test_the_cpu_is_the_median_multiple_of_each_pair(self):
        def samples(*values: float) -> list[Sample]:
            return [Sample(value, peak=80 + value, p50=value, p99=2 * value) for value in values]

        # The machine was twice as slow in the second round.
        mix = Pair(pairs.MIX, samples(1.5, 3.0, 1.7), samples(1.0, 2.0, 1.0))
        calls = Pair(pairs.CALLS, samples(4, 5, 6), samples(1, 1, 1))
        posts = Pair(pairs.POSTS, samples(1, 2, 3), samples(1, 1, 1))
        found = {figure.what: figure for figure in pairs.figures([mix, calls, posts])}
        multiple = found[f"{mix.load.title}: CPU, as a multiple"]
        self.assertEqual((multiple.value, multiple.with_folder, multiple.without), (1.5, 1.7, 1.0))
        self.assertEqual(found[f"{calls.load.title}: CPU"].value, 5)
        self.assertEqual(found[f"{posts.load.title}: wait, 99 of 100"].value, 4)
        self.assertEqual(found[f"{calls.load.title}: peak memory, the rise"].value, 4)


if __name__ == "__main__":
    unittest.main()
