// SPDX-License-Identifier: Apache-2.0
import GenAI
import Ingest
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
        let milliseconds = nanoseconds / 1_000_000
        let (seconds, rest) = (milliseconds / 1_000, milliseconds % 1_000)
        let minutes = seconds / 60
        let clock = [minutes / 60 % 24, minutes % 60, seconds % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(dateText(ofDay: Int32(minutes / 1_440)))T\(clock).\(padded(rest, 3))Z"
    }

    /// Seconds as exact decimal text.
    static func seconds(_ nanoseconds: UInt64) -> String {
        var fraction = padded(nanoseconds % 1_000_000_000, 9)
        while fraction.last == "0" { fraction.removeLast() }
        let whole = String(nanoseconds / 1_000_000_000)
        return fraction.isEmpty ? whole : "\(whole).\(fraction)"
    }

    private static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func padded(_ number: UInt64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
