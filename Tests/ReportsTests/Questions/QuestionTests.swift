// SPDX-License-Identifier: Apache-2.0
import GenAI
import Reports
import Testing

@Suite struct QuestionTests {
    @Test func `every parameter is read`() throws {
        let asked = try question(
            "from=now-7d&to=now/d&tz=Europe/Berlin&granularity=day&group_by=model,user&group_by=label:model"
                + "&where=team:search,model:gpt-*&measures=cost,cache_read,web_search&order_by=-cost,time&limit=50&format=csv"
        )
        #expect(asked.granularity == .day)
        #expect(asked.keys == [.fact(.model), .dimension("user"), .dimension("model")])
        #expect(asked.keys.map(\.name) == ["model", "user", "label:model"])
        #expect(asked.filter.clauses.map(\.key) == [.dimension("team"), .fact(.model)])
        #expect(asked.measures == [.cost, .tokenClass(.cacheRead), .unit(.webSearch)])
        #expect(asked.order.fields.map(\.field) == [.measure(.cost), .time])
        #expect(asked.order.fields.map(\.isDescending) == [true, false])
        #expect(asked.limit == 50)
        #expect(asked.format == .csv)
    }

    @Test func `a question that states nothing asks for cost, tokens and calls, the dearest first`() throws {
        let asked = try question("")
        #expect(asked.measures == [.cost, .tokens, .calls])
        #expect(asked.order.fields.map(\.field) == [.measure(.cost)])
        #expect(asked.granularity == .total)
        #expect(asked.limit == 1_000)
        #expect(try question("group_by=&where=&limit=&tz=").keys.isEmpty)
    }

    @Test(
        arguments: [
            ("form=now", "form", "did you mean from?"),
            ("FROM=now", "FROM", "choose from"),
            ("from", "from", "has no value"),
            ("from=%", "from", "percent-encoding"),
            ("from=%FF", "from", "percent-encoding"),
            ("from=%00", "from", "percent-encoding"),
            ("from=now-1d&from=now", "from", "stated 2 times"),
            ("granularity=dya", "granularity", "none of total, hour, day, week, month"),
            ("group_by=usr", "group_by", "did you mean user?"),
            ("group_by=user,user", "group_by", "stated twice"),
            ("group_by=model,provider,operation,source,tier,region,user", "group_by", "more than 6"),
            ("where=team", "where", "no colon"),
            ("where=usr:x", "where", "did you mean user?"),
            ("where=:x", "where", "calls have no ''"),
            ("measures=costs", "measures", "did you mean cost?"),
            ("measures=cost,cost", "measures", "stated twice"),
            ("order_by=-tokens&measures=cost", "order_by", "rows of this question have no 'tokens'"),
            ("order_by=time", "order_by", "have no 'time'"),
            ("order_by=cost,cost,cost,cost", "order_by", "only 3 fields"),
            ("limit=0", "limit", "from 1 to 10000"),
            ("limit=10001", "limit", "from 1 to 10000"),
            ("limit=ten", "limit", "from 1 to 10000"),
            ("format=xml", "format", "none of json, csv, flat"),
            ("cursor=abc", "cursor", "no cursor"),
            ("cursor=1-1-2-3-4", "cursor", "no cursor"),
            ("cursor=-----", "cursor", "no cursor"),
        ])
    func `a wrong parameter is refused with its name and a remedy`(query: String, parameter: String, part: String) {
        let error = #expect(throws: QuestionError.self) { try question(query) }
        #expect(error?.parameter == parameter)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
        #expect(error?.example.isEmpty == false)
    }

    @Test func `an error is JSON, whatever its texts are`() {
        let error = #expect(throws: QuestionError.self) { try question("limit=%22%0A%3Cb%3E") }
        #expect(
            error?.json == #"{"error": {"parameter": "limit", "message": "'\"�<b>' is no number from 1 to 10000", "#
                + #""example": "1000"}}"#)
    }

    @Test func `a query that is too long is refused unread`() {
        let error = #expect(throws: QuestionError.self) {
            try question("where=" + String(repeating: "a", count: 20_000))
        }
        #expect(error?.parameter == "query")
    }

    @Test func `conditions on one key are alternatives, those with a minus sign are excluded`() throws {
        let clauses = try question("where=team:a,team:b*,-team:bc&where=user:").filter.clauses
        #expect(clauses.map(\.key) == [.dimension("team"), .dimension("user")])
        #expect(clauses[0].included == [ValuePattern("a"), ValuePattern("b*")])
        #expect(clauses[0].excluded == [ValuePattern("bc")])
        #expect(clauses[1].included == [ValuePattern(exactly: "")])
    }

    @Test func `a backslash takes the meaning from a comma, an asterisk and itself`() throws {
        let clauses = try question("where=" + encoded(#"team:a\,b\*\\,label:model:x:y"#)).filter.clauses
        #expect(clauses[0].included == [ValuePattern(exactly: #"a,b*\"#)])
        #expect(clauses[1].key == .dimension("model"))
        #expect(clauses[1].included == [ValuePattern(exactly: "x:y")])
    }

    @Test(arguments: [
        ("\u{E9}", "e\u{301}", false), ("e\u{301}", "\u{E9}", false), ("\u{E9}*", "\u{E9}a", true),
        ("e*", "e\u{301}", true),
        ("*\u{301}", "e\u{301}", true), ("\u{301}a", "\u{301}a", true),
    ])
    func `a value is compared byte by byte`(pattern: String, value: String, isMatch: Bool) throws {
        let clauses = try question("where=" + encoded("user:\(pattern),team:\u{301}")).filter.clauses
        #expect(clauses.count == 2)
        #expect(clauses[0].accepts(value) == isMatch)
    }

    @Test func `a value with a control character is looked for as the ledger keeps it`() throws {
        let clauses = try question("where=user:a%00b,team:a%09*,model:m%00").filter.clauses
        #expect(clauses[0].accepts("a\u{FFFD}b") && !clauses[0].accepts("ab"))
        #expect(clauses[1].accepts("a\u{FFFD}c"))
        #expect(clauses[2].accepts("m\0"))
    }
}
