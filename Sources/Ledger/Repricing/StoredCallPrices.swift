// SPDX-License-Identifier: Apache-2.0
import GRDB
import GenAI
import Notation
import OTLP
import Pricing

/// Prices calls again from their rows.
///
/// A row has what prices depend on, with these exceptions, whose calls are left as they are: names that were not kept
/// (`__overflow__`), tenants that the book does not have, and machines that are paid by time, whose cost depends on nanoseconds or
/// on the clock.
struct StoredCallPrices {
    /// A call of a row, with what it cost so far.
    struct Stored {
        let id: Int64
        let kind: Int64
        var call: ModelCall
        /// The cost with all adjustments, in 1e-15 dollars; `nil` without a price.
        let cost: Int128?
    }

    /// What a row says of the calls of a kind.
    struct Kind {
        /// The model as `/metrics` shows it.
        let model: String
        /// Without tokens and times; `nil` if the kind does not have all that a price depends on.
        let call: ModelCall?
    }

    /// What a call costs by the book in force.
    enum Price: Equatable {
        case known(Int128)
        case unpriced
        /// The call succeeded and reported no tokens, so that no book has a price for it.
        case withoutUsage
        /// The row does not have all that the price depends on.
        case skipped

        var isKnown: Bool { if case .known = self { true } else { false } }
    }

    private let symbols: SymbolTable
    private let pricer: Pricer
    /// The classes of tenants of the book, by the tenant's name.
    private let tenantClasses: [String: UInt32]
    private var kinds: [Int64: Kind] = [:]

    /// Bounds memory; kinds are read again.
    private static let mostKinds = 100_000

    init(book: PriceBook, configuration: PricerConfiguration) {
        let identities = book.tenants.identities
        let symbols = SymbolTable()
        self.symbols = symbols
        tenantClasses = Dictionary(
            identities.enumerated().map { ($1.name, UInt32($0 + 1)) }, uniquingKeysWith: { first, _ in first })
        pricer = Pricer(book: book, symbols: symbols, configuration: configuration, countsClock: true) {
            tenantClass, attribute in
            let index = Int(tenantClass) - 1
            return identities.indices.contains(index) ? identities[index].values[attribute] : nil
        }
    }

    /// The version of the book, and the price files over it.
    var book: String { pricer.book.label }

    /// Reads calls.
    ///
    /// - Parameters:
    ///   - ids: Their ids.
    ///   - limit: The largest number of them.
    ///   - database: The connection.
    /// - Returns: The calls in the order of their ids.
    /// - Throws: What SQLite throws.
    mutating func calls(_ ids: Range<Int64>, limit: Int, _ database: Database) throws -> [Stored] {
        let rows = try Row.fetchAll(
            database, sql: RepricingSchema.calls, arguments: [ids.lowerBound, ids.upperBound, limit])
        if kinds.count > Self.mostKinds { kinds.removeAll() }
        return try rows.map { row in
            let (id, number): (Int64, Int64) = (row[0], (row[3] as Int64?) ?? 0)
            let kind = try kind(number, database)
            var call = kind.call ?? ModelCall(identity: SpanIdentity(traceIDHigh: 0, traceIDLow: 0, spanID: 0))
            let end = RowTime(minute: id >> RowTime.sequenceBits, finish: row[1]).microseconds
            let duration: Int64? = row[2]
            call.endNanoseconds = Self.nanoseconds(end)
            call.startNanoseconds = Self.nanoseconds(end - (duration ?? 0))
            call.units = BilledUnits(word: UInt64(bitPattern: (row[4] as Int64?) ?? 0))
            call.reportedFemtodollars = Self.money(row, 7).map { Int64(clamping: $0) }
            for (index, tokenClass) in TokenClass.allCases.enumerated() {
                if let count: Int64 = row[11 + index], count > 0 { call.usage[tokenClass] = count }
            }
            let (counted, adjusted) = (Self.money(row, 5), Self.money(row, 9))
            let cost = counted == nil && adjusted == nil ? nil : (counted ?? 0) + (adjusted ?? 0)
            return Stored(id: id, kind: number, call: call, cost: cost)
        }
    }

    /// The kind of a call that was read.
    func kind(of call: Stored) -> Kind { kinds[call.kind] ?? Kind(model: "", call: nil) }

    /// Prices calls.
    ///
    /// - Parameter stored: The calls.
    /// - Returns: Their prices in the same order.
    func prices(of stored: [Stored]) -> [Price] {
        let priced = pricer.price(stored.map(\.call))
        return zip(stored, priced.indices).map { stored, index in
            guard kind(of: stored).call != nil else { return .skipped }
            switch priced[index].outcome {
            case .priced(let card, _) where card.hosted != nil: return .skipped
            case .priced(_, let cost), .reported(let cost):
                return .known(min(max(cost.femtodollars, -RowMoney.largestOfCall), RowMoney.largestOfCall))
            case .unpriced: return .unpriced
            case .nothingToPrice: return priced.verdicts[index].reasonForUnknownCost == nil ? .known(0) : .withoutUsage
            }
        }
    }

    private mutating func kind(_ id: Int64, _ database: Database) throws -> Kind {
        if let known = kinds[id] { return known }
        let row = try Row.fetchOne(database, sql: RepricingSchema.kind, arguments: [id])
        let kind = row.map(read) ?? Kind(model: "", call: nil)
        kinds[id] = kind
        return kind
    }

    private func read(_ row: Row) -> Kind {
        let texts = [0, 1, 3, 4, 5, 6, 7, 8].map { (row[$0] as String?) ?? "" }
        let (model, provider, tenant) = (texts[0], texts[1], texts[7])
        let flags = KindFlags(rawValue: row[2])
        guard !texts.contains(OverflowValue.text), tenant.isEmpty || tenantClasses[tenant] != nil else {
            return Kind(model: model, call: nil)
        }
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 0, traceIDLow: 0, spanID: 0))
        call.tenantClass = tenantClasses[tenant] ?? 0
        func symbol(_ text: String, _ vocabulary: Vocabulary) -> Symbol {
            text.isEmpty ? .absent : symbols.readmit(text, to: vocabulary)
        }
        call.provider = symbol(provider, .provider)
        call.responseModel = symbol(texts[2], .model)
        call.requestModel = symbol(texts[3], .model)
        call.tier = symbol(texts[4], .tier)
        call.inferenceGeo = symbol(texts[5], .inferenceGeo)
        call.serverAddress = symbol(texts[6], .serverAddress)
        call.hasFailed = flags.contains(.failed)
        call.isFromCache = flags.contains(.fromCache)
        call.reportsUsage = flags.contains(.reportsUsage)
        return Kind(model: model, call: call)
    }

    /// A time in microseconds since 2020 as nanoseconds since 1970.
    private static func nanoseconds(_ microseconds: Int64) -> Outside<UInt64> {
        Outside(UInt64(max(0, microseconds + RowTime.epochMicroseconds)) * 1_000)
    }

    private static func money(_ row: Row, _ column: Int) -> Int128? {
        guard let micros: Int64 = row[column] else { return nil }
        return RowMoney(micros: micros, rest: (row[column + 1] as Int64?) ?? 0).femtodollars
    }
}
