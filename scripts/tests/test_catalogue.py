# SPDX-License-Identifier: Apache-2.0
"""Every dashboard, rule and document names families, labels and values of labels that exist."""

import copy
import json
import unittest

from promql import catalogue as known
from promql.places import (
    ROOT, code_of, dashboard_mistakes, dashboards, document_mistakes, documents, repository_catalogue, rule_files,
    rule_mistakes, rules)
from promql.references import references
from promql.tokens import NotPromQL, tokens

CATALOGUE = repository_catalogue()


def names(query: str) -> list[str]:
    return [selector.name for selector in references(query).selectors]


class Scanner(unittest.TestCase):
    def test_a_query_is_taken_apart(self):
        kinds = [(token.kind, token.text) for token in tokens('rate(a_total{x="}#\\"",y!~`b`}[1h30m:$s]) # {\n* 1.5e3 >= .5')]
        self.assertEqual(kinds, [
            ("name", "rate"), ("punctuation", "("), ("name", "a_total"), ("punctuation", "{"), ("name", "x"), ("operator", "="),
            ("string", '"}#\\""'), ("punctuation", ","), ("name", "y"), ("operator", "!~"), ("string", "`b`"),
            ("punctuation", "}"), ("punctuation", "["), ("duration", "1h30m"), ("punctuation", ":"), ("variable", "$s"),
            ("punctuation", "]"), ("punctuation", ")"), ("operator", "*"), ("number", "1.5e3"), ("operator", ">="),
            ("number", ".5")])
        self.assertEqual(tokens('"a\\"b"')[0].value, 'a"b')
        self.assertEqual([token.line for token in tokens("a\n+\n\nb")], [1, 2, 4])

    def test_a_text_that_is_no_query_is_refused(self):
        for text in ("a ? b", "sum(a", "a)", '{x="y}', "a[5m"):
            with self.assertRaises(NotPromQL, msg=text):
                references(text)

    def test_names_of_metrics_are_told_from_everything_else(self):
        rows = {
            'sum by (model) (rate(a_total{model="rate(b_total)"}[5m]))': ["a_total"],
            "a_total offset 5m # b_total": ["a_total"],
            "a and on (job) b unless ignoring (x) group_left (y) c or d": ["a", "b", "c", "d"],
            "sum(a) by (b) / 0x1F * Inf - NaN + time() > bool 1": ["a"],
            'label_replace(a, "b", "$1", "c", "(.*)")': ["a"],
            "by_team + sum_of": ["by_team", "sum_of"],
            '{__name__="a",job="x"} + level:metric:rate5m': ["a", "level:metric:rate5m"],
            "quantile_over_time(0.95, a[1h:5m] @ start())": ["a"],
            "topk(5, a) + count_values('v', b)": ["a", "b"],
        }
        for query, expected in rows.items():
            self.assertEqual(names(query), expected, query)

    def test_a_grouping_is_of_what_it_is_over(self):
        found = references("sum by (x) (a) + sum(rate(b[5m])) without (y) * on (z) c")
        self.assertEqual([(use.labels, use.of) for use in found.uses],
                         [(("x",), ("a",)), (("y",), ("b",)), (("z",), ("a", "b", "c"))])


class Checks(unittest.TestCase):
    families = [
        {"name": "llm_a_total", "type": "counter", "labels": ["model", "source"], "values": {"source": ["computed", "reported"]},
         "buckets": None, "labels_added": True},
        {"name": "llm_h_seconds", "type": "histogram", "labels": ["model"], "values": {}, "buckets": ["0.5", "+Inf"],
         "labels_added": False},
    ]

    def test_each_kind_of_mistake_is_told(self):
        catalogue = known.Catalogue(self.families, {"team"})
        rows = {
            "rate(llm_b_total[5m])": ["there is no metric llm_b_total"],
            "llm_h_seconds": ["there is no metric llm_h_seconds; a histogram has llm_h_seconds_bucket, _sum and _count"],
            'llm_a_total{modell="x"}': ["llm_a_total has no label modell"],
            'llm_a_total{source="computer"}': ["source of llm_a_total is never 'computer'"],
            'llm_a_total{source=~"reported|told"}': ["source of llm_a_total is never 'told'"],
            'llm_a_total{source!="told"}': ["source of llm_a_total is never 'told'"],
            'llm_a_total{source!~"reported|told"}': ["source of llm_a_total is never 'told'"],
            'llm_h_seconds_bucket{le="0.6"}': ["le of llm_h_seconds_bucket is never '0.6'"],
            'llm_h_seconds_sum{le="0.5"}': ["llm_h_seconds_sum has no label le"],
            "sum by (provider) (llm_a_total)": ["llm_a_total: no label provider to group or match by"],
            "sum(llm_h_seconds_sum) by (team)": ["llm_h_seconds_sum: no label team to group or match by"],
            "llm_a_total * on (model, x) up": ["llm_a_total and up: no label x to group or match by"],
            "rat(llm_a_total[5m])": ["there is no function rat"],
            "sum(llm_a_total": ["line 1: '(' is not closed"],
        }
        for query, mistakes in rows.items():
            self.assertEqual(catalogue.mistakes(query), mistakes, query)

    def test_what_a_user_may_have_is_no_mistake(self):
        catalogue = known.Catalogue(self.families, {"team"})
        for query in (
            'sum by ($label, job, instance) (increase(llm_a_total{team="search",source=~"$source",model=~".+"}[$__range]))',
            'llm_a_total{source=~"comp.*"} or llm_a_total{source=""}', 'llm_a_total{source!~"reported"}', "up == 0 and absent(llm_h_seconds_count)",
            'sum by (shown) (label_replace(llm_a_total, "shown", "$1", "model", "(.*)"))',
            "histogram_quantile(0.95, sum by (le, model) (rate(llm_h_seconds_bucket[${__rate_interval}])))",
        ):
            self.assertEqual(catalogue.mistakes(query), [], query)


