// SPDX-License-Identifier: Apache-2.0
import OTLP
import TestData
import Testing

@testable import GenAI

/// What is read of spans for the dimensions of the ledger.
@Suite struct DimensionReaderTests {
    typealias Attributes = [(key: String, value: TraceRequestWriter.Value)]

    /// A row: the resource, the span, and the values by dimension.
    struct Row: Sendable, CustomTestStringConvertible {
        var says: String
        var resource: [String: String] = [:]
        var span: [String: String] = [:]
        var values: [String: String]

        var testDescription: String { says }
    }

    static func makeTable(
        _ rules: [DimensionRule] = [], users: UserTreatment = .keep, limits: DimensionLimits = DimensionLimits()
    ) -> DimensionTable {
        DimensionTable(
            rules: DimensionRule.all(with: rules), users: users, userKey: Array(0..<16), limits: limits,
            monotonicNanoseconds: { 0 })
    }

    /// Interprets spans of one resource.
    static func read(
        _ table: DimensionTable, resource: Attributes = [], _ spans: [TraceRequestWriter.Span],
        readsTraceNames: Bool = false
    ) throws -> InterpretedSpans {
        let body = TraceRequestWriter().request(resource: resource, scope: "test", spans: spans)
        var batch = SpanBatch()
        try TraceRequestReader(keys: Interpreter.keys(dimensions: table.rules), events: Interpreter.eventNames())
            .read(body.span, into: &batch)
        var interpreter = Interpreter(
            symbols: SymbolTable(), dimensions: DimensionReading(table: table, readsTraceNames: readsTraceNames))
        var read = InterpretedSpans()
        _ = interpreter.interpret(batch, body: body.span, into: &read)
        return read
    }

    static func span(_ id: UInt8, _ attributes: Attributes) -> TraceRequestWriter.Span {
        TraceRequestWriter.Span(
            traceID: [UInt8](1...16), spanID: [UInt8](repeating: id, count: 8), attributes: attributes)
    }

    static func call(_ attributes: Attributes) -> TraceRequestWriter.Span {
        span(1, [("gen_ai.operation.name", .string("chat")), ("gen_ai.request.model", .string("gpt-4o"))] + attributes)
    }

    static func values(_ set: DimensionSet, _ table: DimensionTable) -> [String: String] {
        Dictionary(uniqueKeysWithValues: table.values(of: set).map { (table.rules[$0.rule].name, $0.text) })
    }

