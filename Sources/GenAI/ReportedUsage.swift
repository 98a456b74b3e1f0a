// SPDX-License-Identifier: Apache-2.0

/// Token counts as a sender reports them: totals with parts inside, or beside; what was not said is absent, not zero.
package struct ReportedUsage: Sendable {
    private var counts = InlineArray<16, Int64>(repeating: 0)
    private var stated: UInt32 = 0

    /// The emitter is known to leave cached tokens out of the input.
    package var inputExcludesCache = false

    package init() {}

    /// A count that can be reported.
    ///
    /// Whether cached tokens lie inside ``input`` is decided by ``classified()``.
    package enum Count: Int, CaseIterable, Sendable {
        /// Tokens sent to the model, and tokens of its answer.
        case input, output
        /// The sum as the sender has it.
        case total
        case cacheRead
        /// Cache writes of every lifetime, then those of one.
        case cacheWrite, cacheWrite5m, cacheWrite1h
        case reasoning
        /// Parts of the input by modality, cached ones included.
        case inputAudio, inputImage, inputVideo
        /// Parts of ``cacheRead`` by modality.
        case cacheReadAudio, cacheReadImage
        case outputAudio, outputImage, outputVideo
    }

    /// The tokens reported under a name; `nil` when nothing was.
    package subscript(count: Count) -> Int64? {
        get { stated & (1 << UInt32(count.rawValue)) == 0 ? nil : counts[count.rawValue] }
        set {
            let bit: UInt32 = 1 << UInt32(count.rawValue)
            stated = newValue == nil ? stated & ~bit : stated | bit
            counts[count.rawValue] = newValue ?? 0
        }
    }

    /// Whether anything was said: a call that reports zero tokens reports usage, one that reports nothing does not.
    ///
    /// A total alone does not tell what it is made of.
    package var isPresent: Bool { stated & ~(1 << UInt32(Count.total.rawValue)) != 0 }

    /// The tokens of a count, 0 where it is absent.
    private func tokens(_ count: Count) -> Int64 { counts[count.rawValue] }

    /// Puts each token into the one class it is billed at.
    ///
    /// Cached tokens are taken to lie inside the input, as the conventions have it, unless the emitter is known to leave
    /// them out, or there are more of them than input, or the reported total only adds up with them beside it. A part
    /// that is larger than its whole is cut down to it, so that no class is negative.
    ///
    /// - Returns: The tokens by class, and what was odd about the report.
    package func classified() -> (usage: TokenUsage, anomalies: UsageAnomalies) {
        var usage = TokenUsage()
        var anomalies = UsageAnomalies()
        classify(into: &usage, &anomalies)
        return (usage, anomalies)
    }

    /// The same where the tokens will stay.
    ///
    /// - Parameters:
    ///   - usage: Gets the tokens; must be empty.
    ///   - anomalies: Gets what was odd added.
    func classify(into usage: inout TokenUsage, _ anomalies: inout UsageAnomalies) {
        classifyInput(into: &usage, &anomalies)
        classifyOutput(into: &usage, &anomalies)
    }

    @inline(__always)
    private func classifyInput(into usage: inout TokenUsage, _ anomalies: inout UsageAnomalies) {
        let input = tokens(.input)
        let read = tokens(.cacheRead)
        let lifetimes = tokens(.cacheWrite5m) + tokens(.cacheWrite1h)
        let written = max(tokens(.cacheWrite), lifetimes)
        if let whole = self[.cacheWrite], lifetimes > whole { anomalies.insert(.clampedPart) }

        let cached = read + written
        var isExclusive = inputExcludesCache
        if !isExclusive, cached > input {
            isExclusive = true
            anomalies.insert(.exclusiveCache)
        } else if !isExclusive, cached > 0, self[.total] == input + tokens(.output) + cached {
            isExclusive = true
        }

        var plain = isExclusive ? input : input - cached
        var plainRead = read
        let audioRead = take(.cacheReadAudio, from: &plainRead, &anomalies)
        let imageRead = take(.cacheReadImage, from: &plainRead, &anomalies)
        // A modality's count has its cached part inside; only the rest of it is plain input.
        usage[.inputAudio] = take(.inputAudio, less: audioRead, from: &plain, &anomalies)
        usage[.inputImage] = take(.inputImage, less: imageRead, from: &plain, &anomalies)
        usage[.inputVideo] = take(.inputVideo, from: &plain, &anomalies)
        usage[.input] = plain
        usage[.cacheRead] = plainRead
        usage[.cacheReadAudio] = audioRead
        usage[.cacheReadImage] = imageRead
        let hourWritten = min(tokens(.cacheWrite1h), written)
        usage[.cacheWrite] = written - hourWritten
        usage[.cacheWrite1h] = hourWritten
    }

    @inline(__always)
    private func classifyOutput(into usage: inout TokenUsage, _ anomalies: inout UsageAnomalies) {
        var plain = tokens(.output)
        let reasoning = tokens(.reasoning)
        // Some providers count reasoning beside the output; only a total that adds up that way proves it.
        if reasoning > 0, self[.total] == tokens(.input) + plain + reasoning { plain += reasoning }
        usage[.reasoning] = take(.reasoning, from: &plain, &anomalies)
        usage[.outputAudio] = take(.outputAudio, from: &plain, &anomalies)
        usage[.outputImage] = take(.outputImage, from: &plain, &anomalies)
        usage[.outputVideo] = take(.outputVideo, from: &plain, &anomalies)
        usage[.output] = plain
    }

    /// Moves a part out of what is left of its whole, cut down to that.
    @inline(__always)
    private func take(
        _ part: Count, less other: Int64 = 0, from rest: inout Int64, _ anomalies: inout UsageAnomalies
    ) -> Int64 {
        let part = tokens(part) - other
        guard part > 0 else { return 0 }
        let taken = min(part, rest)
        if taken < part { anomalies.insert(.clampedPart) }
        rest -= taken
        return taken
    }
}

/// What was odd about the counts of a span; counted, since each means that a figure was decided by a rule.
package struct UsageAnomalies: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// More cached tokens than input, so the input was taken to leave them out.
    package static let exclusiveCache = UsageAnomalies(rawValue: 1)
    /// A part larger than its whole was cut down to it.
    package static let clampedPart = UsageAnomalies(rawValue: 2)
    /// A count that is negative, fractional, too large or no number was passed over.
    package static let refusedCount = UsageAnomalies(rawValue: 4)

    /// Every anomaly with its name as value of the `anomaly` label.
    package static let named: [(anomaly: UsageAnomalies, name: String)] = [
        (.exclusiveCache, "exclusive_cache"), (.clampedPart, "clamped_part"), (.refusedCount, "refused_count"),
    ]
}
