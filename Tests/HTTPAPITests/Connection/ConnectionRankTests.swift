// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTPAPI

/// Which connection gives way to a new one.
@Suite struct ConnectionRankTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    /// A listener with one place fewer than the connections that it meets, which do something since some seconds.
    private static func loser(
        of uses: [(use: Connection.Use, since: Int64)], peers: [String]? = nil, newcomer: String = "192.0.2.1"
    ) -> Int? {
        let connections = Connections(limit: uses.count)
        let all = uses.enumerated().map { index, use in
            let connection = Connection(
                EmbeddedChannel(), peer: PeerAddress(text: peers?[index] ?? "192.0.2.1"),
                at: start - .seconds(use.since))
            connection.note(use.use, at: start - .seconds(use.since))
            #expect(connections.admit(connection, at: start) == .taken(insteadOf: nil))
            return connection
        }
        let newcomer = Connection(EmbeddedChannel(), peer: PeerAddress(text: newcomer), at: start)
        let admission = connections.admit(newcomer, at: start)
        let loser = all.firstIndex { $0.isToEnd }
        #expect(admission == (loser.map { .taken(insteadOf: uses[$0].use) } ?? .refused))
        #expect(connections.count == uses.count)
        return loser
    }

    @Test(
        arguments: [
            ([(.idle, 1), (.idle, 5), (.idle, 3)], 1), ([(.reading, 50), (.unreadAnswer, 20), (.idle, 0)], 2),
            ([(.reading, 50), (.unreadAnswer, 20), (.working, 90)], 1),
            ([(.reading, 5), (.reading, 6), (.working, 9)], 1),
            ([(.new, 0), (.reading, 0), (.working, 9)], 1), ([(.new, 0), (.unreadAnswer, 1)], 1),
            // The peer of an answer has a moment to read it.
            ([(.new, 0), (.unreadAnswer, 0)], 0), ([(.unreadAnswer, 0), (.working, 9)], 0),
            ([(.new, 2), (.idle, 1), (.reading, 9)], 0), ([(.new, 0), (.working, 9)], 0),
            ([(.working, 1), (.working, 2)], nil),
        ] as [([(Connection.Use, Int64)], Int?)])
    func `by what it does, and the longest first`(uses: [(Connection.Use, Int64)], loser: Int?) {
        #expect(Self.loser(of: uses.map { (use: $0.0, since: $0.1) }) == loser)
    }

    @Test func `one of the peer that has the most, the new one counted`() {
        let uses = [(use: Connection.Use.idle, since: Int64(9)), (.idle, 5), (.idle, 1), (.idle, 7)]
        let peers = ["192.0.2.1", "192.0.2.2", "192.0.2.2", "192.0.2.3"]
        #expect(Self.loser(of: uses, peers: peers, newcomer: "192.0.2.9") == 1)
        #expect(Self.loser(of: uses, peers: peers, newcomer: "192.0.2.2") == 1)
        // With one more the third has as many as the second.
        #expect(Self.loser(of: uses, peers: peers, newcomer: "192.0.2.3") == 3)
    }
}
