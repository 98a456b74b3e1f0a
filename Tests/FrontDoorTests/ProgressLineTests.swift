// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import llm_cost_exporter

@Suite struct ProgressLineTests {
    /// What a line writes while bodies of a megabyte come at some times.
    private func written(at milliseconds: [UInt64], files: Int = 3, isShown: Bool = true) -> [String] {
        nonisolated(unsafe) var written: [String] = []
        var line = ProgressLine(files: files, now: 5, isShown: isShown) { unsafe written.append($0) }
        line.beginFile()
        for time in milliseconds { line.add(bytes: 1_000_000, now: 5 + time * 1_000_000) }
        line.clear()
        line.clear()
        return unsafe written
    }

    @Test func `nothing is said in the first second`() {
        #expect(written(at: [0, 10, 500, 999]) == [])
    }

    @Test func `afterwards the line is renewed at most five times a second, and taken away once`() {
        #expect(
            written(at: [0, 1_000, 1_001, 1_199, 1_200, 1_399, 1_400]) == [
                "\r\u{1B}[Kfile 1 of 3, 2 bodies, 2 MB read", "\r\u{1B}[Kfile 1 of 3, 5 bodies, 5 MB read",
                "\r\u{1B}[Kfile 1 of 3, 7 bodies, 7 MB read", "\r\u{1B}[K",
            ])
    }

    @Test func `a single file has no number`() {
        #expect(written(at: [2_000], files: 1).first == "\r\u{1B}[K1 body, 1 MB read")
    }

    @Test func `a pipe gets nothing`() {
        #expect(written(at: [1_000, 2_000, 3_000], isShown: false) == [])
    }
}
