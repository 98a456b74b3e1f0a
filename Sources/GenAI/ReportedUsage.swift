// SPDX-License-Identifier: Apache-2.0

/// Token counts as a sender reports them: totals with parts inside, or beside; `nil` is what was not said.
package struct ReportedUsage: Sendable, Equatable {
    /// Tokens sent to the model. Whether cached ones are among them is decided by ``classified()``.
    package var input: Int64?
    package var output: Int64?
    /// The sum as the sender has it.
    package var total: Int64?
    package var cacheRead: Int64?
    /// Cache writes of every lifetime.
    package var cacheWrite: Int64?
    package var cacheWrite5m: Int64?
    package var cacheWrite1h: Int64?
    package var reasoning: Int64?
    /// Parts of the input by modality, cached ones included.
    package var inputAudio: Int64?
    package var inputImage: Int64?
    package var inputVideo: Int64?
    /// Parts of ``cacheRead`` by modality.
    package var cacheReadAudio: Int64?
    package var cacheReadImage: Int64?
    package var outputAudio: Int64?
    package var outputImage: Int64?
    package var outputVideo: Int64?
    /// The emitter is known to leave cached tokens out of ``input``.
    package var inputExcludesCache = false

    package init() {}

    /// Whether anything was said: a call that reports zero tokens reports usage, one that reports nothing does not.
    package var isPresent: Bool {
        (input ?? output ?? cacheRead ?? cacheWrite ?? cacheWrite5m ?? cacheWrite1h ?? reasoning) != nil
    }

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
        classifyInput(into: &usage, &anomalies)
        classifyOutput(into: &usage, &anomalies)
        return (usage, anomalies)
    }

    private func classifyInput(into usage: inout TokenUsage, _ anomalies: inout UsageAnomalies) {
        let input = self.input ?? 0
        let read = cacheRead ?? 0
        let lifetimes = (cacheWrite5m ?? 0) + (cacheWrite1h ?? 0)
        let written = max(cacheWrite ?? 0, lifetimes)
        if let cacheWrite, lifetimes > cacheWrite { anomalies.insert(.clampedPart) }

        let cached = read + written
        var isExclusive = inputExcludesCache
        if !isExclusive, cached > input {
            isExclusive = true
            anomalies.insert(.exclusiveCache)
        } else if !isExclusive, cached > 0, total == input + (output ?? 0) + cached {
            isExclusive = true
        }

        var plain = isExclusive ? input : input - cached
        var plainRead = read
        let audioRead = Self.take(cacheReadAudio, from: &plainRead, &anomalies)
        let imageRead = Self.take(cacheReadImage, from: &plainRead, &anomalies)
        // A modality's count has its cached part inside; only the rest of it is plain input.
        let audio = Self.take(inputAudio.map { max(0, $0 - audioRead) }, from: &plain, &anomalies)
        let image = Self.take(inputImage.map { max(0, $0 - imageRead) }, from: &plain, &anomalies)
        let video = Self.take(inputVideo, from: &plain, &anomalies)
        let hourWritten = min(cacheWrite1h ?? 0, written)

        usage[.input] = plain
        usage[.inputAudio] = audio
        usage[.inputImage] = image
        usage[.inputVideo] = video
        usage[.cacheRead] = plainRead
        usage[.cacheReadAudio] = audioRead
        usage[.cacheReadImage] = imageRead
        usage[.cacheWrite] = written - hourWritten
        usage[.cacheWrite1h] = hourWritten
    }

    private func classifyOutput(into usage: inout TokenUsage, _ anomalies: inout UsageAnomalies) {
        var plain = output ?? 0
        // Some providers count reasoning beside the output; only a total that adds up that way proves it.
        if let reasoning, reasoning > 0, let total, total == (input ?? 0) + plain + reasoning { plain += reasoning }
        usage[.reasoning] = Self.take(reasoning, from: &plain, &anomalies)
        usage[.outputAudio] = Self.take(outputAudio, from: &plain, &anomalies)
        usage[.outputImage] = Self.take(outputImage, from: &plain, &anomalies)
        usage[.outputVideo] = Self.take(outputVideo, from: &plain, &anomalies)
        usage[.output] = plain
    }

    /// Moves a part out of what is left of its whole, cut down to that.
    private static func take(
        _ part: Int64?, from rest: inout Int64, _ anomalies: inout UsageAnomalies
    ) -> Int64 {
        guard let part, part > 0 else { return 0 }
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
