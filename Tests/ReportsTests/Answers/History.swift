// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import TestData

/// Random calls, from which a database is made and answers are computed the slow way.
struct History {
    /// One call with everything that questions ask for.
    struct Call {
        /// Minutes since 1970.
        var minute: Int64
        var facts: [String: String]
        var flags: Int64
        var dimensions: [String: String]
        var tokens: [Int64]
        var units: [Int64]
        /// Microseconds.
        var duration: Int64?
        /// `nil` if it has no price.
        var cost: Dollars?
        var saved: Dollars
        /// The number of the trace.
        var trace: Int
        /// The rate card that priced it, by its number in ``History/cards``.
        var card: Int?
        /// The dimensions that the settings did not have when it came.
        var lost: Set<String> = []

        var hasFailed: Bool { flags & 1 != 0 }
        var hasFailedWithoutUsage: Bool { hasFailed && facts["source"] == "nothing" }
        var isStreamed: Bool { flags & 2 != 0 }
        var isEstimated: Bool { facts["source"] == "estimated" }
    }

    /// Machines' time in the quarter of an hour that begins at a minute.
    struct Machine {
        var minute: Int64
        var model: String
        var cost: Dollars
        /// The dimensions that the settings did not have when it came.
        var lost: Set<String> = []
    }

    /// The id of a trace.
    static func traceID(_ number: Int) -> (high: Int64, low: Int64) {
        (Int64(number), Int64(truncatingIfNeeded: UInt64(number + 1) &* 0x9E37_79B9_7F4A_7C15))
    }

    /// The id of a trace in hexadecimal digits.
    static func traceText(_ number: Int) -> String {
        let id = traceID(number)
        return [id.high, id.low].map { half in
            let digits = String(UInt64(bitPattern: half), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// Sorted by minute; the id of the span of a call is its index plus 1.
    var calls: [Call] = []
    var machines: [Machine] = []
    var cards: [RateCard] = []
    let minutes: Range<Int64>

    static let sources = ["computed", "reported", "estimated", "unpriced", "nothing", "machine"]
    /// All except the session have roll-ups.
    static let dimensions = ["user", "team", "environment", "session"]

    /// A history of these calls alone.
    init(_ calls: [Call], minutes: Range<Int64>) { (self.calls, self.minutes) = (calls, minutes) }

    /// The same history in a folder whose settings got and lost dimensions, with calls that came late.
    func losing(seed: UInt64) -> History {
        var generator = SeededGenerator(seed: seed)
        var changed = self
        func isLost(_ minute: Int64) -> Bool {
            switch (minute / 15 / Int64(seed % 40 + 1)) % 3 {
            case 0: false
            case 1: true
            default: Bool.random(using: &generator)
            }
        }
        for name in Self.dimensions where name != "session" && Int.random(in: 0..<3, using: &generator) > 0 {
            for index in calls.indices where isLost(calls[index].minute) {
                changed.calls[index].lost.insert(name)
                changed.calls[index].dimensions[name] = nil
            }
            for index in machines.indices where isLost(machines[index].minute) {
                changed.machines[index].lost.insert(name)
            }
        }
        return changed
    }

    /// Makes calls of some days around a change of summer time.
    init(seed: UInt64, count: Int) {
        var generator = SeededGenerator(seed: seed)
        // From 23 March or 20 October 2026 on, around the changes of Europe.
        let first: Int64 = [29_570_400, 29_874_240][Int(seed % 2)]
        minutes = first..<first + 10 * 1_440
        let users = (0..<12).map { "user-\($0)" } + [#"=cmd|"x",y"#, ""]
        for _ in 0..<count {
            func pick<T>(_ values: [T]) -> T { values.randomElement(using: &generator) ?? values[0] }
            let source = pick(["computed", "computed", "computed", "reported", "estimated", "unpriced", "nothing"])
            var facts = ["source": source]
            facts["model"] = pick(["gpt-4o", "gpt-5-mini", "claude-opus-4", "unknown"])
            facts["provider"] = pick(["openai", "anthropic", "azure"])
            facts["operation"] = pick(["chat", "embeddings"])
            facts["tier"] = pick(["", "batch", "priority"])
            facts["region"] = pick(["", "eu"])
            facts["error"] = pick(["", "", "timeout"])
            facts["tenant"] = pick(["", "acme"])
            facts["requested_model"] = pick(["gpt-4o", "claude"])
            facts["answered_model"] = pick(["gpt-4o-2024-08-06", ""])
            facts["server"] = pick(["api.openai.com", ""])
            facts["dialect"] = pick(["semconv", "openinference"])
            facts["unpriced_reason"] = source == "unpriced" ? pick(["no_model", "no_rate"]) : ""
            var tokens = [Int64](repeating: 0, count: TokenClass.count)
            for index in [0, 1, pick([2, 3, 4, 6, 7, 9])] {
                tokens[index] = Int64.random(in: 0...5_000, using: &generator)
            }
            var units = [Int64](repeating: 0, count: BilledUnits.Unit.count)
            units[pick([0, 1, 2, 3, 4])] = Int64.random(in: 0...3, using: &generator)
            let isPriced = source != "unpriced"
            let femtodollars = Int128(Int64.random(in: 0...Int64.max / 1_000, using: &generator))
            var dimensions: [String: String] = [:]
            dimensions["user"] = pick(users)
            dimensions["team"] = pick(["search", "web", "search-eu", ""])
            dimensions["environment"] = pick(["production", "staging"])
            dimensions["session"] = pick(["", "s1", "s2", "s3"])
            calls.append(
                Call(
                    minute: Int64.random(in: minutes, using: &generator), facts: facts,
                    flags: Int64.random(in: 0...3, using: &generator), dimensions: dimensions.filter { !$1.isEmpty },
                    tokens: tokens, units: units,
                    duration: Bool.random(using: &generator)
                        ? Int64.random(in: 0...90_000_000, using: &generator) : nil,
                    cost: isPriced ? Dollars(femtodollars: source == "nothing" ? 0 : femtodollars) : nil,
                    saved: Dollars(
                        femtodollars: Int128(
                            Int64.random(in: -1_000_000_000_000...5_000_000_000_000, using: &generator))),
                    trace: Int.random(in: 0..<max(1, count / 5), using: &generator)))
        }
        calls.sort { $0.minute < $1.minute }
        for _ in 0..<20 {
            let minute = Int64.random(in: minutes, using: &generator) / 15 * 15
            guard minute >= minutes.lowerBound else { continue }
            machines.append(
                Machine(
                    minute: minute, model: ["llama", "qwen"].randomElement(using: &generator) ?? "llama",
                    cost: Dollars(femtodollars: Int128(Int64.random(in: 1...9_000_000_000_000_000, using: &generator))))
            )
        }
    }
}
