// SPDX-License-Identifier: Apache-2.0
import Foundation
import OTLP
import TestData
import Testing

@testable import GenAI

/// The fact that the example of CONTRIBUTING.md asks its reader to add. A fact that no built-in dialect states stands in.
extension Fact {
    static var acmeKind: Fact { .customCount }
}

/// What CONTRIBUTING.md says about adding a dialect.
@Suite struct ContributingTests {
    private static let dialects: [any Dialect] = [AcmeGatewayDialect()] + Dialects.all

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    private static func page() throws -> String {
        let tests = folder.deletingLastPathComponent().deletingLastPathComponent()
        let page = tests.deletingLastPathComponent().appending(path: "CONTRIBUTING.md")
        return try String(contentsOf: page, encoding: .utf8)
    }

    /// The blocks of Swift on the page.
    private static func blocks() throws -> [String] {
        try page().components(separatedBy: "```swift\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
    }

    @Test func `the page shows the dialect that is compiled here`() throws {
        let file = try String(contentsOf: Self.folder.appending(path: "AcmeGatewayDialect.swift"), encoding: .utf8)
        // Inside its room the dialect needs no import of it.
        #expect(try Self.blocks().first == file.replacing("@testable package import GenAI\n", with: ""))
    }

    @Test func `the page adds the dialect before the one that is first in the list`() throws {
        let first = try #require(Dialects.all.first)
        let lines = try Self.blocks().last?.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(
            lines == [
                "package static let all: [any Dialect] = [", "AcmeGatewayDialect(),", "\(type(of: first))(),", "…", "]",
            ])
    }

    @Test func `the page says how many facts there may be`() throws {
        #expect(try Self.page().contains("at most \(Fact.limit) facts"))
        #expect(Fact.allCases.count <= Fact.limit)
        #expect(Fact.allCases.filter { $0.rawValue >= Fact.input.rawValue }.count == ReportedUsage.Count.allCases.count)
    }

    @Test func `the example reads calls of its gateway`() throws {
        let reading = try InterpreterTests.read(
            [
                ("acme.kind", .string("converse")), ("acme.vendor", .string("openai")),
                ("acme.model", .string("gpt-4o")),
                ("acme.tokens.in", .int(100)), ("acme.tokens.out", .int(50)), ("acme.usd", .double(0.25)),
                ("acme.tokens.details", .string(#"{"cache": {"read": 20}, "thinking": 30}"#)),
            ], dialects: Self.dialects
        ) {
            $0.startNanoseconds = 1_000
            $0.events = [.init("acme.first_byte", nanoseconds: 1_700)]
        }
        let call = try #require(reading.call)
        #expect(reading.text(call.operation) == "chat")
        #expect(reading.text(call.provider) == "openai")
        #expect(reading.text(call.model) == "gpt-4o")
        #expect(call.usage.totalInput == 120)
        #expect(call.usage[.cacheRead] == 20)
        #expect(call.usage[.output] == 20)
        #expect(call.usage[.reasoning] == 30)
        #expect(call.reportedFemtodollars == 250_000_000_000_000)
        #expect(call.timeToFirstTokenNanoseconds == 700)
    }

    @Test func `the example knows its gateway's aggregates and other spans`() throws {
        let usage: InterpreterTests.Attributes = [("acme.tokens.in", .int(100)), ("acme.model", .string("gpt-4o"))]
        func read(_ kind: String) throws -> InterpreterTests.Reading {
            try InterpreterTests.read([("acme.kind", .string(kind))] + usage, dialects: Self.dialects)
        }
        let vectors = try read("vectorise")
        #expect(vectors.text(vectors.call?.operation) == "embeddings")
        let route = try read("route")
        #expect(route.text(route.aggregate?.operation) == "invoke_workflow")
        #expect(try read("cache-lookup").spans.calls.isEmpty)
    }
}
