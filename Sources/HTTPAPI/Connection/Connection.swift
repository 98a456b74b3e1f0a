// SPDX-License-Identifier: Apache-2.0
import NIOCore
import Synchronization

/// One open connection: whose it is, and what it is doing.
final class Connection: Sendable {
    /// What a connection is doing, in the order in which connections give way to a new one.
    enum Use: UInt64, Sendable {
        /// Waiting for a request, or for the rest of its headers.
        case idle
        /// Waiting for its peer to read an answer.
        case unreadAnswer
        /// Receiving the body of a request.
        case reading
        /// Just opened, with no request yet; it has a moment for its first one and then counts as idle.
        case new
        /// Having its request worked on; such a connection never gives way.
        case working
    }

    /// The event that ends a connection at once, whatever it is doing.
    struct GivesWay: Sendable {}

    let channel: any Channel
    let peer: PeerAddress
    /// The use in the three highest bits, and below since when, in nanoseconds of NIO's clock.
    private let state: Atomic<UInt64>
    private let task = Mutex<Task<Void, Never>?>(nil)
    private let gaveWay = Atomic(false)
    private let quiesced = Atomic(false)

    init(_ channel: any Channel, peer: PeerAddress, at now: NIODeadline = .now()) {
        self.channel = channel
        self.peer = peer
        state = Atomic(Self.packed(.new, now))
    }

    /// Notes what the connection does from now on.
    func note(_ use: Use, at now: NIODeadline) { state.store(Self.packed(use, now), ordering: .relaxed) }

    /// What it does now.
    var use: Use { Use(rawValue: state.load(ordering: .relaxed) >> Self.timeBits) ?? .working }

    /// Orders connections by who gives way first: by use, and within one the connection that has been at it longest.
    ///
    /// - Parameter now: The time now.
    /// - Returns: The rank; ``workingRank`` and above for connections that do not give way.
    func rank(at now: NIODeadline) -> UInt64 {
        let rank = state.load(ordering: .relaxed)
        let isNew = rank >> Self.timeBits == Use.new.rawValue
        guard isNew else { return rank }
        let since = rank & Self.timeMask
        // New connections do not push each other out before any of them could ask for something.
        return now.uptimeNanoseconds &- since >= Self.newNanoseconds ? Use.idle.rawValue << Self.timeBits | since : rank
    }

    /// Connections of this rank and above are being worked on.
    static let workingRank = Use.working.rawValue << timeBits

    private static let newNanoseconds: UInt64 = 1_000_000_000
    private static let timeBits: UInt64 = 61
    private static let timeMask: UInt64 = 1 << timeBits - 1

    private static func packed(_ use: Use, _ now: NIODeadline) -> UInt64 {
        use.rawValue << timeBits | now.uptimeNanoseconds & timeMask
    }

    /// Whether it was told to close once its requests are answered.
    var isToQuiesce: Bool { quiesced.load(ordering: .relaxed) }

    /// Whether it was told to end.
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

    /// Has the task that serves the connection end, which closes the connection.
    func cancel() { task.withLock { $0 }?.cancel() }

    /// Has the connection close once its requests are answered.
    func quiesce() {
        quiesced.store(true, ordering: .relaxed)
        let channel = channel
        channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    }
}
