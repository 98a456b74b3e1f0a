// SPDX-License-Identifier: Apache-2.0

/// The bodies that share an ``InFlightBudget``, and its rules.
struct InFlightBodies {
    private struct Body {
        let number: UInt64
        var held = 0
        /// Whether it may have to give way: as long as it is being received or waits for a worker.
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
    /// What of it small bodies hold.
    private var reservedBySmall = 0

    init(limit: Int, keptForOldest: Int, keptForSmall: Int, smallBody: Int, largestBody: Int) {
        self.limit = limit
        self.keptForOldest = keptForOldest
        self.keptForSmall = keptForSmall
        self.smallBody = smallBody
        self.largestBody = largestBody
    }

    /// Takes a body in, which is the youngest now.
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

    /// Lets a body have more.
    ///
    /// - Parameters:
    ///   - number: The body.
    ///   - total: What it wants to hold, in bytes.
    ///   - evicted: Gets what is to be called of bodies that gave way.
    /// - Returns: Whether it holds that much now.
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

    /// Takes a body out.
    ///
    /// - Returns: What it held, in bytes; 0 when it is out already.
    mutating func leave(_ number: UInt64) -> Int {
        guard let index = index(of: number) else { return 0 }
        let held = bodies[index].held
        hold(0, index)
        bodies.remove(at: index)
        return held
    }

    /// How many bytes a body would have too many, if it held that much.
    private func missing(_ index: Int, _ total: Int) -> Int {
        let body = bodies[index]
        let isSmall = total <= smallBody
        // The oldest may use all that is kept for anybody.
        guard index > 0 else { return reserved - body.held - (limit - min(total, limit)) }
        var free = limit - (reserved - body.held) - max(0, keptForOldest - bodies[0].held)
        if !isSmall {
            free -= max(0, keptForSmall - (reservedBySmall - (body.held <= smallBody ? body.held : 0)))
        }
        return total - free
    }

    /// Has the youngest bodies give way, if that makes enough room.
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
