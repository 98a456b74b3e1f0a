// SPDX-License-Identifier: Apache-2.0
import GenAI

/// What a span offers to calls below it.
struct SpanOffer {
    /// What it says of the labels that settings add.
    var attribution = Attribution.none
    /// The model and the provider that it names, or absent.
    var model = Symbol.absent
    var provider = Symbol.absent
    /// What it says of the ledger's dimensions.
    var dimensions = DimensionSet.none

    @inline(__always)
    var isEmpty: Bool {
        !attribution.offersToDescendants && model == .absent
            && (dimensions.word == 0 || !dimensions.offersToDescendants)
    }
}

extension SpanOffer {
    /// The offer of a span that is neither call nor aggregate.
    @inline(__always)
    init(_ span: borrowing PassThroughSpan) {
        (attribution, model, provider) = (span.attribution, span.model, span.provider)
        dimensions = span.dimensions
    }

    /// The offer of a call or an aggregate.
    init(_ call: borrowing ModelCall) {
        attribution = call.attribution
        model = call.responseModel.or(call.requestModel)
        provider = call.provider
        dimensions = call.dimensions
    }
}

/// What spans that do not wait offer to calls below them.
///
/// Only spans that offer something are remembered, so that ordinary traffic pays nothing. Bounded like the recent keys: new
/// ones are written into one generation, both are asked, and a full one replaces the older.
struct SpanOffers {
    /// Offers by the keys of their spans.
    private struct Generation {
        private var index = HashIndex()
        private var offers: [SpanOffer] = []

        var count: Int { offers.count }

        @inline(__always)
        func offer(of span: UInt64) -> SpanOffer? {
            index.number(of: Self.hash(span)).map { offers[Int($0)] }
        }

        mutating func keep(_ span: UInt64, _ offer: SpanOffer) {
            if let known = index.number(of: Self.hash(span)) {
                offers[Int(known)] = offer
            } else {
                _ = index.append(Self.hash(span))
                offers.append(offer)
            }
        }

        /// The lowest bits of a key are those of its tag.
        private static func hash(_ span: UInt64) -> UInt64 { span &>> 4 }
    }

    private var newer = Generation()
    private var older = Generation()
    private let capacity: Int

    /// Makes an empty memory.
    ///
    /// - Parameter capacity: The smallest number of remembered offers; twice as many at most.
    init(capacity: Int) { self.capacity = max(capacity, 1) }

    /// What a span offers, or `nil`.
    @inline(__always)
    subscript(span: UInt64) -> SpanOffer? {
        if let offer = newer.offer(of: span) { return offer }
        return older.count == 0 ? nil : older.offer(of: span)
    }

    /// Remembers what a span offers, if it offers anything.
    @inline(__always)
    mutating func remember(_ span: UInt64, _ offer: SpanOffer, bounded: Bool) {
        if !offer.isEmpty { keep(span, offer, bounded: bounded) }
    }

    @inline(never)
    private mutating func keep(_ span: UInt64, _ offer: SpanOffer, bounded: Bool) {
        if bounded, newer.count >= capacity {
            older = newer
            newer = Generation()
        }
        newer.keep(span, offer)
    }
}