    private static func strings(_ texts: [String: String]) -> Attributes {
        texts.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }
    }

    @Test(arguments: [
        Row(says: "nothing", values: [:]),
        Row(says: "a user", span: ["user.id": "u-1"], values: ["user": "u-1"]),
        Row(says: "the better of two users", span: ["enduser.id": "b", "user.id": "a"], values: ["user": "a"]),
        Row(says: "the other if one is blank", span: ["enduser.id": "b", "user.id": " \t"], values: ["user": "b"]),
        Row(says: "no white space at its ends", span: ["user.id": " Ada L. \n"], values: ["user": "Ada L."]),
        Row(says: "one line", span: ["user.id": "a\nb"], values: ["user": "a\u{FFFD}b"]),
        Row(
            says: "sessions by several keys", span: ["gen_ai.conversation.id": "c-1", "langfuse.session.id": "l-1"],
            values: ["session": "c-1"]),
        Row(says: "an agent's name", span: ["gen_ai.agent.name": "planner"], values: ["agent": "planner"]),
        Row(
            says: "what the resource says",
            resource: [
                "service.name": "shop", "deployment.environment": "prod", "service.namespace": "web",
                "openinference.project.name": "other",
            ], values: ["service": "shop", "environment": "prod", "project": "web"]),
        Row(says: "no user of a resource", resource: ["user.id": "u"], values: [:]),
        Row(
            says: "both", resource: ["service.name": "shop"], span: ["user.id": "u", "session.id": "s"],
            values: ["service": "shop", "user": "u", "session": "s"]),
    ])
    func `a call has the values of its attributes`(_ row: Row) throws {
        let table = Self.makeTable()
        let read = try Self.read(table, resource: Self.strings(row.resource), [Self.call(Self.strings(row.span))])
        let set = try #require(read.calls.first).dimensions
        #expect(Self.values(set, table) == row.values)
        #expect(set.seeksAncestors)
        #expect(set.offersToDescendants == !row.span.keys.allSatisfy { row.values.isEmpty || $0 == "service.name" })
    }

    @Test func `numbers and truth values are texts`() throws {
        let rules = [DimensionRule(name: "shard", sources: [.span("app.shard")])]
        for (value, text) in [
            (.int(42), "42"), (.bool(true), "true"), (.double(1.5), "1.5"), (.int(-1), "-1"),
        ] as [(TraceRequestWriter.Value, String)] {
            let table = Self.makeTable(rules)
            let read = try Self.read(table, [Self.call([("app.shard", value), ("user.id", .strings(["a"]))])])
            #expect(Self.values(read.calls[0].dimensions, table) == ["shard": text])
        }
    }

    @Test func `a value beyond 256 bytes is cut where no character is`() throws {
        for offset in 0..<4 {
            let text = String(repeating: "x", count: 252 + offset) + "\u{1F600}\u{1F600}" + "tail"
            let table = Self.makeTable()
            let read = try Self.read(table, [Self.call([("user.id", .string(text))])])
            let user = try #require(Self.values(read.calls[0].dimensions, table)["user"])
            #expect(user == String(repeating: "x", count: 252 + offset) + (offset == 0 ? "\u{1F600}" : ""))
        }
        // Longer when it is one line than as it came.
        let table = Self.makeTable()
        let text = "a" + String(repeating: "\u{1}", count: 300)
        let read = try Self.read(table, [Self.call([("user.id", .string(text))])])
        let user = try #require(Self.values(read.calls[0].dimensions, table)["user"])
        #expect(user.utf8.count <= 256 && user.hasPrefix("a\u{FFFD}"))
    }

    @Test func `other spans offer what some dimension reads from ancestors, and nothing else`() throws {
        let table = Self.makeTable()
        let read = try Self.read(
            table, resource: [("service.name", .string("shop"))],
            [
                Self.span(1, [("http.route", .string("/"))]), Self.span(2, [("user.id", .string("u"))]),
                Self.span(3, [("app.documents", .int(8)), ("session.id", .string("s"))]),
                Self.span(4, [("service.name", .string("shop"))]),
            ])
        #expect(read.passThrough.map(\.dimensions.offersToDescendants) == [false, true, true, false])
        #expect(read.passThrough.allSatisfy { Self.values($0.dimensions, table).isEmpty })
        #expect(table.recorded(read.passThrough[1].dimensions).map(\.text) == ["u"])
        #expect(read.passThrough[0].dimensions == .none)
    }

    @Test func `an agent offers its name, or that of its span`() throws {
        let agent: Attributes = [("gen_ai.operation.name", .string("invoke_agent"))]
        for (attributes, name, expected) in [
            ([("gen_ai.agent.name", .string("planner"))], "invoke_agent planner 2", "planner"),
            ([("agent.name", .string("planner"))], "run", "planner"), ([], "invoke_agent Weather Desk", "Weather Desk"),
            ([], "Weather Desk", "Weather Desk"), ([], "invoke_agent", nil), ([], "invoke_agents", "invoke_agents"),
        ] as [(Attributes, String, String?)] {
            let table = Self.makeTable()
            var span = Self.span(1, agent + attributes)
            span.name = name
            let set = try #require(try Self.read(table, [span]).calls.first).dimensions
            let offered = table.recorded(set).filter { $0.offer != .max && $0.name == "agent" }.map(\.text)
            #expect(Set(offered) == Set([expected].compactMap(\.self)), "\(name)")
        }
        // A call is no agent, whatever its span is called.
        let table = Self.makeTable()
        #expect(Self.values(try Self.read(table, [Self.call([])]).calls[0].dimensions, table).isEmpty)
    }

    @Test func `users may be hashed, always to the same text, or not read`() throws {
        var seen: Set<String> = []
        for _ in 0..<2 {
            let table = Self.makeTable(users: .hash)
            let read = try Self.read(table, [Self.call([("user.id", .string("ada")), ("session.id", .string("ada"))])])
            let values = Self.values(read.calls[0].dimensions, table)
            #expect(values["session"] == "ada")
            let user = try #require(values["user"])
            #expect(user.utf8.count == 16 && user.allSatisfy(\.isHexDigit))
            seen.insert(user)
        }
        #expect(seen.count == 1)
        let table = Self.makeTable(users: .off)
        let read = try Self.read(table, [Self.call([("user.id", .string("ada"))])])
        #expect(Self.values(read.calls[0].dimensions, table).isEmpty)
    }

    @Test func `a rule takes the place of a default, or removes it`() throws {
        let table = Self.makeTable([
            DimensionRule(name: "user", sources: [.resource("app.owner"), .scope("none")]),
            DimensionRule(name: "service", sources: []), DimensionRule(name: "region", sources: [.resource("region")]),
        ])
        #expect(table.rules.map(\.name) == ["user", "session", "agent", "environment", "project", "region"])
        let read = try Self.read(
            table,
            resource: [("app.owner", .string("o")), ("service.name", .string("shop")), ("region", .string("eu"))],
            [Self.call([("user.id", .string("u"))])])
        #expect(Self.values(read.calls[0].dimensions, table) == ["user": "o", "region": "eu"])
    }

    @Test func `the same values have the same number, in any batch`() throws {
        let table = Self.makeTable()
        var numbers: Set<UInt32> = []
        for _ in 0..<5 {
            let read = try Self.read(table, [Self.call([("user.id", .string("u"))])])
            numbers.insert(read.calls[0].dimensions.number)
        }
        #expect(numbers.count == 1)
        #expect(table.count == 1)
    }

    @Test func `calls that differ in the session have one base, and each the number of its session`() throws {
        for users in [UserTreatment.keep, .hash] {
            let table = Self.makeTable(users: users)
            var numbers: [String: Set<UInt32>] = [:]
            var calls: [ModelCall] = []
            // Not plain ASCII, kept as it is, and cleaned; some in one body, some in the next.
            for _ in 0..<2 {
                for sessions in [["a", "b", "é"], ["b", " a\n", "c"], ["a"]] {
                    let read = try Self.read(
                        table, resource: [("service.name", .string("shop"))],
                        sessions.map { Self.call([("session.id", .string($0)), ("user.id", .string("u"))]) })
                    for (session, call) in zip(sessions, read.calls) {
                        numbers[session, default: []].insert(call.dimensions.number)
                        calls.append(call)
                        let values = Self.values(call.dimensions, table)
                        #expect(values["session"] == (session == " a\n" ? "a" : session))
                        #expect(values["service"] == "shop" && values["user"] != nil)
                    }
                }
            }
            #expect(numbers.values.allSatisfy { $0.count == 1 })
            var parts: [DimensionParts] = []
            var held = HeldDimensions()
            table.split(calls.span, by: &held, into: &parts)
            #expect(Set(parts.map(\.base)).count == 1)
            #expect(Set(parts.map(\.session)).count == numbers.count)
        }
    }

    @Test func `a span has nothing of the span before it`() throws {
        let table = Self.makeTable([DimensionRule(name: "service", sources: [.span("svc"), .resource("service.name")])])
        let read = try Self.read(
            table, resource: [("service.name", .string("shop"))],
            [
                Self.call([("svc", .string("other")), ("user.id", .string("u")), ("session.id", .string("s"))]),
                Self.call([]), Self.span(3, [("user.id", .string("v"))]), Self.call([("session.id", .string("s"))]),
            ])
        #expect(
            read.calls.map { Self.values($0.dimensions, table) } == [
                ["service": "other", "user": "u", "session": "s"], ["service": "shop"],
                ["service": "shop", "session": "s"],
            ])
        #expect(table.recorded(read.passThrough[0].dimensions).map(\.text) == ["v"])
    }

    @Test func `roots are read with what may be shown of their names`() throws {
        let table = Self.makeTable()
        var root = Self.span(1, [])
        root.name = String(repeating: "é", count: 500)
        var child = Self.span(2, [])
        child.parentSpanID = [UInt8](repeating: 1, count: 8)
        var unnamed = Self.span(3, [])
        unnamed.name = ""
        let spans = [root, child, unnamed]
        #expect(try Self.read(table, spans).roots.roots.isEmpty)
        let read = try Self.read(table, spans, readsTraceNames: true).roots
        #expect(read.roots.count == 1)
        #expect(read.roots[0].startNanoseconds == root.startNanoseconds)
        let name = DimensionText.name(read.names.span.extracting(read.roots[0].name))
        #expect(name == String(repeating: "é", count: 80))
    }

    @Test func `a call takes four cache lines, with its dimensions`() {
        #expect(MemoryLayout<ModelCall>.size == 224)
        #expect(MemoryLayout<PassThroughSpan>.stride == 56)
    }
}
