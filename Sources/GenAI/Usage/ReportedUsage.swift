// SPDX-License-Identifier: Apache-2.0

/// Token counts as a sender reports them: totals that include or exclude their parts.
///
/// An unreported count is absent, not zero.
package struct ReportedUsage: Sendable {
    private var counts = InlineArray<21, Int64>(repeating: 0)
    private var stated: UInt32 = 0

    /// Whether ``Count/input`` of this sender is known to exclude cached tokens.
    package var inputExcludesCache = false
    /// Whether ``Count/output`` of this sender is known to exclude reasoning, which is only in the total.
    package var hidesReasoning = false
    /// The tokens of the stated total above input and output, whose class is unknown.
    package private(set) var excess: Int64 = 0
    /// How the provider of the call counts.
    package var counting: ProviderCounting = []
    /// Whether the wholes were taken to include their parts, and what proves it.
    package internal(set) var sides = UsageSides()

    package init() {}

    /// A count that can be reported.
    ///
    /// ``classified()`` decides whether ``input`` includes cached tokens and ``output`` includes reasoning.
    package enum Count: Int, CaseIterable, Sendable {
        /// Tokens sent to the model.
        case input
        /// The same without cached tokens, and without the parts by modality either.
        case inputUncached, inputPlain
        /// Tokens sent to the model that ``input`` excludes.
        case inputBeside
        /// Tokens of the answer.
        case output
        /// The same without reasoning, and without the parts by modality either.
        case outputVisible, outputPlain
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

        /// The count's bit among those that are stated.
        @inline(__always)
        var bit: UInt32 { 1 << UInt32(rawValue) }
    }

    /// The reported tokens of a count, or `nil`.
    package subscript(count: Count) -> Int64? {
        get { stated & count.bit == 0 ? nil : counts[count.rawValue] }
        set {
            stated = newValue == nil ? stated & ~count.bit : stated | count.bit
            counts[count.rawValue] = newValue ?? 0
        }
    }

    /// Removes all counts, for the next span; a new value would cost more.
    @inline(__always)
    mutating func removeAll() {
        stated = 0
        excess = 0
        sides = UsageSides()
    }

    /// Sets the tokens of a count by its number.
    @inline(__always)
    mutating func state(_ number: Int, _ tokens: Int64) {
        counts[number] = tokens
        stated |= 1 << UInt32(number)
    }

    /// Whether usage is reported; a call that reports zero tokens reports usage.
    ///
    /// A total alone is no usage, since its parts are unknown.
    package var isPresent: Bool { stated & ~Count.total.bit != 0 }

    /// Whether tokens of some modality are stated, even if 0.
    package var tellsModality: Bool { stated & (Self.inputParts | Self.outputParts) != 0 }

    /// Whether all counts are 0 or absent.
    package var isZero: Bool { Count.allCases.allSatisfy { (self[$0] ?? 0) == 0 } }

    /// The tokens of a count, 0 where it is absent.
    ///
    /// It changes nothing; an element that is read from a value that cannot change is read from a copy of all counts.
    @inline(__always)
    mutating func tokens(_ count: Count) -> Int64 {
        states(count) ? counts.mutableSpan[count.rawValue] : 0
    }

    @inline(__always)
    func states(_ count: Count) -> Bool { stated & count.bit != 0 }

    /// Whether the name of a count says what the output leaves out.
    @inline(__always)
    var namesOutputParts: Bool { stated & Self.partialOutputs != 0 }

    /// Assigns each token to the one class at which it is billed.
    ///
    /// The input is taken to include cached tokens, and the output reasoning, as the conventions say. It is taken to exclude
    /// them if the sender is known to exclude them, if the name of the count says so, if the reported total adds up only then,
    /// or if the part is larger than the whole. More reasoning than output is a miscount, however, unless the provider counts
    /// that way. A part that is larger than its whole is cut down to it, so that no class is negative.
    ///
    /// ``sides`` says if this is open; evidence from other spans of the sender may then move the part.
    ///
    /// - Returns: The tokens by class, and the anomalies of the report.
    package func classified() -> (usage: TokenUsage, anomalies: UsageAnomalies) {
        var usage = TokenUsage()
        var anomalies = UsageAnomalies()
        var report = self
        report.classify(into: &usage, &anomalies)
        return (usage, anomalies)
    }

    /// The same, writing into the caller's memory.
    ///
    /// It is `mutating`, like the functions that it calls, only because that avoids copies of all counts.
    ///
    /// - Parameters:
    ///   - usage: Gets the tokens; must be empty.
    ///   - anomalies: Gets the anomalies added.
    package mutating func classify<Count>(into usage: inout TokenCounts<Count>, _ anomalies: inout UsageAnomalies) {
        let output = wholeOutput()
        let input = classifyInput(beside: output, into: &usage, &anomalies)
        classifyOutput(output, beside: input, into: &usage, &anomalies)
    }

    /// Tokens of the answer, including reasoning as far as the names tell.
    @inline(__always)
    private mutating func wholeOutput() -> Int64 {
        if stated & Self.partialOutputs == 0 { return tokens(.output) }
        return wholeOfPartialOutput()
    }

    /// The same, for counts whose names say which parts they exclude.
    private mutating func wholeOfPartialOutput() -> Int64 {
        let reasoning = tokens(.reasoning)
        if states(.outputVisible) { return max(tokens(.output), tokens(.outputVisible) + reasoning) }
        if states(.output) { return tokens(.output) }
        let plain = tokens(.outputPlain)
        guard !plainCountsAreWhole() else { return plain }
        return plain + reasoning + tokens(.outputAudio) + tokens(.outputImage) + tokens(.outputVideo)
    }

    // As bits of ``stated``; computed, since a stored static is looked up behind a check that it was made.
    private static var partialOutputs: UInt32 { Count.outputVisible.bit | Count.outputPlain.bit }
    private static var partialInputs: UInt32 {
        Count.inputUncached.bit | Count.inputPlain.bit | Count.inputBeside.bit
    }
    private static var cacheWrites: UInt32 {
        Count.cacheWrite.bit | Count.cacheWrite5m.bit | Count.cacheWrite1h.bit
    }
    private static var inputParts: UInt32 {
        Count.inputAudio.bit | Count.inputImage.bit | Count.inputVideo.bit | Count.cacheReadAudio.bit
            | Count.cacheReadImage.bit
    }
    private static var outputParts: UInt32 { Count.outputAudio.bit | Count.outputImage.bit | Count.outputVideo.bit }

    /// Whether the total shows that counts include parts that they exclude by name.
    private mutating func plainCountsAreWhole() -> Bool {
        states(.total) && tokens(.total) == tokens(.inputPlain) + tokens(.outputPlain)
    }

    /// Assigns the input to its classes and returns all of it.
    @inline(__always)
    private mutating func classifyInput<Count>(
        beside output: Int64, into usage: inout TokenCounts<Count>, _ anomalies: inout UsageAnomalies
    ) -> Int64 {
        let read = tokens(.cacheRead)
        let written = stated & Self.cacheWrites == 0 ? 0 : writtenToCache(&anomalies)
        let cached = read + written
        var plain: Int64
        if stated & Self.partialInputs == 0 {
            plain = plainInput(beside: cached, output, &anomalies)
        } else {
            plain = plainOfPartialInput(beside: cached, output, &anomalies)
            usage.cut(&plain, &anomalies)
        }
        let whole = plain + cached

        if stated & Self.inputParts == 0 {
            usage[.input] = plain
            usage[.cacheRead] = read
        } else {
            splitInput(plain, read, into: &usage, &anomalies)
        }
        guard written > 0 else { return whole }
        let hourWritten = min(tokens(.cacheWrite1h), written)
        usage[.cacheWrite] = written - hourWritten
        usage[.cacheWrite1h] = hourWritten
        return whole
    }

    /// Tokens written to the cache, for any lifetime.
    private mutating func writtenToCache(_ anomalies: inout UsageAnomalies) -> Int64 {
        let lifetimes = tokens(.cacheWrite5m) + tokens(.cacheWrite1h)
        if states(.cacheWrite), lifetimes > tokens(.cacheWrite) { anomalies.insert(.clampedPart) }
        return max(tokens(.cacheWrite), lifetimes)
    }

    /// Separates the parts by modality from the uncached input and from cached reads.
    private mutating func splitInput<Count>(
        _ plain: Int64, _ read: Int64, into usage: inout TokenCounts<Count>, _ anomalies: inout UsageAnomalies
    ) {
        var plain = plain
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
    }

    /// The uncached input.
    @inline(__always)
    private mutating func plainInput(
        beside cached: Int64, _ output: Int64, _ anomalies: inout UsageAnomalies
    ) -> Int64 {
        let input = tokens(.input)
        guard !inputExcludesCache, cached > 0 else { return input }
        if decideCacheSide(cached, input, output) {
            if cached > input { anomalies.insert(.exclusiveCache) }
            return input
        }
        return input - cached
    }

    /// The same, for counts whose names say which parts they exclude.
    private mutating func plainOfPartialInput(
        beside cached: Int64, _ output: Int64, _ anomalies: inout UsageAnomalies
    ) -> Int64 {
        var plain: Int64
        if states(.inputUncached) {
            plain = max(tokens(.inputUncached), tokens(.input) - cached)
        } else if states(.input) || !states(.inputPlain) {
            plain = plainInput(beside: cached, output, &anomalies)
        } else if plainCountsAreWhole() {
            plain = max(tokens(.inputPlain) - cached, 0)
        } else {
            plain = tokens(.inputPlain) + tokens(.inputAudio) + tokens(.inputImage) + tokens(.inputVideo)
            // A sender that subtracts parts may subtract one twice, or one that has no name here.
            if states(.total) { plain = max(plain, tokens(.total) - output - cached) }
        }
        // A total without these tokens shows that the input includes them after all.
        if states(.inputBeside), !states(.total) || tokens(.total) != plain + cached + output {
            plain += tokens(.inputBeside)
        }
        return plain
    }

    @inline(__always)
    private mutating func classifyOutput<Count>(
        _ output: Int64, beside input: Int64, into usage: inout TokenCounts<Count>, _ anomalies: inout UsageAnomalies
    ) {
        var plain = output
        if stated & Self.partialOutputs != 0 { usage.cut(&plain, &anomalies) }
        let reasoning = tokens(.reasoning)
        if reasoning > 0, decideReasoningSide(reasoning, plain, input) { plain += reasoning }
        if states(.total), tokens(.total) > input + plain {
            assignExcess(tokens(.total) - input - plain, into: &usage, &anomalies)
        }
        if reasoning > 0 { usage[.reasoning] = take(.reasoning, from: &plain, &anomalies) }
        if stated & Self.outputParts != 0 {
            usage[.outputAudio] = take(.outputAudio, from: &plain, &anomalies)
            usage[.outputImage] = take(.outputImage, from: &plain, &anomalies)
            usage[.outputVideo] = take(.outputVideo, from: &plain, &anomalies)
        }
        usage[.output] = plain
    }

    /// Gives tokens that only the total has a class: reasoning, where the emitter is known to leave it out.
    @inline(never)
    private mutating func assignExcess<Count>(
        _ tokens: Int64, into usage: inout TokenCounts<Count>, _ anomalies: inout UsageAnomalies
    ) {
        if hidesReasoning, self.tokens(.reasoning) == 0 {
            usage[.reasoning] = tokens
        } else {
            excess = tokens
            anomalies.insert(.totalExceedsParts)
        }
    }

    /// Whether the ``excess`` may be reasoning: the input is stated, and no reasoning.
    package var mayHideReasoning: Bool {
        excess > 0 && stated & (Count.input.bit | Self.partialInputs) != 0 && (self[.reasoning] ?? 0) == 0
    }

    /// Moves a part out of the rest of its whole; a larger part is cut down to the rest.
    @inline(__always)
    private mutating func take(
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

extension TokenCounts {
    /// Cuts a sum of counts down to the largest count.
    ///
    /// A single count is at most a billion and fits; the sum of up to five separately named parts may not.
    @inline(__always)
    fileprivate func cut(_ sum: inout Int64, _ anomalies: inout UsageAnomalies) {
        guard sum > Int64(clamping: Count.max) else { return }
        sum = Int64(clamping: Count.max)
        anomalies.insert(.saturatedCount)
    }
}
