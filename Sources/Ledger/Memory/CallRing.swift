// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Pricing

/// The newest priced calls, dropped spans and roots of traces, as they came.
///
/// They are copied into chunks, which are filled one after the other and leave as a whole, the oldest first. Nothing refers to the
/// batches that they came in: their cards are in tables of the ring's own.
struct CallRing {
    /// Consecutive parts of a chunk that came together.
    struct Run {
        enum Content {
            case calls, drops, roots
        }

        let content: Content
        /// Where it ends in the array of its content.
        var end: Int
        /// When it came, in nanoseconds since 1970 (UTC).
        let arrival: UInt64
    }

    /// Some of the calls, dropped spans and roots.
    struct Chunk {
        var calls: [ModelCall] = []
        var verdicts: [PriceVerdict] = []
        var drops: [DroppedSpan] = []
        var roots: [TraceRoot] = []
        var runs: [Run] = []
        /// The number of the table with the cards that verdicts refer to.
        var table = 0
        /// The number of the oldest card that a verdict may refer to.
        var firstCard = 0

        /// The number of calls, dropped spans and roots.
        var count: Int { calls.count + drops.count + roots.count }

        mutating func removeAll() {
            calls.removeAll(keepingCapacity: true)
            verdicts.removeAll(keepingCapacity: true)
            drops.removeAll()
            roots.removeAll()
            runs.removeAll(keepingCapacity: true)
        }
    }

    /// The cards of consecutive chunks, by the numbers of one generation.
    struct Table {
        let number: Int
        var cards: RateCards
    }

    private var chunks: [Chunk] = []
    /// The tables of the chunks, the oldest first; the last one is that of the latest batch.
    private var tables = [Table(number: 1, cards: RateCards())]
    private var generation: UInt64?
    /// The number of the oldest card of the latest batch.
    private var firstCard = 0
    /// The memory of a chunk that has left.
    private var spare: Chunk?
    private let capacity: Int
    private let chunkSize: Int
    /// The number of calls, dropped spans and roots.
    private(set) var count = 0
    /// The number of calls among them.
    private(set) var calls = 0

    /// Makes an empty ring.
    ///
    /// - Parameter capacity: The largest number of calls, dropped spans and roots.
    init(capacity: Int) {
        self.capacity = capacity
        chunkSize = min(Self.largestChunk, max(1, capacity / 16))
    }

    /// Not a setting: 250 kB.
    private static let largestChunk = 1_024

    /// Whether the oldest chunk has to leave.
    var isFull: Bool { count > capacity }

    // MARK: Appending

    /// Copies calls with their verdicts.
    mutating func append(_ batch: borrowing PricedCalls, arrival: UInt64) {
        meet(batch)
        var first = 0
        while first < batch.calls.count {
            let end = min(batch.calls.count, first + room())
            let last = chunks.count - 1
            chunks[last].calls.append(contentsOf: batch.calls[first..<end])
            chunks[last].verdicts.append(contentsOf: batch.verdicts[first..<end])
            chunks[last].runs.append(Run(content: .calls, end: chunks[last].calls.count, arrival: arrival))
            first = end
        }
        count += batch.calls.count
        calls += batch.calls.count
    }

    /// Appends spans that are not counted.
    mutating func append(_ drops: [DroppedSpan], arrival: UInt64) {
        _ = room()
        let last = chunks.count - 1
        chunks[last].drops.append(contentsOf: drops)
        chunks[last].runs.append(Run(content: .drops, end: chunks[last].drops.count, arrival: arrival))
        count += drops.count
    }

    /// Appends roots of traces with calls.
    mutating func append(_ roots: [TraceRoot], arrival: UInt64) {
        _ = room()
        let last = chunks.count - 1
        chunks[last].roots.append(contentsOf: roots)
        chunks[last].runs.append(Run(content: .roots, end: chunks[last].roots.count, arrival: arrival))
        count += roots.count
    }

    /// Takes the cards that are new to the latest table, or begins another table if numbers mean other cards now.
    private mutating func meet(_ batch: borrowing PricedCalls) {
        firstCard = batch.cards.first
        if generation == batch.generation, tables[tables.count - 1].cards.append(newOf: batch.cards) { return }
        var cards = RateCards()
        _ = cards.append(newOf: batch.cards)
        let number = tables[tables.count - 1].number + 1
        if chunks.isEmpty { tables.removeAll() }
        tables.append(Table(number: number, cards: cards))
        generation = batch.generation
    }

    /// The room in the newest chunk, at least 1; begins another one if it is full or has other cards.
    private mutating func room() -> Int {
        let table = tables[tables.count - 1].number
        if let newest = chunks.last, newest.count < chunkSize, newest.table == table { return chunkSize - newest.count }
        var chunk = spare ?? Chunk()
        spare = nil
        (chunk.table, chunk.firstCard) = (table, firstCard)
        chunk.calls.reserveCapacity(chunkSize)
        chunk.verdicts.reserveCapacity(chunkSize)
        chunks.append(chunk)
        return chunkSize
    }

    // MARK: Leaving

    /// Removes the oldest chunk.
    ///
    /// - Returns: The chunk with its cards; `nil` if there is none.
    mutating func removeOldest() -> (chunk: Chunk, cards: RateCards)? {
        guard !chunks.isEmpty else { return nil }
        let oldest = chunks.removeFirst()
        count -= oldest.count
        calls -= oldest.calls.count
        let cards = tables.first { $0.number == oldest.table }?.cards ?? RateCards()
        if let next = chunks.first {
            tables.removeAll { $0.number < next.table }
            tables[0].cards.forget(before: next.firstCard)
        }
        return (oldest, cards)
    }

    /// Takes the memory of a chunk that was removed, for the next one.
    mutating func reuse(_ chunk: inout Chunk) {
        var taken = Chunk()
        swap(&taken, &chunk)
        taken.removeAll()
        spare = taken
    }

    /// Removes everything.
    ///
    /// - Returns: The chunks, the oldest first, and the tables of their cards.
    mutating func takeAll() -> (chunks: [Chunk], tables: [Table]) {
        defer {
            chunks = []
            spare = nil
            tables.removeFirst(tables.count - 1)
            (count, calls) = (0, 0)
        }
        return (chunks, tables)
    }
}

extension RowQueue.Entry {
    /// The entries of chunks, in the order in which they came.
    static func entries(of chunks: [CallRing.Chunk], _ tables: [CallRing.Table]) -> [RowQueue.Entry] {
        var entries: [RowQueue.Entry] = []
        for chunk in chunks {
            let cards = tables.first { $0.number == chunk.table }?.cards ?? RateCards()
            var (calls, drops, roots) = (0, 0, 0)
            for run in chunk.runs {
                switch run.content {
                case .calls:
                    let batch = PricedCalls(
                        calls: Array(chunk.calls[calls..<run.end]), verdicts: Array(chunk.verdicts[calls..<run.end]),
                        cards: cards, generation: UInt64(chunk.table))
                    entries.append(.calls(batch, arrivalNanoseconds: run.arrival, number: 0))
                    calls = run.end
                case .drops:
                    entries.append(
                        .drops(Array(chunk.drops[drops..<run.end]), arrivalNanoseconds: run.arrival, number: 0))
                    drops = run.end
                case .roots:
                    entries.append(
                        .roots(Array(chunk.roots[roots..<run.end]), arrivalNanoseconds: run.arrival, number: 0))
                    roots = run.end
                }
            }
        }
        return entries
    }
}
