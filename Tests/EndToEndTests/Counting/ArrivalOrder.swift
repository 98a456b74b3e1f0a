// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestData
import TestSupport

/// In which order, and in how many bodies, the spans of a recorded run arrive.
enum ArrivalOrder: CaseIterable, Sendable {
    case asSent
    /// Every span in a body of its own, the last one first.
    case lastSpanFirst
    /// Every span in a body of its own, in an order that follows from the scenario's name.
    case singleSpansAtRandom

    /// Lays out the bodies of a scenario.
    ///
    /// - Parameters:
    ///   - capture: The scenario.
    ///   - folder: Where bodies are written that are not recorded as such.
    /// - Returns: Files in the order in which they are to be read.
    /// - Throws: When a file cannot be read or written.
    func files(of capture: Capture, in folder: TemporaryFolder) throws -> [URL] {
        try files(of: capture.posts(), named: capture.testDescription, in: folder)
    }

    /// Lays out bodies.
    ///
    /// - Parameters:
    ///   - posts: The bodies.
    ///   - name: What a random order follows from.
    ///   - folder: Where bodies are written that are not recorded as such.
    /// - Returns: Files in the order in which they are to be read.
    /// - Throws: When a file cannot be read or written.
    func files(of posts: [Capture.Post], named name: String, in folder: TemporaryFolder) throws -> [URL] {
        if self == .asSent { return posts.map(\.file) }
        var bodies = try posts.flatMap { try $0.singleSpanBodies() }
        if self == .lastSpanFirst {
            bodies.reverse()
        } else {
            let seed = name.utf8.reduce(0 as UInt64) { $0 &* 31 &+ UInt64($1) }
            var generator = SeededGenerator(seed: seed)
            bodies.shuffle(using: &generator)
        }
        return try bodies.enumerated().map { number, body in
            let file = folder.url.appending(path: "\(number).bin")
            try Data(body).write(to: file)
            return file
        }
    }
}
