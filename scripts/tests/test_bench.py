# SPDX-License-Identifier: Apache-2.0
"""Bodies, statistics and tables of the benchmarks of the whole service."""
import gzip
import itertools
import json
import random
import sys
import tempfile
import unittest
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests"))

from Benchmarks.WholeService import bodies, calls, catalogue, encodings, table, traces
from Benchmarks.WholeService.figures import Sample, Spread, ratios
from Benchmarks.WholeService.table import Row


@dataclass
class Load:
    name: str = "lean"
    title: str = "lean gzip"
    unit: str = "s/M spans"


def samples(*values: float, wrong: str = "") -> list[Sample]:
    return [Sample(value, peak=80 + value, wrong=wrong) for value in values]


class FiguresTests(unittest.TestCase):
    def test_the_ratio_is_that_of_each_pair(self):
        # The medians' own ratio would be 1; the machine was twice as slow in the last two rounds.
        found = ratios(samples(0.5, 0.6, 0.8, 2.0, 1.8), samples(1.0, 1.0, 1.0, 2.0, 2.0))
        self.assertEqual(found, Spread(0.8, 0.5, 1.0))

    def test_pairs_are_complete(self):
        with self.assertRaises(ValueError):
            ratios(samples(1, 2), samples(1))


class TableTests(unittest.TestCase):
    def test_one_binary(self):
        text = table.figures([Row(Load(), samples(0.9, 1.1, 1.0), [])])
        head, rule, row = text.splitlines()
        self.assertEqual(len({len(line) for line in (head, rule, row)}), 1)
        self.assertEqual(
            [cell.strip() for cell in row.split("|")[1:-1]],
            ["lean gzip", "1.00", "0.90 to 1.10", "s/M spans", "81.0", "", "", ""],
        )

    def test_two_binaries(self):
        row = table.comparison([Row(Load(), samples(0.9, 1.1, 1.0), samples(2.0, 2.0, 2.0))]).splitlines()[2]
        cells = [cell.strip() for cell in row.split("|")[1:-1]]
        self.assertEqual(cells[:7], ["lean gzip", "s/M spans", "2.00", "1.00", "0.50", "0.45 to 0.55", "82.0 → 81.0"])

    def test_one_load_as_a_multiple_of_another(self):
        rows = [Row(Load("with"), samples(3, 4), []), Row(Load("without"), samples(2, 2), [])]
        self.assertEqual(table.multiples(rows, [("with", "without")]), "with / without, now: 1.75 (1.50 to 2.00)")
        self.assertEqual(table.multiples(rows[:1], [("with", "without")]), "")

    def test_what_was_wrong_is_said_once(self):
        rows = [Row(Load(), samples(1, 1, wrong="answers: {'503': 2}"), samples(1, 1))]
        self.assertEqual(table.verdict(rows), "WRONG lean, now: answers: {'503': 2}")
        self.assertIn("counted exactly", table.verdict([Row(Load(), samples(1), samples(1))]))

    def test_figures_have_three_digits(self):
        for value, written in ((0.6249, "0.62"), (12.34, "12.3"), (1234.5, "1,234"), (None, "")):
            self.assertEqual(table.number(value), written)

    def test_a_page_gets_the_table_between_its_marks(self):
        page = f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n"
        self.assertEqual(table.placed(page, "new"), f"before\n{table.BEGIN}\nnew\n{table.END}\nafter\n")
        with self.assertRaises(ValueError):
            table.placed("no marks", "new")


