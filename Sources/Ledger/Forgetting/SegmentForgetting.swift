// SPDX-License-Identifier: Apache-2.0

/// Takes a user out of a segment of the journal: its values become absent, in records with new lengths and checksums.
///
/// Numbers of records stay, and so does everything that a start computes from them, except the values of the user.
struct SegmentForgetting {
    private let user: ForgottenUser
    /// The values of the user so far, in definitions and in names of traces.
    private(set) var values = 0
    /// The texts that stay and name the user.
    private(set) var mentions: RemainingMentions
    /// The name of the segment.
    private var file = ""
    /// The names of dimensions by their numbers in the segment.
    private var dimensions: [UInt32: String] = [:]
    /// Each set without its session, by number: what a definition of a forgotten session becomes.
    private var bases: [UInt32: [UInt8]] = [:]

    /// The kinds of definitions of dimensions: the values of a set, and the name of a dimension.
    private static let (setKind, dimensionKind): (UInt32, UInt32) = (6, 7)

    init(_ user: ForgottenUser, _ mentions: RemainingMentions) { (self.user, self.mentions) = (user, mentions) }

    /// The content of a segment without the user.
    ///
    /// - Parameters:
    ///   - bytes: The content of its file.
    ///   - name: Its name, for errors.
    /// - Returns: The new content, which ends with the last whole record; `nil` if the segment has no value of the user.
    /// - Throws: ``JournalError`` for a segment that cannot be read.
    mutating func rewritten(_ bytes: [UInt8], name: String) throws(JournalError) -> [UInt8]? {
        guard let segment = try Segment(bytes, name: name) else { return nil }
        let before = values
        (file, dimensions, bases) = (name, [:], [:])
        var records = RecordBytes()
        do throws(MalformedRecord) {
            try segment.forEach(before: .max) { (kind, number, content) throws(MalformedRecord) in
                let start = records.beginRecord(kind, number: number)
                try copy(kind, content, to: &records)
                records.endRecord(at: start)
            }
        } catch {
            throw .malformed(name, error)
        }
        guard values > before else { return nil }
        var sealed = records.bytes
        RecordBytes.seal(&sealed)
        return segment.header.bytes + sealed
    }

    private mutating func copy(
        _ kind: RecordKind, _ content: RecordReader, to records: inout RecordBytes
    ) throws(MalformedRecord) {
        var content = content
        if kind == .definitions {
            try copyDefinitions(content, to: &records)
        } else if kind.isNumbered {
            let definitions = try content.part(try content.count(of: 1))
            let length = records.count
            records.append(0 as UInt64)
            try copyDefinitions(definitions, to: &records)
            records.set(UInt64(records.count - length - 8), at: length)
            switch kind {
            case .charges: try copyCharges(content, to: &records)
            case .roots: try copyRoots(content, to: &records)
            default: records.append(content.left)
            }
        }
    }

    private mutating func copyDefinitions(
        _ definitions: RecordReader, to records: inout RecordBytes
    ) throws(MalformedRecord) {
        var definitions = definitions
        while !definitions.isAtEnd {
            var whole = definitions
            let (kind, number) = try definitions.pair()
            switch kind {
            case RecordTexts.Kind.symbol.rawValue, RecordTexts.Kind.standIn.rawValue:
                mentions.note(try definitions.text(), as: RemainingMention.fact, in: file)
            case RecordTexts.Kind.card.rawValue: _ = try CardRecord.read(&definitions)
            case Self.dimensionKind: dimensions[number] = try definitions.text()
            case RecordTexts.Kind.attribution.rawValue:
                records.append(kind, number)
                try copyAttribution(&definitions, to: &records)
                continue
            case RecordTexts.Kind.tenant.rawValue:
                records.append(kind, number)
                try copyTenant(&definitions, to: &records)
                continue
            case RecordTexts.Kind.session.rawValue:
                let word = try definitions.word()
                let session = try definitions.text(of: Int(word >> 48))
                if user.forgetsSessions, user.texts.contains(session) {
                    guard let base = bases[UInt32(truncatingIfNeeded: word)] else {
                        throw MalformedRecord("the base of a session was never defined")
                    }
                    values += 1
                    records.append(Self.setKind, number)
                    records.append(base)
                    continue
                }
                mentions.note(session, as: RowDimension.session, in: file)
            case Self.setKind:
                records.append(kind, number)
                try copySet(number, &definitions, to: &records)
                continue
            default: throw MalformedRecord("a definition of an unknown kind")
            }
            records.append(try whole.part(whole.rest - definitions.rest).left)
        }
    }

