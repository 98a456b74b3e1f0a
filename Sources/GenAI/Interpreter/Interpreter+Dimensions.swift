// SPDX-License-Identifier: Apache-2.0
import OTLP

extension Interpreter {
    /// Reads what the ledger keeps with a call: the values of its dimensions.
    @inline(never)
    mutating func readDimensions(
        of call: inout ModelCall, _ span: SpanRecord, _ batch: SpanBatch, _ body: Span<UInt8>
    ) {
        let isAgent = call.isAggregate && call.operation == invokesAgent
        if let set = dimensions?.set(of: span, isAgent: isAgent, batch, body) { call.dimensions = set }
    }

    /// Whether a span that is no call has an attribute that some dimension reads from ancestors; most have none.
    ///
    /// - Parameters:
    ///   - attributes: The attributes of the span.
    ///   - owners: ``DimensionReader/owners``; empty without dimensions.
    /// - Returns: Whether it has one.
    @inline(__always)
    static func offersDimensions(_ attributes: Span<AttributeRecord>, _ owners: Span<UInt8>) -> Bool {
        guard !owners.isEmpty else { return false }
        for index in attributes.indices
        where owners[Int(attributes[index].key)] & DimensionKeys.Owner.ancestor.rawValue != 0 {
            return true
        }
        return false
    }
}
