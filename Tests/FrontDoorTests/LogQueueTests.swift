// SPDX-License-Identifier: Apache-2.0
import Dispatch
import TestSupport
import Testing

@testable import llm_cost_exporter

@Suite struct LogQueueTests {
    private static func queue(_ descriptor: Int32, capacity: Int = 1 << 20) -> LogQueue {
        LogQueue(to: descriptor, capacity: capacity) { "lost \($0)\n" }
    }

    /// Reads until the text ends in some way.
    private static func text(_ pipe: StalledPipe, until end: String) -> String {
        var text = ""
        while !text.hasSuffix(end) { text += String(decoding: pipe.read(), as: UTF8.self) }
        return text
    }

    @Test func `lines are written in their order`() {
        let pipe = StalledPipe()
        let queue = Self.queue(pipe.descriptor)
        let lines = (0..<1000).map { "line \($0)\n" }
        for line in lines { queue.append(line) }
        #expect(queue.flush(within: .seconds(60)))
        #expect(Self.text(pipe, until: "line 999\n") == lines.joined())
        #expect(queue.losses == LogQueue.Losses())
    }

    @Test func `while the reader stalls, lines that find no room are lost, and a line says how many`() {
        let pipe = StalledPipe()
        pipe.fill()
        let queue = Self.queue(pipe.descriptor, capacity: 100)
        let line = String(repeating: "x", count: 24) + "\n"
        for _ in 0..<10 { queue.append(line) }
        #expect(queue.losses == LogQueue.Losses(full: 6, failed: 0))
        #expect(!queue.flush(within: .milliseconds(1)))

        // What filled the pipe comes first, and ends where the first line begins.
        let read = Self.text(pipe, until: "lost 6\n").drop { $0 == "." }
        #expect(read == String(repeating: line, count: 4) + "lost 6\n")
        queue.append(line)
        #expect(Self.text(pipe, until: "\n") == line)
        #expect(queue.losses.full == 6)
    }

    @Test func `lost lines are announced where they are missing`() {
        let pipe = StalledPipe()
        pipe.fill()
        let queue = Self.queue(pipe.descriptor, capacity: 8)
        queue.append("first\n")
        queue.append("second\n")
        queue.append("third\n")
        queue.append("4\n")
        let read = Self.text(pipe, until: "4\n").drop { $0 == "." }
        #expect(read == "first\nlost 2\n4\n")
    }

    @Test func `lines that the system refuses are counted`() {
        let queue = Self.queue(-1)
        for _ in 0..<3 { queue.append("line\n") }
        #expect(queue.flush(within: .seconds(60)))
        #expect(queue.losses == LogQueue.Losses(full: 0, failed: 3))
    }
}
