// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Finds the number of the set of a span's values.
extension DimensionReader {
    /// The set of the present values, from the memory or else from the table.
    ///
    /// - Parameters:
    ///   - hasOrigin: Whether values of the resource and the scope count.
    ///   - body: The bytes.
    /// - Returns: The set.
    @inline(__always)
    mutating func setOfValues(hasOrigin: Bool, _ body: Span<UInt8>) -> DimensionSet {
        guard changed != 0 || hasOrigin && originHasValues else { return table.nothing }
        var identity = hasOrigin ? originIdentity : DimensionIdentity()
        var rest = changed | session
        while rest != 0 {
            let rule = rest.trailingZeroBitCount
            rest &= rest &- 1
            if hasOrigin { identity.remove(originParts[rule]) }
            add(rule, hasOrigin, to: &identity)
        }
        if let known = recent[identity.hash] { return known }
        return findSet(identity, hasOrigin, body)
    }

    /// Adds the values of a dimension to the identity of the set.
    @inline(__always)
    private func add(_ rule: Int, _ hasOwn: Bool, to identity: inout DimensionIdentity) {
        let (own, offer) = (hasOwn ? values[rule] : Value(), values[width + rule])
        guard own.rank & offer.rank != .max else { return }
        let isSession = session >> UInt32(rule) & 1 == 1
        if own.rank != .max, offer.rank != .max, own.hash != offer.hash {
            identity.add(UInt8(rule), own.rank, .max, own.hash)
            identity.add(UInt8(rule), .max, offer.rank, offer.hash)
        } else if isSession {
            identity.addSession(UInt8(rule), own.rank, offer.rank, own.rank != .max ? own.hash : offer.hash)
        } else {
            identity.add(UInt8(rule), own.rank, offer.rank, own.rank != .max ? own.hash : offer.hash)
        }
    }

    /// The set of the present values, from the table.
    @inline(never)
    private mutating func findSet(
        _ identity: DimensionIdentity, _ hasOwn: Bool, _ body: Span<UInt8>
    ) -> DimensionSet {
        if let hash = identity.session, let base = bases[identity.base],
            let set = set(of: base, hash, hasOwn, body)
        {
            recent.remember(set, as: identity.hash)
            return set
        }
        draft.removeAll()
        for rule in 0..<width {
            let (own, offer) = (hasOwn ? values[rule] : Value(), values[width + rule])
            if own.rank != .max, offer.rank != .max, own.hash == offer.hash {
                append(own, rule, own: own.rank, offer: offer.rank, body)
                continue
            }
            if own.rank != .max { append(own, rule, own: own.rank, offer: .max, body) }
            if offer.rank != .max { append(offer, rule, own: .max, offer: offer.rank, body) }
        }
        let (set, base) = table.find(draft)
        // A set that found no room is looked up again the next time.
        if let base {
            recent.remember(set, as: identity.hash)
            if identity.session != nil { bases.remember(base, as: identity.base) }
        }
        return set
    }

    /// The set of a known base and the present session; `nil` if it has to be looked for with all its values.
    private func set(
        of base: DimensionSet, _ hash: UInt64, _ hasOwn: Bool, _ body: Span<UInt8>
    ) -> DimensionSet? {
        let rule = session.trailingZeroBitCount
        let value = hasOwn && values[rule].rank != .max ? values[rule] : values[width + rule]
        guard case .string(let range) = value.value, !value.isKept, LabelText.isPlain(range, in: body) else {
            return nil
        }
        return table.set(of: base, session: hash, body.extracting(range.indices))
    }

    private mutating func append(_ value: Value, _ rule: Int, own: UInt8, offer: UInt8, _ body: Span<UInt8>) {
        var (text, hash) = (bytes(of: value, body), value.hash)
        if rule == table.userRule, let userHash = table.userHash {
            text = userHash.text(of: text.span)
            // Another dimension may have the same value, as it is.
            hash = mix64(hash ^ 0x1D8E_4E27_C47D_124F, 0xA076_1D64_78BD_642F)
        }
        draft.append(rule: UInt8(rule), own: own, offer: offer, hash: hash, text)
    }

    private func bytes(of value: Value, _ body: Span<UInt8>) -> [UInt8] {
        switch value.value {
        case .string(let range): DimensionText.bytes(of: range, in: value.isKept ? kept.span : body)
        case .int(let number): Array("\(number.asSent)".utf8)
        case .double(let number): Array("\(number.asSent)".utf8)
        case .bool(let flag): Array((flag ? "true" : "false").utf8)
        case .empty, .structured: []
        }
    }
}

/// The sets that one reader has met last, by their identity.
///
/// Most spans have the values of an earlier one, and need no look-up in the shared ``DimensionTable``.
struct RecentSets: Sendable {
    private struct Entry {
        var identity: UInt64 = 0
        var set = DimensionSet.none
    }

    private var entries: [Entry]
    /// The epoch of the table that the numbers are of.
    private var epoch: UInt32 = 0

    /// Remembers nothing so far.
    ///
    /// - Parameter size: The number of sets that are remembered at most, a power of two; 16 bytes each.
    init(size: Int) { entries = [Entry](repeating: Entry(), count: size) }

    /// Forgets the sets of an earlier epoch.
    mutating func begin(_ epoch: UInt32) {
        guard epoch != self.epoch else { return }
        self.epoch = epoch
        for index in entries.indices { entries[index] = Entry() }
    }

    /// The set with an identity, if it is remembered.
    @inline(__always)
    subscript(identity: UInt64) -> DimensionSet? {
        let entry = entries[Int(truncatingIfNeeded: identity) & (entries.count - 1)]
        return entry.identity == identity && entry.set != .none ? entry.set : nil
    }

    /// Remembers a set in the place of another one.
    mutating func remember(_ set: DimensionSet, as identity: UInt64) {
        entries[Int(truncatingIfNeeded: identity) & (entries.count - 1)] = Entry(identity: identity, set: set)
    }
}