class BodiesTests(unittest.TestCase):
    KINDS = {
        "lean": lambda rng: calls.lean(rng, 64),
        "fat": lambda rng: calls.fat(rng, 16),
        "labelled": lambda rng: calls.labelled(rng, 16),
        "mixed": traces.mixed,
    }

    def test_bodies_are_found_after_their_folder_has_moved(self):
        few = bodies.BodyFile("few", 2, lambda rng: calls.lean(rng, 8), seed=1)
        with tempfile.TemporaryDirectory() as parent, mock.patch.dict(bodies.FILES, few=few):
            before, now = Path(parent, "before"), Path(parent, "now")
            before.mkdir()
            bodies._make(before, "few")
            before.rename(now)
            contents = bodies.ready(now, {"few"}, self.fail)["few"]
            self.assertEqual(Path(contents.path).stat().st_size, contents.ends[-1])

    def test_a_seed_always_makes_the_same_bodies(self):
        for name, make in self.KINDS.items():
            with self.subTest(name):
                first, second, other = (
                    [encodings.protobuf(body) for body in itertools.islice(make(random.Random(seed)), 2)] for seed in (1, 1, 2)
                )
                self.assertEqual(first, second)
                self.assertNotEqual(first, other)

    def test_no_span_repeats(self):
        for name, make in self.KINDS.items():
            with self.subTest(name):
                spans = [span for body in itertools.islice(make(random.Random(1)), 4) for span in body.spans]
                self.assertEqual(len({(span.trace, span.identity) for span in spans}), len(spans))

    def test_protobuf_is_what_it_should_be_and_agrees_with_its_totals(self):
        for name, make in self.KINDS.items():
            with self.subTest(name):
                body = next(make(random.Random(1)))
                request = ExportTraceServiceRequest.FromString(encodings.protobuf(body))
                spans = [span for resource in request.resource_spans for scope in resource.scope_spans for span in scope.spans]
                read = [{a.key: a.value for a in span.attributes} for span in spans]
                called = [attributes for attributes in read if "gen_ai.usage.input_tokens" in attributes]
                self.assertEqual(len(spans), len(list(body.spans)))
                self.assertEqual(len(called), body.calls)
                self.assertEqual(sum(a["gen_ai.usage.input_tokens"].int_value for a in called), body.input)
                self.assertEqual(sum(a["gen_ai.usage.output_tokens"].int_value for a in called), body.output)
                self.assertEqual(called[0]["gen_ai.request.temperature"].double_value, 0.7)
                self.assertEqual(list(called[0]["gen_ai.response.finish_reasons"].array_value.values)[0].string_value, "stop")

    def test_json_has_the_same_as_protobuf(self):
        body = next(calls.lean(random.Random(1), 8))
        (wanted,) = ExportTraceServiceRequest.FromString(encodings.protobuf(body)).resource_spans
        (resource,) = json.loads(encodings.as_json(body))["resourceSpans"]
        for span, read in zip(wanted.scope_spans[0].spans, resource["scopeSpans"][0]["spans"], strict=True):
            self.assertEqual(read["traceId"], span.trace_id.hex())
            self.assertEqual(read["startTimeUnixNano"], str(span.start_time_unix_nano))
            values = {pair["key"]: pair["value"] for pair in read["attributes"]}
            for attribute in span.attributes:
                if attribute.value.HasField("int_value"):
                    self.assertEqual(values[attribute.key], {"intValue": str(attribute.value.int_value)})
                if attribute.value.HasField("string_value"):
                    self.assertEqual(values[attribute.key], {"stringValue": attribute.value.string_value})

    def test_children_are_in_the_trace_of_their_parents_and_roots_may_come_late(self):
        first, second = itertools.islice(traces.mixed(random.Random(1)), 2)
        traces_of = {span.identity: span.trace for body in (first, second) for span in body.spans}
        ids = {span.identity for span in first.spans}
        late = set()
        for span in first.spans:
            if span.parent:
                # The root is in this body or in the next one.
                self.assertEqual(traces_of[span.parent], span.trace)
                late |= {span.parent} - ids
        self.assertEqual(len(late), 15)
        self.assertEqual(first.calls, 51)

    def test_labels_have_as_many_combinations_as_the_settings_allow(self):
        product = 1
        for values in calls.LABELS.values():
            product *= values
        self.assertEqual(product, calls.KINDS)

    def test_a_request_says_what_its_body_is(self):
        packed = bodies.request(gzip.compress(b"{}"), as_json=True, packed=True)
        head, _, body = packed.partition(b"\r\n\r\n")
        self.assertIn(b"Content-Encoding: gzip", head)
        self.assertIn(b"Content-Type: application/json", head)
        self.assertIn(b"Content-Length: %d" % len(body), head)


class CatalogueTests(unittest.TestCase):
    def test_each_load_has_its_own_name_and_bodies_that_exist(self):
        names = [load.name for load in catalogue.LOADS]
        self.assertEqual(len(names), len(set(names)))
        for load in catalogue.LOADS:
            self.assertLessEqual(load.bodies, bodies.FILES.keys())
        for pair in catalogue.COMPARED:
            self.assertLessEqual(set(pair), set(names))


if __name__ == "__main__":
    unittest.main()
