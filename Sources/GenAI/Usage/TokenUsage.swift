// SPDX-License-Identifier: Apache-2.0

/// The class in which a token is billed; classes are disjoint and together hold every token of a call.
///
/// Public like ``TokenCounts``, since only public declarations are inlined into other rooms, and these run dozens of times
/// a span.
///
/// Cached tokens are never also `input`, and reasoning tokens never also `output`, whether or not a price has a rate of its own
/// for them.
@frozen public enum TokenClass: UInt8, CaseIterable, Sendable {
    case input, output
    case cacheRead, cacheWrite, cacheWrite1h, cacheWrite12h
    case reasoning
    case inputAudio, outputAudio, cacheReadAudio
    case inputImage, outputImage, cacheReadImage
    case inputVideo, outputVideo

    /// The number of classes.
    @inlinable public static var count: Int { 15 }

    /// The class's name as value of the `token_type` label and as rate key of a price book.
    public var name: String {
        switch self {
        case .input: "input"
        case .output: "output"
        case .cacheRead: "cache_read"
        case .cacheWrite: "cache_write"
        case .cacheWrite1h: "cache_write_1h"
        case .cacheWrite12h: "cache_write_12h"
        case .reasoning: "reasoning"
        case .inputAudio: "input_audio"
        case .outputAudio: "output_audio"
        case .cacheReadAudio: "cache_read_audio"
        case .inputImage: "input_image"
        case .outputImage: "output_image"
        case .cacheReadImage: "cache_read_image"
        case .inputVideo: "input_video"
        case .outputVideo: "output_video"
        }
    }

    /// Whether the class is part of the input; the others are part of the output.
    @inlinable @inline(__always) public var isInputSide: Bool {
        TokenClasses.inputSide & (1 << UInt16(truncatingIfNeeded: index)) != 0
    }

    /// The class's index in tables that have one for each class, 0 to 14.
    @inlinable @inline(__always) public var index: Int {
        // Sound: the enumeration has no payloads, so its memory is its number, and the numbers count up from 0 as the
        // raw values do. The generated `rawValue` is a call to another module, and this runs dozens of times a span.
        Int(unsafe unsafeBitCast(self, to: UInt8.self))
    }
}

/// Tokens by class; every token is in exactly one class.
///
/// It is generic only in the width of its counts: ``CallUsage`` is for one call, ``TokenUsage`` has room for sums.
@frozen public struct TokenCounts<Count: FixedWidthInteger & Sendable>: Sendable {
    /// A bit for each class that has tokens, so that empty classes cost nothing.
    @usableFromInline var present: UInt16 = 0
    @usableFromInline var counts = InlineArray<15, Count>(repeating: 0)

    /// No tokens at all.
    @inlinable public init() {}

    /// The same tokens, counted in another width.
    @inlinable public init(_ other: TokenCounts<some FixedWidthInteger & Sendable>) {
        for tokenClass in other.classes { self[tokenClass] = other[tokenClass] }
    }

    /// The tokens of one class; never negative, and cut to the width of the counts.
    @inlinable public subscript(tokenClass: TokenClass) -> Int64 {
        @inline(__always) get { Int64(truncatingIfNeeded: counts[tokenClass.index]) }
        @inline(__always) set {
            let bit: UInt16 = 1 << UInt16(truncatingIfNeeded: tokenClass.index)
            present = newValue == 0 ? present & ~bit : present | bit
            counts[tokenClass.index] = Count(clamping: newValue)
        }
    }

    /// Adds other tokens, class by class; a sum that does not fit saturates at the largest count.
    ///
    /// It changes this value, since reading an element of an immutable value copies all its counts.
    @inlinable @inline(__always)
    public mutating func add(_ other: TokenCounts<some FixedWidthInteger & Sendable>) {
        let (counts, classes) = (other.counts, other.present)
        var rest = classes
        while rest != 0 {
            let index = rest.trailingZeroBitCount
            rest &= rest - 1
            let (sum, overflow) = self.counts[index].addingReportingOverflow(Count(clamping: counts[index]))
            // A flood of the largest counts overflows 64 bits within an hour.
            self.counts[index] = overflow ? .max : sum
        }
        present |= classes
    }

    /// The classes that have tokens, in the order of ``TokenClass``.
    @inlinable @inline(__always) public var classes: TokenClasses { TokenClasses(rest: present) }

    /// A bit for each class that has tokens, by ``TokenClass/index``.
    @inlinable @inline(__always) public var classBits: UInt16 { present }

    /// All tokens sent to the model: plain, cached and of every modality.
    ///
    /// It decides about prices for long contexts.
    @inlinable @inline(__always) public var totalInput: Int64 { sum(of: TokenClasses.inputSide) }

    /// All tokens of the answer, reasoning and every modality included.
    @inlinable @inline(__always) public var totalOutput: Int64 { sum(of: ~TokenClasses.inputSide) }
}

extension TokenCounts {
    /// The tokens of some classes; a sum that does not fit saturates at the largest number.
    @inlinable @inline(__always)
    func sum(of classes: UInt16) -> Int64 {
        var total: Int64 = 0
        for tokenClass in TokenClasses(rest: present & classes) {
            // Fifteen counts of 32 bits always fit.
            if Count.bitWidth <= 32 { total &+= self[tokenClass] } else { total.addSaturating(self[tokenClass]) }
        }
        return total
    }
}

extension TokenCounts where Count == UInt32 {
    /// All tokens of the input and of the output, added up without asking which classes there are: those without tokens have
    /// a count of 0.
    @inlinable @inline(__always)
    public var totals: (input: Int64, output: Int64) {
        var all: Int64 = 0
        for index in 0..<TokenClass.count { all &+= Int64(counts[index]) }
        let output = self[.output] &+ self[.reasoning] &+ self[.outputAudio] &+ self[.outputImage] &+ self[.outputVideo]
        return (all &- output, output)
    }
}

extension Int64 {
    /// Adds a non-negative count; a sum that does not fit saturates at the largest number.
    @inlinable @inline(__always)
    mutating func addSaturating(_ count: Int64) {
        let (sum, overflow) = addingReportingOverflow(count)
        self = overflow ? .max : sum
    }
}

/// The tokens of one model call, in half the memory of sums, since many calls wait and are copied.
///
/// No count of a call above a billion is accepted, so 32 bits are enough.
public typealias CallUsage = TokenCounts<UInt32>

/// The tokens of one call or of many.
public typealias TokenUsage = TokenCounts<Int64>

extension TokenCounts: Equatable {
    public static func == (left: Self, right: Self) -> Bool {
        left.present == right.present && left.classes.allSatisfy { left[$0] == right[$0] }
    }
}

/// A sequence of token classes.
@frozen public struct TokenClasses: Sequence, IteratorProtocol, Sendable {
    @usableFromInline var rest: UInt16

    @inlinable init(rest: UInt16) { self.rest = rest }

    @inlinable @inline(__always) public mutating func next() -> TokenClass? {
        guard rest != 0 else { return nil }
        let number = rest.trailingZeroBitCount
        rest &= rest - 1
        // Sound: the bits come from raw values, so each number is one. The checked initialiser is a call to another
        // module, and this runs a dozen times a span.
        return unsafe unsafeBitCast(UInt8(truncatingIfNeeded: number), to: TokenClass.self)
    }

    /// The bits of the classes that are part of the input, ``TokenClass/isInputSide``.
    @inlinable static var inputSide: UInt16 { 0b011_0110_1011_1101 }
}
