// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import llm_cost_exporter

@Suite struct PaintTests {
    @Test(
        arguments: [
            ([:], true), (["TERM": "xterm"], true), (["NO_COLOR": ""], true), (["NO_COLOR": "1"], false),
            (["NO_COLOR": "0"], false), (["TERM": "dumb"], false),
        ] as [([String: String], Bool)])
    func `the environment decides about colours`(environment: [String: String], isAllowed: Bool) {
        #expect(Paint.isAllowed(by: environment) == isAllowed)
    }
}
