// SPDX-License-Identifier: Apache-2.0

/// Token counts as a sender reports them: totals with parts inside, or beside; what was not said is absent, not zero.
package struct ReportedUsage: Sendable {
    private var counts = InlineArray<21, Int64>(repeating: 0)
    private var stated: UInt32 = 0

    /// The emitter is known to leave cached tokens out of ``Count/input``.
    package var inputExcludesCache = false
    /// The emitter is known to leave reasoning out of ``Count/output``, and only the total has it.
    package var hidesReasoning = false
    /// What the stated total has above input and output, once the tokens are in their classes: tokens of no known class.
    package private(set) var excess: Int64 = 0
    /// How the provider of the call counts.
    package var counting: ProviderCounting = []
    /// Where the parts were taken to lie when the tokens were put into classes.
    package internal(set) var sides = UsageSides()

    package init() {}

    /// A count that can be reported.
    ///
    /// Whether cached tokens lie inside ``input`` and reasoning inside ``output`` is decided by ``classified()``.
    package enum Count: Int, CaseIterable, Sendable {
        /// Tokens sent to the model.
        case input
        /// The same without cached tokens, and without the parts by modality either.
        case inputUncached, inputPlain
        /// Tokens sent to the model that ``input`` leaves out.
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

    /// The tokens reported under a name; `nil` when nothing was.
    package subscript(count: Count) -> Int64? {
        get { stated & count.bit == 0 ? nil : counts[count.rawValue] }
        set {
            stated = newValue == nil ? stated & ~count.bit : stated | count.bit
            counts[count.rawValue] = newValue ?? 0
        }
    }

    /// Forgets what was stated, for the next span; a new report would cost more.
    @inline(__always)
    mutating func removeAll() {
        stated = 0
        excess = 0
        sides = UsageSides()
    }

    /// Notes the tokens of a count by its number.
    @inline(__always)
    mutating func state(_ number: Int, _ tokens: Int64) {
        counts[number] = tokens
        stated |= 1 << UInt32(number)
    }

    /// Whether anything was said: a call that reports zero tokens reports usage, one that reports nothing does not.
    ///
    /// A total alone does not tell what it is made of.
    package var isPresent: Bool { stated & ~Count.total.bit != 0 }

    /// Whether tokens of some modality are stated, be it none.
    package var tellsModality: Bool { stated & (Self.inputParts | Self.outputParts) != 0 }

    /// Whether nothing but zeros was said.
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

    /// Puts each token into the one class it is billed at.
    ///
    /// Cached tokens are taken to lie inside the input, and reasoning inside the output, as the conventions have it, unless
    /// the emitter is known to leave them out or says so by the count's name, or the reported total only adds up with them
    /// beside it, or there are more of them than of the whole. More reasoning than output is a miscount, though, unless the
    /// provider counts so. A part that is larger than its whole is cut down to it, so that no class is negative.
    ///
    /// Where it is left open, ``sides`` says so: what other spans of the sender prove may move the part.
    ///
    /// - Returns: The tokens by class, and what was odd about the report.
    package func classified() -> (usage: TokenUsage, anomalies: UsageAnomalies) {
        var usage = TokenUsage()
        var anomalies = UsageAnomalies()
        var report = self
        report.classify(into: &usage, &anomalies)
        return (usage, anomalies)
    }

    /// The same where the tokens will stay.
    ///
    /// It changes nothing, and is spared copies of all counts by saying that it might, like all that it asks.
    ///
    /// - Parameters:
    ///   - usage: Gets the tokens; must be empty.
    ///   - anomalies: Gets what was odd added.
    package mutating func classify<Count>(into usage: inout TokenCounts<Count>, _ anomalies: inout UsageAnomalies) {
        let output = wholeOutput()
        let input = classifyInput(beside: output, into: &usage, &anomalies)
        classifyOutput(output, beside: input, into: &usage, &anomalies)
    }

    /// Tokens of the answer, reasoning included as far as names tell.
    @inline(__always)
    private mutating func wholeOutput() -> Int64 {
        if stated & Self.partialOutputs == 0 { return tokens(.output) }
        return wholeOfPartialOutput()
    }

    /// The same where the name of a count says what it leaves out.
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

    /// Whether counts whose name leaves parts out have them inside nevertheless, as the total shows.
    private mutating func plainCountsAreWhole() -> Bool {
        states(.total) && tokens(.total) == tokens(.inputPlain) + tokens(.outputPlain)
    }

    /// Puts the input into its classes; returns all of it.
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

    /// Tokens written to the cache, for however long.
    private mutating func writtenToCache(_ anomalies: inout UsageAnomalies) -> Int64 {
        let lifetimes = tokens(.cacheWrite5m) + tokens(.cacheWrite1h)
        if states(.cacheWrite), lifetimes > tokens(.cacheWrite) { anomalies.insert(.clampedPart) }
        return max(tokens(.cacheWrite), lifetimes)
    }

    /// Takes the parts by modality out of what is not cached and of what was read from the cache.
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

    /// What of the input is not cached.
    @inline(__always)
    private mutating func plainInput(
        beside cached: Int64, _ output: Int64, _ anomalies: inout UsageAnomalies
    ) -> Int64 {
        let input = tokens(.input)
        guard !inputExcludesCache, cached > 0 else { return input }
        if placeCache(cached, input, output) {
            if cached > input { anomalies.insert(.exclusiveCache) }
            return input
        }
        return input - cached
    }

    /// The same where the name of a count says what it leaves out.
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
            // Whoever takes parts out of the whole may take one out twice, or one that has no name here.
            if states(.total) { plain = max(plain, tokens(.total) - output - cached) }
        }
        // A total without the tokens beside shows that they were inside after all.
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
        if reasoning > 0, placeReasoning(reasoning, plain, input) { plain += reasoning }
        if states(.total), tokens(.total) > input + plain {
            placeExcess(tokens(.total) - input - plain, into: &usage, &anomalies)
        }
        if reasoning > 0 { usage[.reasoning] = take(.reasoning, from: &plain, &anomalies) }
        if stated & Self.outputParts != 0 {
            usage[.outputAudio] = take(.outputAudio, from: &plain, &anomalies)
            usage[.outputImage] = take(.outputImage, from: &plain, &anomalies)
            usage[.outputVideo] = take(.outputVideo, from: &plain, &anomalies)
        }
        usage[.output] = plain
    }

    /// Places tokens that only the total has: reasoning, where the emitter is known to leave it out.
    @inline(never)
    private mutating func placeExcess<Count>(
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

    /// Moves a part out of what is left of its whole, cut down to that.
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
