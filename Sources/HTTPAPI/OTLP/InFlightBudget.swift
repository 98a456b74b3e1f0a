// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// A ceiling on the memory of all bodies that are being received or worked on.
///
/// A body takes room as its bytes arrive and as it needs more to be worked on, never for what a header declares. Three rules
/// keep bodies from blocking each other:
///
/// - The oldest body may always go on. Room for the largest body, at most half of the limit, is kept for it. If it needs more,
///   the oldest body alone may exceed the limit.
/// - When a body finds no room, bodies that are still being received give way, which means that they are refused and give back
///   their room. They do so only if that frees enough, and a small body does not give way to a large one. First come those of
///   a peer that holds more without them than the peer of the body that asks would hold, so that one sender with many slow
///   bodies keeps no room from others; then those that are younger than the body that asks, except those of peers that hold far
///   less than its peer. Otherwise that body is refused.
/// - An eighth of the limit is kept for small bodies.
final class InFlightBudget: Sendable {
    /// The ceiling in bytes.
    let limit: Int
    /// The most that one body may take, in bytes.
    let largestBody: Int
    /// The size, in bytes, up to which a body is small.
    let smallBody: Int
    private let bodies: Mutex<InFlightBodies>

    /// - Parameters:
    ///   - limit: The ceiling in bytes.
    ///   - largestBody: The most that one body may take, in bytes, or more.
    init(limit: Int, largestBody: Int) {
        self.limit = limit
        self.largestBody = max(largestBody, limit)
        smallBody = min(2 << 20, limit / 16)
        bodies = Mutex(
            InFlightBodies(
                limit: limit, keptForOldest: min(largestBody, limit / 2), keptForSmall: limit / 8,
                smallBody: smallBody, largestBody: self.largestBody))
    }

    /// The bytes reserved now.
    var reservedBytes: Int { bodies.withLock { $0.reserved } }

    fileprivate func enter(from peer: UInt64, _ giveWay: @escaping @Sendable () -> Void) -> UInt64 {
        bodies.withLock { $0.enter(from: peer, giveWay) }
    }

    fileprivate func hasRoom(_ number: UInt64, for total: Int) -> Bool {
        bodies.withLock { $0.hasRoom(number, for: total) }
    }

    fileprivate func grow(_ number: UInt64, to total: Int) -> Bool {
        var evicted: [@Sendable () -> Void] = []
        let isGranted = bodies.withLock { $0.grow(number, to: total, &evicted) }
        for giveWay in evicted { giveWay() }
        return isGranted
    }

    fileprivate func beginWork(_ number: UInt64) -> Bool { bodies.withLock { $0.beginWork(number) } }
    fileprivate func leave(_ number: UInt64) -> Int { bodies.withLock { $0.leave(number) } }
}

/// One body's share of the budget: grown ahead of need, given back once.
final class InFlightShare: Sendable {
    private let budget: InFlightBudget
    private let number: UInt64

    /// - Parameters:
    ///   - budget: Where the bytes come from.
    ///   - peer: A number for the address of the body's sender.
    ///   - giveWay: Called at most once, on any thread, when the body has to give way to another. The share is empty from then
    ///     on and cannot grow.
    init(of budget: InFlightBudget, from peer: UInt64 = 0, giveWay: @escaping @Sendable () -> Void = {}) {
        self.budget = budget
        number = budget.enter(from: peer, giveWay)
    }

    /// The limit of the budget, for messages.
    var limit: Int { budget.limit }

    /// Whether there is room for a size, or room could be made; does not take it.
    func hasRoom(for total: Int) -> Bool { budget.hasRoom(number, for: total) }

    /// Makes the share at least so large.
    ///
    /// - Parameter total: The wanted size in bytes; a smaller one than is held changes nothing.
    /// - Returns: Whether there is room. If not, the share stays as it was, or the body had given way before.
    func grow(to total: Int) -> Bool { budget.grow(number, to: total) }

    /// Notes that the body is being worked on: from now on it does not give way.
    ///
    /// - Returns: `false` if it had to give way before.
    func beginWork() -> Bool { budget.beginWork(number) }

    /// Gives everything back; further calls do nothing.
    ///
    /// - Returns: The bytes that it held.
    @discardableResult
    func release() -> Int { budget.leave(number) }
}
