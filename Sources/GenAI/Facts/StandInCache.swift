// SPDX-License-Identifier: Apache-2.0
import OTLP

/// One reader's cache of ``SymbolTable/standIn(for:provider:host:tenantClass:)``, which costs as much as finding a price.
///
/// Bounded: the older half is forgotten when the younger one is full.
struct StandInCache: Sendable {
    private struct Key: Hashable, Sendable {
        /// Two hashes with different secrets, so that no sender can find two names that share both.
        let hash: (UInt64, UInt64)
        let provider: Symbol
        let host: Symbol
        let tenantClass: UInt32

        static func == (left: Self, right: Self) -> Bool {
            left.hash == right.hash && left.provider == right.provider && left.host == right.host
                && left.tenantClass == right.tenantClass
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(hash.0)
            hasher.combine(provider)
            hasher.combine(host)
        }
    }

    private let table: SymbolTable
    private let salts = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
    private var young: [Key: Symbol] = [:]
    private var old: [Key: Symbol] = [:]

    private static let limit = 2_048

    init(table: SymbolTable) { self.table = table }

    /// The symbol that stands in for a name whose own symbol is ``Symbol/overflow``.
    mutating func symbol(at range: ByteRange?, in body: Span<UInt8>, of call: borrowing ModelCall) -> Symbol {
        let (provider, host, tenantClass) = (call.provider, call.serverAddress, call.tenantClass)
        guard let range, Int(range.length) <= SymbolTable.longestText else { return .overflow }
        let (offset, length) = (Int(range.offset), Int(range.length))
        let key = Key(
            hash: (
                body.hash(at: offset, length: length, salt: salts.0),
                body.hash(at: offset, length: length, salt: salts.1)
            ), provider: provider, host: host, tenantClass: tenantClass)
        if let known = young[key] { return known }
        let symbol =
            old[key]
            ?? table.standIn(
                for: LabelText.read(range, in: body), provider: provider, host: host, tenantClass: tenantClass)
        if young.count >= Self.limit {
            old = young
            young = [:]
        }
        young[key] = symbol
        return symbol
    }
}
