// SPDX-License-Identifier: Apache-2.0

/// The bodies that share an ``InFlightBudget``, and its rules.
struct InFlightBodies {
    private struct Body {
        let number: UInt64
        var held = 0
        /// Whether it may have to give way: while it is being received or waits for a worker.
        var mayGiveWay = true
        let giveWay: @Sendable () -> Void
    }

    let limit: Int
    let keptForOldest: Int
    let keptForSmall: Int
    let smallBody: Int
    let largestBody: Int

    /// From the oldest to the youngest.
    private var bodies: [Body] = []
    private var latest: UInt64 = 0
    private(set) var reserved = 0
    /// The part of the reserved bytes that small bodies hold.
    private var reservedBySmall = 0

    init(limit: Int, keptForOldest: Int, keptForSmall: Int, smallBody: Int, largestBody: Int) {
        self.limit = limit
        self.keptForOldest = keptForOldest
        self.keptForSmall = keptForSmall
        self.smallBody = smallBody
        self.largestBody = largestBody
    }

    /// Adds a body, the youngest from now on.
    ///
    /// - Returns: Its number.
    mutating func enter(_ giveWay: @escaping @Sendable () -> Void) -> UInt64 {
        latest += 1
        bodies.append(Body(number: latest, giveWay: giveWay))
        return latest
    }

    func hasRoom(_ number: UInt64, for total: Int) -> Bool {
        guard let index = index(of: number) else { return false }
        return total <= bodies[index].held || missing(index, total) <= 0
    }

    /// Enlarges a body's share.
    ///
    /// - Parameters:
    ///   - number: The body.
    ///   - total: The size that it asks for, in bytes.
    ///   - evicted: Gets the closures to call for the bodies that gave way.
    /// - Returns: Whether the body holds that much now.
    mutating func grow(_ number: UInt64, to total: Int, _ evicted: inout [@Sendable () -> Void]) -> Bool {
        guard let index = index(of: number) else { return false }
        guard total > bodies[index].held else { return true }
        guard total <= largestBody else { return false }
        let missing = missing(index, total)
        if missing > 0 {
            let isEnough = makeRoom(missing, for: index, isSmall: total <= smallBody, &evicted)
            guard isEnough || index == 0 else { return false }
        }
        hold(total, index)
        return true
    }

    mutating func beginWork(_ number: UInt64) -> Bool {
        guard let index = index(of: number) else { return false }
        bodies[index].mayGiveWay = false
        return true
    }

    /// Removes a body.
    ///
    /// - Returns: The bytes that it held; 0 when it was removed before.
    mutating func leave(_ number: UInt64) -> Int {
        guard let index = index(of: number) else { return 0 }
        let held = bodies[index].held
        hold(0, index)
        bodies.remove(at: index)
        return held
    }

    /// The number of bytes by which a body of this size would exceed the free room.
    private func missing(_ index: Int, _ total: Int) -> Int {
        let body = bodies[index]
        let isSmall = total <= smallBody
        // The oldest body may use all reserves.
        guard index > 0 else { return reserved - body.held - (limit - min(total, limit)) }
        var free = limit - (reserved - body.held) - max(0, keptForOldest - bodies[0].held)
        if !isSmall {
            free -= max(0, keptForSmall - (reservedBySmall - (body.held <= smallBody ? body.held : 0)))
        }
        return total - free
    }

    /// Makes the youngest bodies give way, if that frees enough room.
    private mutating func makeRoom(
        _ bytes: Int, for index: Int, isSmall: Bool, _ evicted: inout [@Sendable () -> Void]
    ) -> Bool {
        let younger = bodies.indices.reversed().prefix { $0 > index }.filter {
            bodies[$0].mayGiveWay && bodies[$0].held > 0 && (isSmall || bodies[$0].held > smallBody)
        }
        guard younger.reduce(0, { $0 + bodies[$1].held }) >= bytes else { return false }
        var freed = 0
        for index in younger where freed < bytes {
            freed += bodies[index].held
            evicted.append(bodies[index].giveWay)
            hold(0, index)
            bodies.remove(at: index)
        }
        return true
    }

    private mutating func hold(_ total: Int, _ index: Int) {
        let before = bodies[index].held
        if before <= smallBody { reservedBySmall -= before }
        if total <= smallBody { reservedBySmall += total }
        reserved += total - before
        bodies[index].held = total
    }

    private func index(of number: UInt64) -> Int? {
        var (low, high) = (0, bodies.count)
        while low < high {
            let middle = (low + high) / 2
            if bodies[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low < bodies.count && bodies[low].number == number ? low : nil
    }
}
