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
}
