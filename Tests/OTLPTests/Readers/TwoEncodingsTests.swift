// SPDX-License-Identifier: Apache-2.0
import OTLP
import TestData
import TestSupport
import Testing

/// Two encodings of one request are read as the same spans, however the sender spells its JSON.
@Suite struct TwoEncodingsTests {
    private typealias Spelling = JSONRequestWriter.Spelling

    /// One for each habit, and all of them together.
    private static let spellings: [Spelling] = {
        let habits: [(inout Spelling) -> Void] = [
            { _ in }, { $0.schemaNames = true }, { $0.spaces = true }, { $0.manyLines = true },
            { $0.plainIntegers = true }, { $0.enumerationsByName = true }, { $0.escapesAll = true },
            { $0.anyOrder = true }, { $0.oddMembers = true }, { $0.uppercaseIDs = true },
        ]
        var all = Spelling()
        for habit in habits { habit(&all) }
        return habits.map { habit in
            var spelling = Spelling()
            habit(&spelling)
            return spelling
        } + [all]
    }()

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `generated requests have the same spans in both encodings`(seed: UInt64) throws {
        let body = RandomRequest.make(seed: seed)
        let keys = try #require(SecondReader.read(body)).keys
        let events = Set(RandomRequest.eventNames.sorted().dropLast())
        let lines = try FirstReader.read(body, wanting: keys, events: events)
        for spelling in Self.spellings {
            var writer = JSONRequestWriter(spelling, seed: seed)
            let json = writer.convert(body)
            #expect(try FirstReader.readJSON(json, wanting: keys, events: events) == lines)
        }
    }

    private static let jsonCaptures = [
        "openinference-openai-json", "otel-genai-openai-json", "vercel-ai-legacy",
    ].flatMap { Capture.all(of: $0) }

    @Test(arguments: jsonCaptures)
    func `our reader and Foundation see the same in what real exporters send as JSON`(capture: Capture) throws {
        for body in try TwoReadersTests.bodies(of: capture) {
            let second = try SecondJSONReader.read(body)
            #expect(!second.spans.isEmpty)
            #expect(try FirstReader.readJSON(body, wanting: second.keys) == second.spans)
        }
    }

    @Test(arguments: TwoReadersTests.captures)
    func `what real exporters send has the same spans in both encodings`(capture: Capture) throws {
        let events: Set<String> = ["exception", "gen_ai.user.message", "gen_ai.choice"]
        for body in try TwoReadersTests.bodies(of: capture) {
            let keys = try #require(SecondReader.read(body)).keys
            let lines = try FirstReader.read(body, wanting: keys, events: events)
            var writer = JSONRequestWriter()
            #expect(try FirstReader.readJSON(writer.convert(body), wanting: keys, events: events) == lines)
        }
    }
}
