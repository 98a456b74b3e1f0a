// SPDX-License-Identifier: Apache-2.0
import GenAI
import Notation
import Pricing

/// Values of explanations as text: what both forms have in common.
enum ExplanationWords {
    /// A trace id as 32 hexadecimal digits.
    static func trace(_ identity: SpanIdentity) -> String { hex(identity.traceIDHigh) + hex(identity.traceIDLow) }

    /// A span id as 16 hexadecimal digits.
    static func span(_ spanID: UInt64) -> String { hex(spanID) }

    /// A time such as `2026-05-01T10:00:00.250Z`; `nil` for one that was not sent.
    static func time(_ nanoseconds: UInt64) -> String? {
        guard nanoseconds > 0 else { return nil }
        return Timestamp(nanoseconds: nanoseconds).toMilliseconds
    }

    /// Seconds as exact decimal text.
    static func seconds(_ nanoseconds: UInt64) -> String {
        var fraction = Timestamp.padded(Int(nanoseconds % 1_000_000_000), 9)
        while fraction.last == "0" { fraction.removeLast() }
        let whole = String(nanoseconds / 1_000_000_000)
        return fraction.isEmpty ? whole : "\(whole).\(fraction)"
    }

    private static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
