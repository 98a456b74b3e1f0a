// SPDX-License-Identifier: Apache-2.0
import GenAI

/// What calls inherit from the spans above them.
extension Ancestry {
    /// Adds to a call's own labels what the spans above it and above its twins say, the nearest first.
    ///
    /// - Parameters:
    ///   - number: The call.
    ///   - inherit: Adds what an ancestor says.
    ///   - waiting: The waiting spans.
    mutating func inheritAttribution(
        _ number: UInt32, _ inherit: (Attribution, Attribution) -> Attribution, _ waiting: inout WaitingSpans
    ) {
        var own = waiting[call: number].attribution
        defer { waiting.setAttribution(number, own) }
        var twin = number
        repeat {
            var span = waiting[twin].parent
            for _ in 0..<Self.mostSteps where span != 0 {
                guard own.seeksAncestors else { return }
                let note = SpanNote(value(of: span) ?? 0)
                if let above = waiting.number(of: span, note) {
                    let offered = waiting[call: above].attribution
                    if offered.offersToDescendants { own = inherit(own, offered) }
                    span = waiting[above].parent
                } else {
                    if let offered = offer(of: span)?.attribution, offered.offersToDescendants {
                        own = inherit(own, offered)
                    }
                    guard let above = rememberedStep(from: span) else { break }
                    span = above & ~Self.tool
                }
            }
            twin = waiting[twin].nextTwin
        } while twin != number
    }

    /// Adds to a call's own values of dimensions what the spans above it and above its twins say, the nearest first.
    ///
    /// - Parameters:
    ///   - number: The call.
    ///   - inherit: Adds what an ancestor says.
    ///   - waiting: The waiting spans.
    mutating func inheritDimensions(
        _ number: UInt32, _ inherit: (DimensionSet, DimensionSet) -> DimensionSet, _ waiting: inout WaitingSpans
    ) {
        var own = waiting[call: number].dimensions
        defer { waiting.setDimensions(number, own) }
        var twin = number
        repeat {
            var span = waiting[twin].parent
            for _ in 0..<Self.mostSteps where span != 0 {
                guard own.seeksAncestors else { return }
                let note = SpanNote(value(of: span) ?? 0)
                if let above = waiting.number(of: span, note) {
                    let offered = waiting[call: above].dimensions
                    if offered.offersToDescendants { own = inherit(own, offered) }
                    span = waiting[above].parent
                } else {
                    if let offered = offer(of: span)?.dimensions, offered.offersToDescendants {
                        own = inherit(own, offered)
                    }
                    guard let above = rememberedStep(from: span) else { break }
                    span = above & ~Self.tool
                }
            }
            twin = waiting[twin].nextTwin
        } while twin != number
    }
}
