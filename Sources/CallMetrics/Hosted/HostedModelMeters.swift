// SPDX-License-Identifier: Apache-2.0
import Aggregation
import GenAI
import Pricing

/// The meters of all models whose machines are paid by the clock, and what was used of them since the last minute.
struct CapacityMeters {
    /// Where a share of the price goes: the series of those who pay it, which outlive every book and cache.
    struct Payer: Hashable {
        let cost: SeriesID
        /// The same dollars by token class, where there is such a family.
        var fee: SeriesID?
    }

    /// Calls of one payer that are counted together.
    struct Use {
        /// The id of the model.
        let model: String
        let payer: Payer
        let outputTokens: Int64
        let allTokens: Int64

        init(of model: String, by payer: Payer, _ usage: TokenUsage) {
            self.model = model
            self.payer = payer
            var (output, all): (Int128, Int128) = (0, 0)
            for tokenClass in usage.classes {
                all += Int128(usage[tokenClass])
                if !tokenClass.isInputSide { output += Int128(usage[tokenClass]) }
            }
            outputTokens = Int64(clamping: output)
            allTokens = Int64(clamping: all)
        }
    }

    /// A share of the price of some time.
    struct Charge {
        /// Who pays it.
        enum Bearer {
            case payer(Payer)
            /// Nobody had tokens.
            case idle
            /// Those who found no room among the payers of the minute.
            case overflow
        }

        let plan: HostedPlan
        let bearer: Bearer
        let amount: Dollars
    }

    private struct Metered {
        let plan: HostedPlan
        var meter: CapacityMeter
        /// The payers since the last tick, under their numbers; a number holds until then.
        var payers: [Payer] = []
        var numbers: [Payer: UInt32] = [:]
    }

    private var metered: [Metered] = []
    /// The places of the meters by the id of their model.
    private var places: [String: Int] = [:]
    /// When the last minute ended.
    private var latest: UInt64 = 0
    private let payerLimit: Int
    /// How often a use came from a payer for whom there was no room.
    private(set) var overflows: UInt64 = 0

    private static let minute: UInt64 = 60_000_000_000
    private static let overflowNumber = UInt32.max

    /// Begins without a meter.
    ///
    /// - Parameter payerLimit: How many payers a model may have in a minute; later ones pay as one.
    init(payerLimit: Int = 10_000) { self.payerLimit = payerLimit }

    /// Brings other plans into force.
    ///
    /// Meters of plans that stay as they are go on; the time of others is charged by the old plan until now.
    ///
    /// - Parameters:
    ///   - plans: The plans from now on, each model once.
    ///   - now: The time, in nanoseconds of a clock that never goes back.
    /// - Returns: What is to be paid for meters that stop.
    mutating func replace(_ plans: [HostedPlan], at now: UInt64) -> [Charge] {
        if metered.isEmpty { latest = now }
        let staying = Set(plans)
        var charges: [Charge] = []
        for place in metered.indices where !staying.contains(metered[place].plan) { tick(place, at: now, to: &charges) }
        let before = Dictionary(uniqueKeysWithValues: metered.map { ($0.plan, $0) })
        metered = plans.map { plan in
            before[plan] ?? Metered(plan: plan, meter: CapacityMeter(hourlyPrice: plan.hourlyPrice, startingAt: now))
        }
        places = Dictionary(uniqueKeysWithValues: plans.enumerated().map { ($1.model, $0) })
        return charges
    }

    /// Counts tokens.
    ///
    /// Those of a model without a meter are nobody's: the plan that priced them is no longer in force, and its time is paid.
    mutating func add(_ use: Use) {
        guard use.allTokens > 0, let place = places[use.model] else { return }
        let number = number(of: use.payer, at: place)
        metered[place].meter.add(outputTokens: use.outputTokens, allTokens: use.allTokens, of: number)
    }

    /// Shares out the minute, once it is over.
    ///
    /// - Parameters:
    ///   - now: The time, in nanoseconds of a clock that never goes back.
    ///   - isLast: Whether no other tick may come, so that the minute ends now.
    /// - Returns: The shares; they add up to the price of the time since the last tick.
    mutating func tick(at now: UInt64, isLast: Bool) -> [Charge] {
        guard !metered.isEmpty, now > latest, isLast || now - latest >= Self.minute else { return [] }
        // Minutes keep their beat, however late a tick comes.
        latest += (now - latest) / Self.minute * Self.minute
        var charges: [Charge] = []
        for place in metered.indices { tick(place, at: now, to: &charges) }
        return charges
    }

    private mutating func tick(_ place: Int, at now: UInt64, to charges: inout [Charge]) {
        let (plan, payers) = (metered[place].plan, metered[place].payers)
        for share in metered[place].meter.tick(at: now) {
            let bearer: Charge.Bearer =
                switch share.payer {
                case nil: .idle
                case Self.overflowNumber: .overflow
                case let number?: .payer(payers[Int(number)])
                }
            charges.append(Charge(plan: plan, bearer: bearer, amount: share.amount))
        }
        metered[place].payers.removeAll(keepingCapacity: true)
        metered[place].numbers.removeAll(keepingCapacity: true)
    }

    private mutating func number(of payer: Payer, at place: Int) -> UInt32 {
        if let known = metered[place].numbers[payer] { return known }
        guard metered[place].payers.count < payerLimit else {
            overflows += 1
            return Self.overflowNumber
        }
        let number = UInt32(metered[place].payers.count)
        metered[place].payers.append(payer)
        metered[place].numbers[payer] = number
        return number
    }

    /// The value of `operation` for time in which nobody had tokens.
    static let idle = "_idle"
}
