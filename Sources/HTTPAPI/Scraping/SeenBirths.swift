// SPDX-License-Identifier: Apache-2.0
import Aggregation

/// What the scrapers of one address and User-Agent have seen of the births of series.
///
/// Several scrapers may share both (two servers on one machine). Each has a connection of its own, so that a new series stays
/// at zero until the scraper on each open connection has had a page since its birth. The horizon only rises: a series that one
/// of them has seen with its value is never shown to any of them at zero again, on any connection.
struct SeenBirths: Sendable {
    private struct Member {
        let connection: Int
        /// The latest page that it got.
        var page: BirthHorizon
        /// How many pages others got since.
        var missed = 0
    }

    private var members: [Member] = []
    /// The connections whose last page held values back; they may be closed.
    private(set) var heldBack: Set<Int> = []
    /// The latest page with the values of all series.
    private var shownWhole: BirthHorizon?

    /// The moment before which every scraper has seen all series; `nil` before the first answer.
    private(set) var horizon: BirthHorizon?

    /// The largest number of connections that are distinguished; beyond it, the one that missed most pages does not count.
    static let mostMembers = 8
    /// A scraper that has missed more pages than this holds nothing back, so that a slow one costs the others a bounded time.
    static let mostMissed = 8

    /// Notes that a page with the values of all series is about to be sent, whether or not it arrives.
    ///
    /// - Parameter page: The moment of the page.
    mutating func noteWhole(_ page: BirthHorizon) {
        shownWhole = max(page, shownWhole ?? page)
        if let known = horizon { horizon = max(known, page) }
    }

    /// Notes that a page was sent completely.
    ///
    /// - Parameters:
    ///   - page: The moment of the page.
    ///   - holdsBack: Whether it may show a series at zero in place of its value.
    ///   - connection: The connection that it went to.
    mutating func noteAnswer(_ page: BirthHorizon, holdsBack: Bool = false, on connection: Int) {
        var isKnown = false
        for index in members.indices {
            if members[index].connection == connection {
                members[index].page = max(page, members[index].page)
                members[index].missed = 0
                isKnown = true
            } else {
                members[index].missed += 1
            }
        }
        if !isKnown {
            if members.count == Self.mostMembers,
                let slowest = members.indices.max(by: { members[$0].missed < members[$1].missed })
            {
                members.remove(at: slowest)
            }
            members.append(Member(connection: connection, page: page))
            // The scraper may have had its last page on a connection that is closed.
            heldBack.formIntersection(members.map(\.connection))
        }
        if holdsBack { heldBack.insert(connection) } else { heldBack.remove(connection) }
        rise()
    }

    /// Notes that a connection is closed, so that its scraper, if it returns, is another one.
    mutating func noteClosed(_ connection: Int) {
        members.removeAll { $0.connection == connection }
        rise()
    }

    private mutating func rise() {
        let pages = members.lazy.filter { $0.missed <= Self.mostMissed }.map(\.page)
        guard let oldest = pages.min() else { return }
        horizon = max(oldest, horizon ?? oldest, shownWhole ?? oldest)
    }
}
