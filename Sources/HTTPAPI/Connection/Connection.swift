// SPDX-License-Identifier: Apache-2.0
import NIOCore
import Synchronization

/// One open connection: its peer and its use.
final class Connection: Sendable {
    /// What a connection is doing.
    ///
    /// Connections give way to a new one in this order, except for the moments named below; to give way is to be closed for it.
    enum Use: UInt64, Sendable {
        /// Waiting for a request, or for the rest of its headers.
        case idle
        /// Waiting for its peer to read an answer. The peer has a moment for that, in which the connection gives way after
        /// all others.
        case unreadAnswer
        /// Receiving the body of a request.
        case reading
        /// Just opened, with no request yet; it has a moment for its first one and then counts as idle.
        case new
        /// The listener is working on its request; such a connection never gives way. The number before it is the rank of an
        /// answer that was just handed over.
        case working = 5
    }

    /// The event that ends a connection at once, whatever it is doing.
    struct GivesWay: Sendable {}

    let channel: any Channel
    let peer: PeerAddress
    /// The use in the three highest bits, and below them the time since which it lasts, in nanoseconds of NIO's clock.
    private let state: Atomic<UInt64>
    private let task = Mutex<Task<Void, Never>?>(nil)
    private let gaveWay = Atomic(false)
    private let quiesced = Atomic(false)

    init(_ channel: any Channel, peer: PeerAddress, at now: NIODeadline = .now()) {
        self.channel = channel
        self.peer = peer
        state = Atomic(Self.packed(.new, now))
    }

    /// Sets the use.
    func note(_ use: Use, at now: NIODeadline) { state.store(Self.packed(use, now), ordering: .relaxed) }

    /// The current use.
    var use: Use { Use(rawValue: state.load(ordering: .relaxed) >> Self.timeBits) ?? .working }

    /// The rank of the connection: the lowest one gives way first.
    ///
    /// It is ordered by use, and within a use by its duration.
    ///
    /// - Parameter now: The time now.
    /// - Returns: The rank; ``workingRank`` or above for a connection that does not give way.
    func rank(at now: NIODeadline) -> UInt64 {
        let rank = state.load(ordering: .relaxed)
        let since = rank & Self.timeMask
        let isRecent = now.uptimeNanoseconds &- since < Self.momentNanoseconds
        return switch use {
        // New connections must not evict each other before any of them could send a request.
        case .new where !isRecent: Use.idle.rawValue << Self.timeBits | since
        // A crowd of new connections must not cut off the answer of a scraper that is reading it.
        case .unreadAnswer where isRecent: Self.recentAnswerRank | since
        default: rank
        }
    }

    /// Connections of this rank or above do not give way.
    static let workingRank = Use.working.rawValue << timeBits

    /// Between ``Use/new`` and ``Use/working``.
    private static let recentAnswerRank: UInt64 = 4 << timeBits
    /// The time, 1 s, that a new connection has for its first request, and its peer for an answer.
    private static let momentNanoseconds: UInt64 = 1_000_000_000
    private static let timeBits: UInt64 = 61
    private static let timeMask: UInt64 = 1 << timeBits - 1

    private static func packed(_ use: Use, _ now: NIODeadline) -> UInt64 {
        use.rawValue << timeBits | now.uptimeNanoseconds & timeMask
    }

    /// Whether the connection has to close once its requests are answered.
    var isToQuiesce: Bool { quiesced.load(ordering: .relaxed) }

    /// Whether the connection has to end at once.
    var isToEnd: Bool { gaveWay.load(ordering: .relaxed) }

    /// Remembers the task that serves the connection.
    func begin(_ task: Task<Void, Never>) { self.task.withLock { $0 = task } }

    /// Ends the connection at once.
    func giveWay() {
        gaveWay.store(true, ordering: .relaxed)
        cancel()
        let channel = channel
        channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(GivesWay()) }
    }

    /// Cancels the task that serves the connection, which closes the connection.
    func cancel() { task.withLock { $0 }?.cancel() }

    /// Closes the connection once its requests are answered.
    func quiesce() {
        quiesced.store(true, ordering: .relaxed)
        let channel = channel
        channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    }
}