    private mutating func copyAttribution(
        _ definition: inout RecordReader, to records: inout RecordBytes
    ) throws(MalformedRecord) {
        let count = try definition.count(of: 8)
        records.append(UInt64(count))
        for _ in 0..<count {
            let label = try definition.text()
            records.append(label)
            for _ in 0..<2 {
                let (source, text) = (try definition.word(), try definition.text())
                let isForgotten = user.isUser(label) && user.texts.contains(text)
                if isForgotten { values += 1 } else { mentions.note(text, as: label, in: file) }
                // The rank of no source.
                records.append(isForgotten ? UInt64(UInt8.max) : source)
                records.append(isForgotten ? "" : text)
            }
        }
    }

    /// Copies the values of a set of dimensions, each a word and its text, except those of the user.
    private mutating func copySet(
        _ number: UInt32, _ definition: inout RecordReader, to records: inout RecordBytes
    ) throws(MalformedRecord) {
        let count = try definition.count(of: 8)
        var (kept, withoutSession) = (RecordBytes(), RecordBytes())
        var (left, others) = (0, 0)
        for _ in 0..<count {
            // The number of the dimension is in the lowest bits, the length of the text in the highest.
            let word = try definition.word()
            let length = Int(word >> 48)
            let filled = try definition.part((length + 7) & ~7).left
            let name = dimensions[UInt32(word & 0xFFFF)] ?? ""
            let text = String(decoding: filled.prefix(length), as: UTF8.self)
            if user.isUser(name), user.texts.contains(text) {
                values += 1
                continue
            }
            mentions.note(text, as: name, in: file)
            kept.append(word)
            kept.append(filled)
            left += 1
            guard word & DimensionRecord.session == 0 else { continue }
            withoutSession.append(word)
            withoutSession.append(filled)
            others += 1
        }
        records.append(UInt64(left))
        records.append(kept.bytes)
        guard user.forgetsSessions, others < left else { return }
        var base = RecordBytes()
        base.append(UInt64(others))
        base.append(withoutSession.bytes)
        bases[number] = base.bytes
    }

    /// Copies root spans, except those named after the user; their traces then have no name.
    private mutating func copyRoots(
        _ content: RecordReader, to records: inout RecordBytes
    ) throws(MalformedRecord) {
        var content = content
        var roots = try RootRecord.read(&content)
        let count = roots.count
        if user.forgetsTraceNames { roots.removeAll { user.texts.contains($0.name) } }
        values += count - roots.count
        for root in roots { mentions.note(root.name, as: ForgottenUser.traceName, in: file) }
        RootRecord.write(roots, &records)
        records.append(content.left)
    }

    private mutating func copyTenant(
        _ definition: inout RecordReader, to records: inout RecordBytes
    ) throws(MalformedRecord) {
        let count = try definition.count(of: 8)
        records.append(UInt64(count))
        for _ in 0..<count {
            let (owner, key, value) = (try definition.text(), try definition.text(), try definition.text())
            let isForgotten = ForgottenUser.attributeKeys.contains(key) && user.texts.contains(value)
            if isForgotten { values += 1 } else { mentions.note(value, as: key, in: file) }
            records.append(owner)
            records.append(key)
            records.append(isForgotten ? "" : value)
        }
    }

    private mutating func copyCharges(
        _ content: RecordReader, to records: inout RecordBytes
    ) throws(MalformedRecord) {
        var content = content
        var families: [RecordedFamily] = []
        for _ in 0..<(try content.count(of: 8)) { families.append(try RecordedFamily(&content)) }
        for index in families.indices { values += families[index].forget(user) }
        for family in families { family.note(&mentions, in: file) }
        records.append(UInt64(families.count))
        for family in families { family.write(&records) }
        records.append(content.left)
    }
}
