// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Emitters that were read in their sources are read as a right reader would read them.
@Suite struct EmitterTests {
    @Test(arguments: Emitter.all)
    func `Calls, tokens and dollars are those that the body states, whether children or parents arrive first`(
        emitter: Emitter
    ) throws {
        // Children come before their parents as sent, and after them in the reverse.
        let differences = try [ArrivalOrder.asSent, .lastSpanFirst].flatMap {
            try self.differences(of: emitter, in: $0)
        }
        if let reason = Emitter.knownWrong[emitter.name] {
            #expect(differences != [], "no longer wrong, though listed: \(reason)")
        } else {
            #expect(differences == [])
        }
    }

    @Test func `There are emitters, and those listed as wrong are among them`() {
        #expect(Emitter.all.count >= 20)
        #expect(Set(Emitter.knownWrong.keys).subtracting(Emitter.all.map(\.name)) == [])
    }

    private func differences(of emitter: Emitter, in order: ArrivalOrder) throws -> [String] {
        let folder = try TemporaryFolder()
        let files = try order.files(of: emitter.posts(), named: emitter.name, in: folder)
        let replayed = try run(Repository.service, ["replay"] + files.map(\.path))
        try #require(replayed.status == 0, "\(replayed.log)")
        return try emitter.expected().differences(from: Exposition(replayed.text)).map { "\(order): \($0)" }
    }
}
