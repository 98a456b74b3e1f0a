// SPDX-License-Identifier: Apache-2.0
import Logging
import Testing

@testable import HTTPAPI

/// What is remembered of refused requests.
@Suite struct RefusedRequestsTests {
    private static func log(
        _ listener: ListenerName, in requests: RefusedRequests, logger: Logger, at nanoseconds: UInt64
    ) -> RefusalLog {
        RefusalLog(of: listener, in: requests, logger: logger, wallNanoseconds: { nanoseconds })
    }

    @Test func `each kind has one entry that counts all and holds the latest`() {
        let (requests, lines) = (RefusedRequests(), RecordedLog())
        let first = Self.log(.otlp, in: requests, logger: lines.logger, at: 5)
        for number in 1...1000 { first.note(.path("/\(number)"), from: RequestOrigin(path: "/\(number)")) }
        Self.log(.otlp, in: requests, logger: lines.logger, at: 9)
            .note(.contentType("text/plain"), from: RequestOrigin(path: "/", contentType: "text/plain"))
        let list = requests.list
        #expect(list.map(\.kind) == [.contentType, .path])
        #expect(list.map(\.count) == [1, 1000])
        #expect(list.map(\.status) == [415, 404])
        #expect(list.map(\.lastNanoseconds) == [9, 5])
        #expect(list.last?.path == "/1000")
        #expect(list.last?.reason.contains("/1000 is not served") == true)
        #expect(lines.lines.count == 2)
    }

    @Test func `the same kind at both listeners has two entries and two lines`() {
        let (requests, lines) = (RefusedRequests(), RecordedLog())
        for listener in [ListenerName.otlp, .web] {
            Self.log(listener, in: requests, logger: lines.logger, at: 1)
                .note(.wrongPort(path: "/", otlpPort: 0), from: RequestOrigin(path: "/"))
        }
        #expect(Set(requests.list.map(\.listener)) == [.otlp, .web])
        #expect(lines.lines.map { $0.metadata["door"] } == ["otlp", "web"])
    }

    @Test func `texts of a sender are cut short`() {
        let requests = RefusedRequests()
        let long = String(repeating: "x", count: 5000)
        Self.log(.otlp, in: requests, logger: RecordedLog().logger, at: 1)
            .note(.unreadable(long + "; " + long), from: RequestOrigin(path: long, contentType: long))
        for entry in requests.list {
            let texts = [entry.path, entry.contentType, entry.reason, entry.remedy]
            #expect(texts.allSatisfy { !$0.isEmpty && $0.count <= RefusedRequests.longestText })
        }
        #expect(requests.list.count == 1)
    }

    @Test func `parameters of a content type are no part of the remedy`() {
        let requests = RefusedRequests()
        Self.log(.otlp, in: requests, logger: RecordedLog().logger, at: 1)
            .note(.contentType("text/html; charset=utf-8"), from: RequestOrigin(path: "/"))
        #expect(requests.list.first?.reason == "content type 'text/html' is not accepted")
        #expect(requests.list.first?.remedy.hasPrefix("send application/x-protobuf") == true)
    }

    /// Another line of the log already says how many such bodies there were, and why.
    @Test func `a body that could not be stored is remembered and has no second line`() {
        let (requests, lines) = (RefusedRequests(), RecordedLog())
        Self.log(.otlp, in: requests, logger: lines.logger, at: 1).note(.unsynced, from: RequestOrigin(path: "/"))
        #expect(requests.list.map(\.kind) == [.unsynced])
        #expect(lines.lines.isEmpty)
    }
}
