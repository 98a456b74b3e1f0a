// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import GenAI
import Ingest
import Pricing
import Reports
import TestData
import TestRooms

/// Spans, as a report shows them and as a metrics page does.
struct Reported {
    let report: Report
    /// The metrics page of the same spans.
    let page: String

    /// Takes bodies through the rooms, in one go.
    ///
    /// - Parameters:
    ///   - bodies: Requests in protobuf.
    ///   - groupings: What to group by.
    ///   - limit: The ceiling on groups.
    ///   - zone: Whose days are meant.
    ///   - labels: The labels that settings add.
    ///   - book: The prices.
    /// - Throws: When a body cannot be read.
    init(
        _ bodies: [[UInt8]], by groupings: [Grouping] = [.model], limit: Int = ReportBuilder.defaultLimit,
        zone: String = "UTC", labels: [LabelRule] = [], book: PriceBook? = nil
    ) throws {
        let builder = ReportBuilder(groupings: groupings, limit: limit)
        let zone = ZoneClock(text: zone) ?? .utc
        let rooms = try Replayed(labels: labels, book: book) { [ReportedCalls(builder, texts: $0, zone: zone)] }
        for body in bodies { try rooms.ingest(body) }
        page = rooms.text
        report = builder.report
    }

    /// Takes spans of one resource.
    init(
        spans: [TraceRequestWriter.Span], by groupings: [Grouping] = [.model],
        limit: Int = ReportBuilder.defaultLimit, zone: String = "UTC", labels: [LabelRule] = [], book: PriceBook? = nil
    ) throws {
        try self.init(
            [TraceRequestWriter().request(spans: spans)], by: groupings, limit: limit, zone: zone, labels: labels,
            book: book)
    }

    /// The sum of a family of the page, of dollars in 1e-15.
    func shown(_ family: String) -> Dollars {
        page.split(separator: "\n").filter { $0.hasPrefix(family + "{") }.reduce(.zero) { sum, line in
            sum + ((try? Dollars(String(line.split(separator: " ").last ?? ""))) ?? .zero)
        }
    }
}

/// A chat with a trace of its own, so that no other span is taken for it.
func call(
    _ number: Int, model: String = "gpt-4o", operation: String = "chat", input: Int64? = 10, output: Int64 = 5,
    endNanoseconds: UInt64 = 1_790_000_001_500_000_000, failed: Bool = false,
    _ more: [(key: String, value: TraceRequestWriter.Value)] = []
) -> TraceRequestWriter.Span {
    let id = (0..<8).map { UInt8(truncatingIfNeeded: (number + 1) >> (56 - 8 * $0)) }
    var attributes: [(key: String, value: TraceRequestWriter.Value)] = [
        ("gen_ai.operation.name", .string(operation)), ("gen_ai.provider.name", .string("openai")),
        ("gen_ai.request.model", .string(model)),
    ]
    if let input { attributes += usage(input, output) }
    var span = TraceRequestWriter.Span(
        traceID: id + [1, 1, 1, 1, 1, 1, 1, 1], spanID: id, attributes: attributes + more)
    span.startNanoseconds = endNanoseconds == 0 ? 0 : endNanoseconds - 1_000_000_000
    span.endNanoseconds = endNanoseconds
    span.status = failed ? 2 : 0
    return span
}
