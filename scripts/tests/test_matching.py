# SPDX-License-Identifier: Apache-2.0
import re
import unittest

import samples  # puts the importer on the path, so it comes first
from prices import matching


class MatchingTests(unittest.TestCase):
    def test_a_searched_pattern_means_the_same_as_a_whole_match(self):
        names = ["claude-x-20260101", "a-claude-x-20260101", "claude-x-20260101-b", "x|y", "jev", "ojev", "tts", "a-tts"]
        for pattern in (r"^claude-x-\d{8}$", r"claude-x", r"-\d{8}$", r"^(?!.*-tts$)", r"^jev$|tts", r"[|]y$", r"cost\$"):
            whole = matching.whole_match_regex(pattern)
            for name in names:
                with self.subTest(pattern=pattern, name=name):
                    self.assertEqual(bool(re.fullmatch(whole, name)), bool(re.search(pattern, name)))

    def test_clauses_become_names_and_rules(self):
        clause = {
            "or": [
                {"equals": "Gpt-X"},
                {"starts_with": "gpt-x-"},
                {"or": [{"ends_with": "-X"}, {"equals": "gpt-x"}]},
                {"and": [{"contains": "x"}, {"regex": "^g"}]},
            ]
        }
        names, rules = matching.split_clauses(clause)
        self.assertEqual(names, ["gpt-x", "gpt-x"])
        self.assertEqual(
            rules, [{"prefix": "gpt-x-"}, {"suffix": "-x"}, {"all": [{"contains": "x"}, {"regex": "g.*"}]}]
        )

    def test_a_single_clause_needs_no_or(self):
        self.assertEqual(matching.split_clauses({"equals": "A"}), (["a"], []))
        self.assertEqual(matching.split_clauses({"contains": "A"}), ([], [{"contains": "a"}]))

    def test_an_unknown_clause_is_refused(self):
        with self.assertRaisesRegex(ValueError, "sounds_like"):
            matching.split_clauses({"sounds_like": "x"})

    def test_longest_literal_goes_first_then_the_kind(self):
        rules = [{"regex": "a.*"}, {"contains": "abc"}, {"suffix": "abc"}, {"prefix": "abc"}, {"prefix": "abcd"}]
        self.assertEqual(sorted(rules, key=matching.rank), rules[::-1])

    def test_every_kind_of_rule_matches(self):
        for rule in (
            {"prefix": "ab"}, {"suffix": "cd"}, {"contains": "bc"}, {"equals": "abcd"}, {"regex": "a.*d"},
            {"all": [{"prefix": "a"}, {"suffix": "d"}]}, {"any": [{"prefix": "x"}, {"suffix": "d"}]},
        ):  # fmt: skip
            with self.subTest(rule=rule):
                self.assertTrue(matching.matches(rule, "abcd"))
                self.assertFalse(matching.matches(rule, "zzz"))


if __name__ == "__main__":
    unittest.main()
