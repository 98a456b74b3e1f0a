// SPDX-License-Identifier: Apache-2.0
import NIOCore
import Synchronization

/// One rendered page, which any number of answers may hold at once.
final class SharedPage: Sendable {
    let body: ByteBuffer
    let isGzip: Bool
    private let readers = Mutex((byChannel: [ObjectIdentifier: any Channel](), isWithdrawn: false))

    /// What an answer gets that asks for a page which its peers did not read in time.
    struct Withdrawn: Error {}

    init(body: ByteBuffer, isGzip: Bool) {
        (self.body, self.isGzip) = (body, isGzip)
    }

    /// The hold of one answer on its page.
    struct Holding {
        fileprivate let page: SharedPage
        fileprivate let channel: any Channel

        /// Lets the page go.
        func end() { _ = page.readers.withLock { $0.byChannel.removeValue(forKey: ObjectIdentifier(channel)) } }
    }

    /// Notes that a connection begins to write the page.
    ///
    /// - Throws: ``Withdrawn``.
    func join(_ channel: any Channel) throws -> Holding {
        try readers.withLock { readers in
            guard !readers.isWithdrawn else { throw Withdrawn() }
            readers.byChannel[ObjectIdentifier(channel)] = channel
        }
        return Holding(page: self, channel: channel)
    }

    /// Ends every connection that still writes the page, so that its memory is free.
    ///
    /// - Returns: How many connections these are.
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

/// The pages that answers hold: their bytes together have a ceiling.
///
/// Where a new page would be over it, the oldest pages are withdrawn: their readers had the time in which all newer pages
/// were rendered.
final class PageShelf: Sendable {
    private struct Entry {
        weak let page: SharedPage?
    }

    private let limit: Int
    private let events: ConnectionEvents
    private let entries = Mutex([Entry]())

    /// - Parameters:
    ///   - limit: The most bytes of pages that are held besides the newest one.
    ///   - events: Where connections are counted that lose their page.
    init(limit: Int, events: ConnectionEvents) {
        self.limit = limit
        self.events = events
    }

    /// The bytes of all pages that are held.
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
