// SPDX-License-Identifier: Apache-2.0
import GenAI

/// What a call that is counted takes over from the spans that are not.
extension SettleWindow {
    /// Adds to a call what only its twins tell.
    mutating func enrich(_ number: UInt32) {
        var twin = ring[number].nextTwin
        while twin != number {
            // An outer call with other counts is about more than this call.
            if !ring[twin].state.isOuter || ring[twin].hasEqualCounts(ring[number]) {
                ring[call: number].learn(from: ring[call: twin])
            }
            takeOver(ring[call: twin].attribution, number)
            twin = ring[twin].nextTwin
        }
    }

    /// Adds to a call's labels what the spans above it and above its twins say, the nearest first.
    mutating func inheritAttribution(_ number: UInt32) {
        var twin = number
        repeat {
            var span = ring[twin].parent
            for _ in 0..<Self.mostSteps where span != 0 {
                guard ring[call: number].attribution.seeksAncestors else { return }
                let note = SpanNote(notebook.value(of: span) ?? 0)
                if let above = waitingNumber(of: span, note) {
                    takeOver(ring[call: above].attribution, number)
                    span = ring[above].parent
                } else {
                    if let offer = offers[span] { takeOver(offer, number) }
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
