// SPDX-License-Identifier: Apache-2.0

/// The bodies that share an ``InFlightBudget``, and its rules.
struct InFlightBodies {
    private struct Body {
        let number: UInt64
        let peer: UInt64
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
    /// - Parameters:
    ///   - peer: A number for its sender's address.
    ///   - giveWay: Called when it has to give way.
    /// - Returns: Its number.
    mutating func enter(from peer: UInt64, _ giveWay: @escaping @Sendable () -> Void) -> UInt64 {
        latest += 1
        bodies.append(Body(number: latest, peer: peer, giveWay: giveWay))
        return latest
    }

    func hasRoom(_ number: UInt64, for total: Int) -> Bool {
        guard let index = index(of: number) else { return false }
        guard total > bodies[index].held, total <= largestBody else { return total <= bodies[index].held }
        let missing = missing(index, total)
        return missing <= 0 || losers(missing, for: index, total) != nil
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
            if let losers = losers(missing, for: index, total) {
                evict(losers, &evicted)
                // The body itself may have moved up.
                return grow(number, to: total, &evicted)
            }
            guard index == 0 else { return false }
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

    /// The bodies that give way for another, if that makes enough room.
    ///
    /// First those of peers that hold more without them than the body's own peer would hold then; of the peer that holds the
    /// most, the youngest first. The oldest body is none of them. Then those that are younger than the body, the youngest
    /// first, except those of peers that hold less than a part in ``mostUneven`` of what the body's own peer would hold.
    ///
    /// - Returns: Their indices in order, or `nil`.
    private func losers(_ bytes: Int, for index: Int, _ total: Int) -> [Int]? {
        let isSmall = total <= smallBody
        var (heldBy, candidates): ([UInt64: Int], [UInt64: [Int]]) = ([:], [:])
        for (position, body) in bodies.enumerated() where body.held > 0 && position != index {
            heldBy[body.peer, default: 0] += body.held
            // A small body does not give way to a large one.
            guard body.mayGiveWay, isSmall || body.held > smallBody else { continue }
            candidates[body.peer, default: []].append(position)
        }
        let own = bodies[index].peer
        let fair = heldBy[own, default: 0] + total
        candidates[own]?.removeAll { $0 < index }
        var (freed, losers) = (0, [Int]())
        func lose(_ position: Int) {
            freed += bodies[position].held
            heldBy[bodies[position].peer, default: 0] -= bodies[position].held
            losers.append(position)
        }
        /// What a peer holds without the body that it would lose.
        func rest(_ peer: UInt64) -> Int {
            guard peer != own, let position = candidates[peer]?.last, position > 0 else { return -1 }
            return heldBy[peer, default: 0] - bodies[position].held
        }
        while freed < bytes {
            guard let greediest = candidates.keys.max(by: { rest($0) < rest($1) }), rest(greediest) >= fair,
                let position = candidates[greediest]?.popLast()
            else { break }
            lose(position)
        }
        // A peer that holds little in comparison loses nothing because its body came last.
        let younger = candidates.values.joined().filter {
            $0 > index && heldBy[bodies[$0].peer, default: 0] >= fair / Self.mostUneven
        }.sorted(by: >)
        for position in younger where freed < bytes { lose(position) }
        return freed >= bytes ? losers.sorted(by: >) : nil
    }

    /// The largest ratio between what two peers hold at which a body of the one gives way because it is younger.
    private static let mostUneven = 8

    private mutating func evict(_ losers: [Int], _ evicted: inout [@Sendable () -> Void]) {
        for position in losers {
            evicted.append(bodies[position].giveWay)
            hold(0, position)
            bodies.remove(at: position)
        }
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
