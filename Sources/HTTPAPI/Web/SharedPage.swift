// SPDX-License-Identifier: Apache-2.0
import Aggregation
import NIOCore
import Synchronization

/// One rendered page, which any number of answers may hold at once.
final class SharedPage: Sendable {
    let body: ByteBuffer
    let isGzip: Bool
    /// The moment whose series a page of metrics shows; `nil` for other pages, and if series are never shown at zero.
    let births: BirthHorizon?
    /// Whether only the next page has the values of the newest series.
    let holdsBack: Bool
    private let readers = Mutex((byChannel: [ObjectIdentifier: any Channel](), isWithdrawn: false))

    /// The error for an answer whose page was withdrawn before it could be written.
    struct Withdrawn: Error {}

    init(body: ByteBuffer, isGzip: Bool, births: BirthHorizon? = nil, holdsBack: Bool = false) {
        (self.body, self.isGzip, self.births, self.holdsBack) = (body, isGzip, births, holdsBack)
    }

    /// The hold of one answer on its page.
    struct Holding {
        fileprivate let page: SharedPage
        fileprivate let channel: any Channel

        /// Releases the page.
        func end() { _ = page.readers.withLock { $0.byChannel.removeValue(forKey: ObjectIdentifier(channel)) } }
    }

    /// Notes that a connection begins writing the page.
    ///
    /// - Throws: ``Withdrawn``.
    func join(_ channel: any Channel) throws -> Holding {
        try readers.withLock { readers in
            guard !readers.isWithdrawn else { throw Withdrawn() }
            readers.byChannel[ObjectIdentifier(channel)] = channel
        }
        return Holding(page: self, channel: channel)
    }

    /// Ends every connection that is still writing the page, which frees its memory.
    ///
    /// - Returns: The number of these connections.
    func withdraw() -> Int {
        let channels = readers.withLock { readers in
            readers.isWithdrawn = true
            return Array(readers.byChannel.values)
        }
        for channel in channels {
            channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(Connection.GivesWay()) }
        }
        return channels.count
    }
}

/// The pages that answers hold, with a ceiling on their total bytes.
///
/// When a new page exceeds it, the oldest pages are withdrawn, since their readers have had the most time.
final class PageShelf: Sendable {
    private struct Entry {
        weak let page: SharedPage?
    }

    private let limit: Int
    private let events: ConnectionEvents
    private let entries = Mutex([Entry]())

    /// - Parameters:
    ///   - limit: The most bytes of pages in addition to the newest one.
    ///   - events: Counts the connections that are closed.
    init(limit: Int, events: ConnectionEvents) {
        self.limit = limit
        self.events = events
    }

    /// The total bytes of the pages that answers hold.
    var bytes: Int { entries.withLock { $0.reduce(0) { $0 + ($1.page?.body.readableBytes ?? 0) } } }

    /// Adds a page that was just rendered.
    func add(_ page: SharedPage) {
        let withdrawn = entries.withLock { entries -> [SharedPage] in
            entries.removeAll { $0.page == nil }
            let held = entries.compactMap(\.page)
            var excess = held.reduce(0) { $0 + $1.body.readableBytes } - limit
            var count = 0
            while excess > 0, count < held.count {
                excess -= held[count].body.readableBytes
                count += 1
            }
            entries.removeFirst(count)
            entries.append(Entry(page: page))
            return Array(held[..<count])
        }
        for page in withdrawn {
            for _ in 0..<page.withdraw() { events.count(.gaveWay(.unreadAnswer)) }
        }
    }
}
