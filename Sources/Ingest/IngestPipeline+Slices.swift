// SPDX-License-Identifier: Apache-2.0
import Billing
import Compression
import OTLP

/// From the bytes of a body to its spans, in memory that does not follow the number of spans.
///
/// A body is read to its end before any span of it goes on to the next room. Most bodies are one slice, which is then in
/// memory. The first reading of a larger body keeps no spans; a second one takes them through the rooms slice by slice.
extension IngestPipeline {
    func inflateProtobuf(
        _ body: Span<UInt8>, _ arrival: BodyArrival, with memory: inout ScratchMemory, _ reserve: (Int) -> Bool
    ) throws(IngestError) -> IngestReceipt {
        let count = try inflate(body, with: &memory.inflater, reserve)
        let held = memory.inflater.memoryBytes
        return try memory.inflater.withOutput(count: count) { inflated throws(IngestError) in
            try readProtobuf(inflated.span, arrival, with: &memory.tools, held, reserve)
        }
    }

    func inflateJSON(
        _ body: Span<UInt8>, _ arrival: BodyArrival, with memory: inout ScratchMemory, _ reserve: (Int) -> Bool
    ) throws(IngestError) -> IngestReceipt {
        let count = try inflate(body, with: &memory.inflater, reserve)
        let held = memory.inflater.memoryBytes
        let reading = try memory.inflater.withOutput(count: count) { inflated throws(IngestError) in
            try readJSON(&inflated, arrival, with: &memory.tools, held, reserve)
        }
        if let receipt = reading.receipt { return receipt }
        // The first reading replaced escapes in the text, so the body is inflated again.
        let again = try inflate(body, with: &memory.inflater, reserve)
        return try memory.inflater.withOutput(count: again) { inflated throws(IngestError) in
            try readSlices(ofJSON: &inflated, arrival, with: &memory.tools, originsFirst: reading.hasLateOrigins)
        }
    }

    /// Reads a body that came without compression.
    func read(
        _ body: Span<UInt8>, _ arrival: BodyArrival, with tools: inout ScratchMemory.Tools, _ reserve: (Int) -> Bool
    ) throws(IngestError) -> IngestReceipt {
        guard body.count <= configuration.maxInflatedBytes else {
            throw .tooLarge(
                "the body has more than \(configuration.maxInflatedBytes) bytes (otlp.max_inflated_bytes); send smaller "
                    + "batches or raise the limit")
        }
        switch arrival.form.encoding {
        case .protobuf: return try readProtobuf(body, arrival, with: &tools, 0, reserve)
        case .json:
            // Reading JSON replaces escapes in place, so it needs a copy of its own.
            guard reserve(body.count) else { throw .noRoom }
            var text = tools.takeText(of: body)
            defer { tools.keep(&text) }
            let held = text.capacity
            var bytes = text.mutableSpan
            let reading = try readJSON(&bytes, arrival, with: &tools, held, reserve)
            if let receipt = reading.receipt { return receipt }
            unsafe body.withUnsafeBytes { source in
                unsafe bytes.withUnsafeMutableBytes { unsafe $0.copyMemory(from: source) }
            }
            return try readSlices(ofJSON: &bytes, arrival, with: &tools, originsFirst: reading.hasLateOrigins)
        }
    }

    /// Takes the kept part of a body that was stripped during receipt.
    func readStripped(
        _ request: StrippedRequest, _ arrival: BodyArrival, with tools: inout ScratchMemory.Tools,
        _ reserve: (Int) -> Bool
    ) throws(IngestError) -> IngestReceipt {
        let reader = tools.reader
        var receipt = try takeSlices(of: request.bytes.span, arrival, with: &tools, 0, reserve) {
            (batch, originsFirst, take) throws(IngestError) in
            try reader.readStripped(request, into: &batch, originsFirst: originsFirst, take)
        }
        receipt.inflatedBytes = request.wholeBytes
        return receipt
    }

    private func inflate(
        _ body: Span<UInt8>, with inflater: inout Inflater, _ reserve: (Int) -> Bool
    ) throws(IngestError) -> Int {
        do throws(InflateError) {
            return try inflater.inflateGzip(body, limit: configuration.maxInflatedBytes, reserve: reserve)
        } catch {
            throw IngestError(error)
        }
    }

