// SPDX-License-Identifier: Apache-2.0
import Aggregation
import GenAI
import Pricing

/// The meters of all models whose machines are paid by the clock, and what was used of them since the last minute.
struct HostedModelMeters {
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
            /// Time without tokens.
            case idle
            /// Those who found no room among the payers of the minute.
            case overflow
        }

        let model: HostedModel
        let bearer: Bearer
        let amount: Dollars
    }

    private struct Metered {
        let model: HostedModel
        var meter: HostedModelMeter
        /// The payers since the last tick, under their numbers; a number holds until then.
        var payers: [Payer] = []
        var numbers: [Payer: UInt32] = [:]
    }

    private var metered: [Metered] = []
    /// The indices of the meters by the id of their model.
    private var indices: [String: Int] = [:]
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

    /// Replaces the hosted models.
    ///
    /// Meters of models whose price stays the same go on; the others are charged by the old price until now.
    ///
    /// - Parameters:
    ///   - models: The models from now on, each once.
    ///   - now: The time, in nanoseconds of a clock that never goes back.
    /// - Returns: What is to be paid for meters that stop.
    mutating func replace(_ models: [HostedModel], at now: UInt64) -> [Charge] {
        if metered.isEmpty { latest = now }
        let staying = Set(models)
        var charges: [Charge] = []
        for index in metered.indices where !staying.contains(metered[index].model) {
            tick(index, at: now, to: &charges)
        }
        let before = Dictionary(uniqueKeysWithValues: metered.map { ($0.model, $0) })
        metered = models.map { model in
            before[model]
                ?? Metered(model: model, meter: HostedModelMeter(hourlyPrice: model.hourlyPrice, startingAt: now))
        }
        indices = Dictionary(uniqueKeysWithValues: models.enumerated().map { ($1.model, $0) })
        return charges
    }

    /// Counts tokens.
    ///
    /// Ignores the tokens of a model without a meter: the price that applied to them is no longer in force, and its time is
    /// paid.
    mutating func add(_ use: Use) {
        guard use.allTokens > 0, let index = indices[use.model] else { return }
        let number = number(of: use.payer, at: index)
        metered[index].meter.add(outputTokens: use.outputTokens, allTokens: use.allTokens, of: number)
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
        for index in metered.indices { tick(index, at: now, to: &charges) }
        return charges
    }

    private mutating func tick(_ index: Int, at now: UInt64, to charges: inout [Charge]) {
        let (model, payers) = (metered[index].model, metered[index].payers)
        for share in metered[index].meter.tick(at: now) {
            let bearer: Charge.Bearer =
                switch share.payer {
                case nil: .idle
                case Self.overflowNumber: .overflow
                case let number?: .payer(payers[Int(number)])
                }
            charges.append(Charge(model: model, bearer: bearer, amount: share.amount))
        }
        metered[index].payers.removeAll(keepingCapacity: true)
        metered[index].numbers.removeAll(keepingCapacity: true)
    }

    private mutating func number(of payer: Payer, at index: Int) -> UInt32 {
        if let known = metered[index].numbers[payer] { return known }
        guard metered[index].payers.count < payerLimit else {
            overflows += 1
            return Self.overflowNumber
        }
        let number = UInt32(metered[index].payers.count)
        metered[index].payers.append(payer)
        metered[index].numbers[payer] = number
        return number
    }

    /// The value of `operation` for time without tokens.
    static let idle = "_idle"
}
