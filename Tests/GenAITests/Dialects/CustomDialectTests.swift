// SPDX-License-Identifier: Apache-2.0
import GenAI
import TestData
import Testing

@Suite struct CustomDialectTests {
    static let dialects: [any Dialect] =
        [
            CustomDialect([
                .model: ["acme.model"], .inputTokens: ["acme.in"], .outputTokens: ["acme.out"],
                .cacheReadTokens: ["acme.cached"], .cost: ["acme.dollars"], .operation: ["acme.task"],
                .provider: ["gen_ai.request.model"],
            ])
        ] + Dialects.all

    static let span: InterpreterTests.Attributes = [
        ("acme.model", .string("gpt-4o")), ("acme.in", .int(100)), ("acme.out", .string("20")),
        ("acme.cached", .int(40)), ("acme.dollars", .double(0.5)),
    ]

    @Test func `configured counts beside a model make a call`() throws {
        let reading = try InterpreterTests.read(Self.span, dialects: Self.dialects) { $0.kind = 1 }
        let call = try #require(reading.call)
        #expect(reading.text(call.model) == "gpt-4o")
        #expect(reading.text(call.operation) == "chat")
        #expect(call.usage.totalInput == 100)
        #expect(call.usage[.cacheRead] == 40)
        #expect(call.usage.totalOutput == 20)
        #expect(call.reportedFemtodollars == 500_000_000_000_000)
        let named = try InterpreterTests.read(
            Self.span + [("acme.task", .string("translate"))], dialects: Self.dialects
        ) { $0.kind = 1 }
        #expect(named.text(named.call?.operation) == "translate")
    }

    @Test func `without a model they make none`() throws {
        let reading = try InterpreterTests.read(Array(Self.span.dropFirst()), dialects: Self.dialects)
        #expect(reading.call == nil)
    }

    @Test func `what another dialect knows stays what it is`() throws {
        let tool = try InterpreterTests.read(
            Self.span + [("gen_ai.operation.name", .string("execute_tool"))], dialects: Self.dialects)
        #expect(tool.spans.calls.isEmpty)
        let agent = try InterpreterTests.read(
            Self.span + [("openinference.span.kind", .string("AGENT"))], dialects: Self.dialects)
        #expect(agent.call == nil)
        #expect(agent.aggregate?.usage.totalInput == 100)
    }

    @Test func `configured keys are believed before built-in ones`() throws {
        let reading = try InterpreterTests.read(
            Self.span + [
                ("gen_ai.operation.name", .string("chat")), ("gen_ai.usage.input_tokens", .int(7)),
                ("gen_ai.request.model", .string("acme cloud")),
            ], dialects: Self.dialects)
        #expect(reading.call?.usage.totalInput == 100)
        #expect(reading.text(reading.call?.provider) == "acme cloud")
    }
}
