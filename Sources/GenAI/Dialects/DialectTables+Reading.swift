// SPDX-License-Identifier: Apache-2.0
import OTLP

extension DialectTables {
    /// States the facts in embedded objects, except objects that cannot add any.
    ///
    /// - Parameters:
    ///   - facts: Has the ranges of the objects, and gets the facts.
    ///   - usageOnly: Whether to read only objects for usage; the answer of an agent may be anything, and long.
    ///   - body: The bytes.
    @inline(never)
    func lookInside(_ facts: inout SpanFacts, usageOnly: Bool, _ body: Span<UInt8>) {
        for index in facts.embedded.indices {
            let (table, range) = facts.embedded[index]
            if usageOnly, embedded[Int(table)].facts & Self.usage == 0 { continue }
            guard embedded[Int(table)].leaves.contains(where: { facts.hears($0.fact, rank: $0.rank) }) else { continue }
            let isIncomplete = EmbeddedObject.read(embedded[Int(table)], at: range, in: body, into: &facts)
            guard isIncomplete, let words = embedded[Int(table)].usageWords,
                let found = UsageObject.read(at: range, as: .usage(words), in: body)
            else { continue }
            facts.stateByWords(found)
        }
    }

    /// Counts and costs, as bits.
    private static let usage =
        SpanFacts.mask(of: Fact.allCases.filter { $0.rawValue >= Fact.input.rawValue }) | SpanCost.facts

    /// Reads the events of a span.
    ///
    /// - Parameters:
    ///   - span: The span.
    ///   - batch: Has its events.
    ///   - facts: Gets the type of an exception.
    /// - Returns: Nanoseconds from the start to the first token, if an event says so.
    @inline(never)
    func readEvents(of span: SpanRecord, _ batch: SpanBatch, _ facts: inout SpanFacts) -> Int64? {
        var firstToken: Int64?
        for index in span.events.indices {
            let event = batch.events[index]
            // An event of another name has only usage, if anything.
            guard Int(event.name) < events.count else { continue }
            switch events[Int(event.name)] {
            case .firstToken:
                guard let time = span.nanoseconds(until: event.timeNanoseconds) else { continue }
                firstToken = min(firstToken ?? time, time)
            case .exception:
                for index in event.attributes.indices {
                    let attribute = batch.attributes[index]
                    let statement = statements[Int(attribute.key)]
                    guard statement.fact == .errorType else { continue }
                    facts.state(.errorType, attribute.value, rank: statement.rank)
                }
            }
        }
        return firstToken
    }
}
