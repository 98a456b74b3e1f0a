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

    /// The values of dimensions that a span offers to those below it without being a call; most spans offer none.
    ///
    /// - Parameters:
    ///   - span: The span.
    ///   - owners: ``DimensionReader/owners``; empty without dimensions.
    ///   - batch: The batch.
    ///   - body: The bytes that the batch refers to.
    /// - Returns: The set.
    @inline(__always)
    mutating func offeredDimensions(
        of span: SpanRecord, _ owners: Span<UInt8>, _ batch: SpanBatch, _ body: Span<UInt8>
    ) -> DimensionSet {
        guard !owners.isEmpty else { return .none }
        let attributes = batch.attributes.span.extracting(span.attributes.indices)
        for index in attributes.indices
        where owners[Int(attributes[index].key)] & DimensionKeys.Owner.ancestor.rawValue != 0 {
            return dimensions?.offer(of: span, batch, body) ?? .none
        }
        return .none
    }
}
