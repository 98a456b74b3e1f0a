// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP
import Pricing

/// What calls must have in common to be added up as one: every label of every series they belong to, and the card that
/// prices them.
///
/// Packed into words, which compare and hash in a fraction of the time that symbols one by one take.
struct CallTallyKey: Equatable {
    private let modelAndOperation: UInt64
    private let providerAndError: UInt64
    private let attributionAndCard: UInt64
    /// Kind and reason of the verdict, then flags.
    private let rest: UInt32

    @inline(__always)
    init(_ call: borrowing ModelCall, _ verdict: PriceVerdict, model: Symbol) {
        modelAndOperation = UInt64(model.number) << 32 | UInt64(call.operation.number)
        providerAndError = UInt64(call.provider.number) << 32 | UInt64(call.errorType.number)
        attributionAndCard = UInt64(call.attribution.number) << 32 | UInt64(verdict.card ?? .max)
        let estimate = verdict.estimate.map { UInt32($0.number) + 1 } ?? 0
        let flags: UInt32 = (call.hasFailed ? 1 : 0) | (call.reportsUsage ? 2 : 0) | estimate << 2
        rest = UInt32(verdict.kind.rawValue) << 16 | UInt32(verdict.reason?.index ?? 0) << 8 | flags
    }

    /// The name that is shown of the model, where it is not the book's.
    var model: Symbol { Symbol(number: UInt32(modelAndOperation >> 32)) }
    var attribution: UInt32 { UInt32(attributionAndCard >> 32) }
    var operation: Symbol { Symbol(number: UInt32(truncatingIfNeeded: modelAndOperation)) }
    var provider: Symbol { Symbol(number: UInt32(providerAndError >> 32)) }
    /// Absent for a call that succeeded.
    var errorType: Symbol { Symbol(number: UInt32(truncatingIfNeeded: providerAndError)) }
    var hasFailed: Bool { rest & 1 != 0 }
    var reportsUsage: Bool { rest & 2 != 0 }

    /// A hash, in which each bit depends on the whole key.
    ///
    /// - Parameter salt: A secret of the process.
    /// - Returns: The hash, equal for equal keys and salts.
    @inline(__always)
    func hash(salt: UInt64) -> Int {
        let labels = mix64(modelAndOperation ^ salt, 0xA076_1D64_78BD_642F)
        let attributed = mix64(attributionAndCard ^ labels, 0xE703_7ED1_A0B4_28DB)
        return Int(truncatingIfNeeded: mix64(attributed ^ providerAndError &<< 8 ^ UInt64(rest), 0x8EBC_6AF0_9C88_C6E3))
    }

    @inline(__always)
    static func == (left: Self, right: Self) -> Bool {
        left.modelAndOperation == right.modelAndOperation && left.providerAndError == right.providerAndError
            && left.attributionAndCard == right.attributionAndCard && left.rest == right.rest
    }
}

/// The sums of the calls with one key that are not written to series yet.
///
/// Costs are not in it: tokens times a rate can be multiplied after adding up, to the same digit.
struct CallTally {
    // What every call changes comes first, so that it takes two cache lines at most.
    var requests: Int64 = 0
    /// The number of the last of these calls, counted over all calls.
    var latest: UInt64 = 0
    /// Whether a call came since the last time that groups were forgotten.
    var isRecent = false
    var usage = TokenUsage()
    /// The time of the first of these calls, in nanoseconds since 1970; `nil` where there is no clock.
    var since: UInt64?
    /// What is billed by the piece.
    var units = BilledUnitSums()
    /// The number of spans that claimed a cost, and the sum of their claims.
    var claims: Int64 = 0
    var claimed = Dollars.zero
    /// By how much the claims were above and below what the card says.
    var claimedMore = Dollars.zero
    var claimedLess = Dollars.zero
    /// What the time of the calls cost, on machines that are paid for by time.
    var timeCost = Dollars.zero

    /// The bytes of a tally that an ordinary call changes: the number of requests, and the first four classes of tokens.
    static var busyBytes: Int { 64 }

    @inline(__always)
    mutating func add(_ call: borrowing ModelCall) {
        requests += 1
        isRecent = true
        usage.add(call.usage)
        if call.units.word != 0 { units.add(call.units) }
    }
}

/// What a call needs series for, in bits: those of every call of its group, of each class of its tokens, and of each unit.
struct SeriesNeeds: OptionSet {
    let rawValue: UInt32

    /// The series of every call.
    static let every = SeriesNeeds(rawValue: 1 << 31)

    /// The needs of a call.
    @inline(__always)
    init(of call: borrowing ModelCall) {
        var bits = UInt32(call.usage.classBits) | Self.every.rawValue
        if call.units.word != 0 {
            for unit in call.units.units { bits |= 1 << (Self.firstUnit + UInt32(unit.rawValue)) }
        }
        rawValue = bits
    }

    init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The classes of tokens.
    var classes: [TokenClass] { TokenClass.allCases.filter { rawValue >> UInt32($0.index) & 1 == 1 } }

    /// The units.
    var units: [BilledUnits.Unit] {
        BilledUnits.Unit.allCases.filter { rawValue >> (Self.firstUnit + UInt32($0.rawValue)) & 1 == 1 }
    }

    private static let firstUnit: UInt32 = 16
}