    private func readProtobuf(
        _ body: Span<UInt8>, _ arrival: BodyArrival, with tools: inout ScratchMemory.Tools, _ held: Int,
        _ reserve: (Int) -> Bool
    ) throws(IngestError) -> IngestReceipt {
        let reader = tools.reader
        return try takeSlices(of: body, arrival, with: &tools, held, reserve) {
            (batch, originsFirst, take) throws(IngestError) in
            try reader.readProtobuf(body, into: &batch, originsFirst: originsFirst, take)
        }
    }

    /// Takes a body through the rooms; the body can be read repeatedly.
    ///
    /// - Parameters:
    ///   - body: Its bytes.
    ///   - arrival: How it is written, when it came and who sent it.
    ///   - tools: The reusable memory of the thread.
    ///   - held: The bytes of memory that the body holds in addition to those that it arrived in.
    ///   - reserve: Asked before the spans are worked on, with the bytes needed for that.
    ///   - read: Reads the body into a batch, with resources and scopes first or not, and hands over each slice except the
    ///     last.
    /// - Returns: The outcome of the spans.
    /// - Throws: ``IngestError`` before any span went on to the next room.
    private func takeSlices(
        of body: Span<UInt8>, _ arrival: BodyArrival, with tools: inout ScratchMemory.Tools, _ held: Int,
        _ reserve: (Int) -> Bool,
        read: (inout SpanBatch, _ originsFirst: Bool, _ take: (SpanBatch) -> Void) throws(IngestError) -> Void
    ) throws(IngestError) -> IngestReceipt {
        try tools.withBatch { (batch, tools) throws(IngestError) in
            try read(&batch, false) { _ in }
            guard reserve(held + tools.workBytes(batch)) else { throw .noRoom }
            var receipt = IngestReceipt(inflatedBytes: body.count)
            var paused = Duration.zero
            if batch.earlierSlices > 0 {
                let originsFirst = batch.hasLateOrigins
                try read(&batch, originsFirst) { slice in
                    take(slice, body, arrival, with: &tools, &receipt)
                    biller.waitForRoom(paused: &paused)
                }
            }
            take(batch, body, arrival, with: &tools, &receipt)
            return receipt
        }
    }

    /// Reads JSON, replacing escapes in place, and takes it through the rooms if it is one slice.
    ///
    /// - Returns: The outcome of the spans. A larger body has no receipt yet: its original bytes have to be restored for
    ///   ``readSlices(ofJSON:_:with:originsFirst:)``.
    private func readJSON(
        _ body: inout MutableSpan<UInt8>, _ arrival: BodyArrival, with tools: inout ScratchMemory.Tools, _ held: Int,
        _ reserve: (Int) -> Bool
    ) throws(IngestError) -> (receipt: IngestReceipt?, hasLateOrigins: Bool) {
        try tools.withBatch { (batch, tools) throws(IngestError) in
            try tools.reader.readJSON(&body, into: &batch)
            guard reserve(held + tools.workBytes(batch)) else { throw .noRoom }
            guard batch.earlierSlices == 0 else { return (nil, batch.hasLateOrigins) }
            var receipt = IngestReceipt(inflatedBytes: body.count)
            take(batch, body.span, arrival, with: &tools, &receipt)
            return (receipt, batch.hasLateOrigins)
        }
    }

    /// Takes JSON through the rooms that was read once and has its original bytes again.
    private func readSlices(
        ofJSON body: inout MutableSpan<UInt8>, _ arrival: BodyArrival, with tools: inout ScratchMemory.Tools,
        originsFirst: Bool
    ) throws(IngestError) -> IngestReceipt {
        try tools.withBatch { (batch, tools) throws(IngestError) in
            var receipt = IngestReceipt(inflatedBytes: body.count)
            var paused = Duration.zero
            let reader = tools.reader
            try reader.readJSON(&body, into: &batch, originsFirst: originsFirst) { slice, body in
                take(slice, body, arrival, with: &tools, &receipt)
                biller.waitForRoom(paused: &paused)
            }
            take(batch, body.span, arrival, with: &tools, &receipt)
            return receipt
        }
    }
}
