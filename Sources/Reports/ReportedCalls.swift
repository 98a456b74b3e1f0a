// SPDX-License-Identifier: Apache-2.0
package import CallMetrics
import GenAI
import Notation
package import Pricing
import Synchronization

/// Hands priced calls to a report.
package final class ReportedCalls: CallSink {
    /// What calls must have in common to be surely in one group.
    private struct Key: Hashable {
        let model: Symbol
        let provider: Symbol
        let serverAddress: Symbol
        let operation: Symbol
        let attribution: UInt32
        let card: UInt32?
        let reason: UnpricedReason?
        let day: Int32?
    }

    /// The groups of the latest kinds of calls, so that texts are made once for each kind.
    private struct Known {
        var groups: [Key: Int] = [:]
        /// The generation of prices whose numbers the keys have as `card`.
        var generation: UInt64 = 0
    }

    private let builder: ReportBuilder
    private let texts: CallTexts
    private let zone: ZoneClock
    private let needsDay: Bool
    private let known = Mutex(Known())
    /// Not a setting: it bounds memory, at about 100 bytes a kind.
    private static let mostKnown = 16_384

    /// Makes a sink.
    ///
    /// - Parameters:
    ///   - builder: Gets the calls.
    ///   - texts: The texts of the calls.
    ///   - zone: The time zone of the report's days.
    package init(_ builder: ReportBuilder, texts: CallTexts, zone: ZoneClock) {
        self.builder = builder
        self.texts = texts
        self.zone = zone
        needsDay = builder.groupings.contains(where: \.isTime)
    }

    package func receive(_ calls: PricedCalls, arrivalNanoseconds: UInt64?) {
        let groups = known.withLock { known in
            if known.generation != calls.generation { known = Known(generation: calls.generation) }
            return calls.indices.map { index in
                let (call, verdict) = (calls.calls[index], calls.verdicts[index])
                let key = Key(
                    model: texts.modelSymbol(of: call), provider: call.provider,
                    serverAddress: call.serverAddress, operation: call.operation, attribution: call.attribution.number,
                    card: verdict.card, reason: verdict.reason,
                    day: needsDay ? day(of: call) : nil)
                if let group = known.groups[key] { return group }
                let group = builder.group(of: values(of: call, verdict, calls.cards, day: key.day))
                if known.groups.count >= Self.mostKnown { known.groups.removeAll() }
                known.groups[key] = group
                return group
            }
        }
        builder.add(calls, to: groups)
    }

    private func values(of call: ModelCall, _ verdict: PriceVerdict, _ cards: RateCards, day: Int32?) -> [String] {
        let date = day.map { CivilDate(daysSince1970: Int($0)).description } ?? ""
        let labels = texts.labelValues(of: call, verdict, cards)
        return builder.groupings.map { grouping in
            switch grouping {
            case .model: texts.model(of: call, verdict, cards)
            case .provider: texts.provider(of: call, verdict, cards)
            case .operation: texts.operation(of: call)
            case .day: date
            case .month: String(date.prefix(7))
            case .label(let name): texts.labelNames.firstIndex(of: name).map { labels[$0] } ?? ""
            }
        }
    }

    /// The day of the time whose prices hold for the call; `nil` for a call without a plausible time.
    private func day(of call: borrowing ModelCall) -> Int32? {
        PriceMoment.plausibleTime(end: call.endNanoseconds, start: call.startNanoseconds, arrival: nil)
            .map(zone.day(ofNanoseconds:))
    }
}
