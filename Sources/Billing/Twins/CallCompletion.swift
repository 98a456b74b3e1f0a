// SPDX-License-Identifier: Apache-2.0
import GenAI

/// What a call that is counted takes over from the spans that are not.
extension SettleWindow {
    /// Adds to a call what only its twins tell.
    ///
    /// Twins are asked in the order of their times, so that the order of arrival makes no difference.
    mutating func enrich(_ number: UInt32) {
        teachers.removeAll(keepingCapacity: true)
        var twin = ring[number].nextTwin
        while twin != number {
            teachers.append(twin)
            twin = ring[twin].nextTwin
        }
        if teachers.count > 1 { orderTeachers() }
        let tellers = ring[number].state.contains(.usage) ? [] : tellersOfUsage()
        for twin in teachers {
            let isEqual = ring[twin].hasEqualCounts(ring[number])
            // An outer call with other counts is about more than this call.
            if !ring[twin].state.isOuter || isEqual {
                let addsUsage = tellers.contains(twin)
                let isPart = !isEqual && !addsUsage && ring[twin].state.contains(.unmarked)
                ring[call: number].learn(from: ring[call: twin], addsUsage: addsUsage, isPart: isPart)
            }
            takeOver(ring[call: twin].attribution, number)
        }
    }

    private mutating func orderTeachers() {
        let marked = teachers.filter { ring[$0].state.isDisjoint(with: .unmarked) }
        let unmarked = teachers.filter { !ring[$0].state.isDisjoint(with: .unmarked) }
        teachers = byTime(marked) + byTime(unmarked)
    }

    private mutating func byTime(_ numbers: [UInt32]) -> [UInt32] {
        numbers.map { (ring[$0].start, ring[call: $0].identity.spanID, $0) }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }

    /// Gives a call that names no model that of the nearest span above it, or above a twin, that names one.
    mutating func inheritName(_ number: UInt32) {
        guard ring[call: number].reportsUsage,
            ring[call: number].responseModel.or(ring[call: number].requestModel) == .absent,
            let offer = nameAbove(number)
        else { return }
        ring[call: number].requestModel = offer.model
        if offer.provider != .absent { ring[call: number].provider = offer.provider }
    }

    /// The nearest name of a model above a call, or above one of its twins.
    mutating func nameAbove(_ number: UInt32) -> SpanOffer? {
        var twin = number
        repeat {
            var span = ring[twin].parent
            for _ in 0..<Self.mostSteps where span != 0 {
                let note = SpanNote(recentKeys.value(of: span) ?? 0)
                if let above = waitingNumber(of: span, note) {
                    let offer = SpanOffer(ring[call: above])
                    if offer.model != .absent { return offer }
                    span = ring[above].parent
                } else {
                    if let offer = offers[span], offer.model != .absent { return offer }
                    guard let above = parent(of: span) else { break }
                    span = above
                }
            }
            twin = ring[twin].nextTwin
        } while twin != number
        return nil
    }

    /// Adds to a call's labels what the spans above it and above its twins say, the nearest first.
    mutating func inheritAttribution(_ number: UInt32) {
        var twin = number
        repeat {
            var span = ring[twin].parent
            for _ in 0..<Self.mostSteps where span != 0 {
                guard ring[call: number].attribution.seeksAncestors else { return }
                let note = SpanNote(recentKeys.value(of: span) ?? 0)
                if let above = waitingNumber(of: span, note) {
                    takeOver(ring[call: above].attribution, number)
                    span = ring[above].parent
                } else {
                    if let offer = offers[span] { takeOver(offer.attribution, number) }
                    guard let above = parent(of: span) else { break }
                    span = above
                }
            }
            twin = ring[twin].nextTwin
        } while twin != number
    }

    private mutating func takeOver(_ offer: Attribution, _ number: UInt32) {
        guard let inherit, offer.offersToDescendants, ring[call: number].attribution.seeksAncestors else { return }
        ring[call: number].attribution = inherit(ring[call: number].attribution, offer)
    }
}
