// SPDX-License-Identifier: Apache-2.0
import Aggregation
import Testing

@Suite struct MetricNamesTests {
    @Test(arguments: ["a", "_", "llm_tokens_used_total", "A9_z", "le", "__x"])
    func `a family name has letters, digits and underscores`(text: String) {
        #expect(MetricNames.isFamilyName(text))
    }

    @Test(arguments: ["", "9a", "a-b", "a b", "a:b", "é", "a\n", "a{", "[", "`", "@"])
    func `anything else is no family name`(text: String) {
        #expect(!MetricNames.isFamilyName(text))
    }

    @Test(arguments: ["model", "_model", "le_", "quantiles", "Team1"])
    func `a label name is like a family name`(text: String) {
        #expect(MetricNames.isLabelName(text))
    }

    @Test(arguments: ["", "__name__", "__x", "le", "quantile", "1st", "span.llm", "a:b"])
    func `a name that the formats or Prometheus use themselves is no label name`(text: String) {
        #expect(!MetricNames.isLabelName(text))
    }
}