class Repository(unittest.TestCase):
    def check(self, mistakes):
        self.assertEqual([], [str(mistake) for mistake in mistakes])

    def test_dashboards(self):
        self.assertGreaterEqual(len(dashboards()), 6)
        for name, board in dashboards().items():
            self.check(dashboard_mistakes(name, board, CATALOGUE))

    def test_rules(self):
        self.assertGreaterEqual(len(rule_files()), 3)
        for path in rule_files():
            self.check(rule_mistakes(str(path.relative_to(ROOT)), rules(path), CATALOGUE))

    def test_documents(self):
        pages = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in documents()}
        self.assertGreater(sum(code.count("llm_") for text in pages.values() for _, code in code_of(text)), 150)
        for name, text in pages.items():
            self.check(document_mistakes(name, text, CATALOGUE))

    def test_a_renamed_family_is_told_with_each_file_panel_rule_and_line_that_names_it(self):
        old = "llm_cost_by_provider_dollars_total"
        board = {"title": "b", "panels": [
            {"title": "By provider", "targets": [{"expr": f"sum by (provider) (rate({old}[5m]))"}]},
            {"title": "Row", "type": "row", "panels": [{"title": "Inner", "targets": [{"expr": f"rate({old}[1h])"}]}]}],
            "templating": {"list": [{"name": "provider", "query": {"query": f"label_values({old}, provider)"}}]},
            "annotations": {"list": [{"name": "New", "expr": f"changes({old}[5m]) > 0"}]}}
        page = f"Text.\n\n| `{old}` | x |\n\n```promql\nsum({old})\n```\n"
        rule = [{"alert": "Spend", "expr": f"{old} > 1"}]
        self.check(dashboard_mistakes("b.json", board, CATALOGUE))
        self.check(document_mistakes("p.md", page, CATALOGUE) + rule_mistakes("r.yaml", rule, CATALOGUE))

        families = copy.deepcopy(list(CATALOGUE.families.values()))
        for family in families:
            family["name"] = family["name"].replace(old, "llm_cost_by_vendor_dollars_total")
        renamed = known.Catalogue(families)
        what = f"there is no metric {old}"
        self.assertEqual([str(each) for each in dashboard_mistakes("b.json", board, renamed)], [
            f"b.json: panel By provider: {what}", f"b.json: panel Inner: {what}", f"b.json: variable provider: {what}",
            f"b.json: annotation New: {what}"])
        self.assertEqual([str(each) for each in document_mistakes("p.md", page, renamed)], [f"p.md:6: {what}", f"p.md:3: {what}"])
        self.assertEqual([str(each) for each in rule_mistakes("r.yaml", rule, renamed)], [f"r.yaml: alert Spend: {what}"])

    def test_any_family_that_dashboards_ask_for_is_missed_if_it_is_renamed(self):
        boards = dashboards()
        for name, family in CATALOGUE.families.items():
            if not any(f"{name}" in json.dumps(board) for board in boards.values()):
                continue
            fewer = copy.copy(CATALOGUE)
            fewer.families = {key: each for key, each in CATALOGUE.families.items() if key != name}
            fewer.metrics = {key: each for key, each in CATALOGUE.metrics.items()
                             if key not in (name, *(name + ending for ending in known.ENDINGS))}
            self.assertTrue(any(dashboard_mistakes(file, board, fewer) for file, board in boards.items()), name)


if __name__ == "__main__":
    unittest.main()
