// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP
import TestData
import Testing

/// What tells whether two spans are of one call.
@Suite struct CallIdentityTests {
    static func call(id: String, scope: String = "s", symbols: SymbolTable = SymbolTable()) throws -> ModelCall {
        let reading = try InterpreterTests.read(
            InterpreterTests.chat([("gen_ai.response.id", .string(id))]), scope: scope, symbols: symbols)
        return try #require(reading.call)
    }

    @Test func `equal ids have equal hashes for everyone who shares the symbols, and a secret in them`() throws {
        let symbols = SymbolTable()
        let first = try Self.call(id: "chatcmpl-abcdefgh", symbols: symbols)
        let second = try Self.call(id: "chatcmpl-abcdefgh", scope: "t", symbols: symbols)
        #expect(first.responseID == second.responseID)
        #expect(first.resource == second.resource)
        #expect(first.scope != second.scope)
        #expect(first.responseID != (try Self.call(id: "chatcmpl-abcdefgi", symbols: symbols)).responseID)
        #expect(first.responseID != (try Self.call(id: "chatcmpl-abcdefgh")).responseID)
    }

    @Test func `ids of one interface have one scheme`() throws {
        let ids = ["chatcmpl-abcdefgh", "resp_abcdefghij", "msg_01abcdefgh", "msg_bdrk_01abcd", "gen-1234567890"]
        let schemes = try ids.map { try Self.call(id: $0).responseIDScheme }
        #expect(Set(schemes).count == ids.count)
        #expect(!schemes.contains(0))
        #expect(try Self.call(id: "chatcmpl-zzzzzzzz").responseIDScheme == schemes[0])
        #expect(try Self.call(id: "5490dfc9-0755-499f-bda3-748e806bd1f2").responseIDScheme == 0)
    }

    @Test(arguments: ["lc_run--01a1fbe0-839a-7617", "run-01a1fbe0-839a-7617"])
    func `ids that LangChain made are no provider's`(id: String) throws {
        #expect(try Self.call(id: id).responseID == 0)
    }

    @Test func `only LiteLLM is known to rewrite ids`() throws {
        #expect(try Self.call(id: "chatcmpl-abcdefgh", scope: "litellm").rewritesResponseIDs)
        #expect(try !Self.call(id: "chatcmpl-abcdefgh").rewritesResponseIDs)
    }

    @Test func `the dialect that told is the place in the list`() throws {
        let reading = try InterpreterTests.read([("openinference.span.kind", .string("LLM"))])
        let number = Int(try #require(reading.call).dialect)
        #expect(Dialects.all[number].name == "openinference")
    }

    @Test func `every fact has a bit of its own`() {
        #expect(Fact.allCases.count <= 128)
    }

    @Test func `pass-through spans and aggregates keep their place in the trace`() throws {
        let parent: [UInt8] = [9, 9, 9, 9, 9, 9, 9, 9]
        let step = try InterpreterTests.read([]) { $0.parentSpanID = parent }
        #expect(step.spans.passThrough.first?.parentSpanID == 0x0909_0909_0909_0909)
        let agent = try InterpreterTests.read([("gen_ai.operation.name", .string("invoke_agent"))]) {
            $0.parentSpanID = parent
        }
        #expect(agent.aggregate?.parentSpanID == 0x0909_0909_0909_0909)
        #expect(agent.text(agent.aggregate?.operation) == "invoke_agent")
    }
}
