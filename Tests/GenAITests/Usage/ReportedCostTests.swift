// SPDX-License-Identifier: Apache-2.0
import GenAI
import TestData
import Testing

@Suite struct ReportedCostTests {
    @Test(
        arguments: [
            (.double(0.0001683), 168_300_000_000), (.double(0.0006226000000000001), 622_600_000_000), (.double(0), 0),
            (.double(8_999.5), 8_999_500_000_000_000_000), (.int(0), 0), (.int(3), 3_000_000_000_000_000),
            (.string("0.0121338"), 12_133_800_000_000), (.string("7.5e-05"), 75_000_000_000),
            (.string("1E1"), 10_000_000_000_000_000),
            (.string("0.0000000000000005"), 0), (.string("0.0000000000000015"), 2), (.string("0.00000000000000051"), 1),
            (.string("9000"), 9_000_000_000_000_000_000), (.string("\"0.5\""), 500_000_000_000_000),
            (.string("1e-4000"), nil), (.string("1e-99"), 0), (.string("9000.01"), nil), (.int(9_001), nil),
            // Times 1e15 they are just above 2^64, and look small without the digits that do not fit.
            (.string("20000"), nil), (.string("18447"), nil), (.string("1.9e4"), nil), (.int(.max), nil),
            (.int(.min), nil),
            (.double(-1), nil), (.double(.nan), nil), (.double(.infinity), nil), (.string("-0.1"), nil),
            (.string("1e99"), nil), (.string("much"), nil), (.string("."), nil), (.string("1e"), nil),
            (.bool(true), nil),
        ] as [(TraceRequestWriter.Value, Int64?)])
    func `dollars become an integer, or are refused and counted`(
        value: TraceRequestWriter.Value, cost: Int64?
    ) throws {
        let reading = try InterpreterTests.read(InterpreterTests.chat([("gen_ai.usage.cost", value)]))
        #expect(reading.call?.reportedFemtodollars == cost)
        #expect(reading.report.anomalies.prefix(5) == [0, 0, 0, cost == nil ? 1 : 0, 0])
    }

    @Test(arguments: [
        "gen_ai.usage.cost", "gen_ai.usage.cost.amount", "llm.cost.total", "operation.cost", "gen_ai.cost.total_cost",
    ])
    func `every spelling of a cost is read`(key: String) throws {
        let reading = try InterpreterTests.read(InterpreterTests.chat([(key, .double(0.5))]))
        #expect(reading.call?.reportedFemtodollars == 500_000_000_000_000)
    }

    @Test func `only dollars are taken`() throws {
        for (currency, cost) in [("USD", 500_000_000_000_000), ("usd", 500_000_000_000_000), ("EUR", nil)]
            as [(String, Int64?)]
        {
            let reading = try InterpreterTests.read(
                InterpreterTests.chat([
                    ("gen_ai.usage.cost.amount", .double(0.5)), ("gen_ai.usage.cost.currency", .string(currency)),
                ]))
            #expect(reading.call?.reportedFemtodollars == cost)
        }
    }
}
