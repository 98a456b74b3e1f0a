// SPDX-License-Identifier: Apache-2.0

/// Takes a user out of a segment of the journal: its values become absent, in records with new lengths and checksums.
///
/// Numbers of records stay, and so does everything that a start computes from them, except the values of the user.
struct SegmentForgetting {
    private let user: ForgottenUser
    /// The definitions with a value of the user so far.
    private(set) var values = 0

    init(_ user: ForgottenUser) { self.user = user }

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
        switch kind {
        case .header: break
        case .definitions: try copyDefinitions(content, to: &records)
        case .arrivals, .decisions, .prices, .charges:
            let definitions = try content.part(try content.count(of: 1))
            let length = records.count
            records.append(0 as UInt64)
            try copyDefinitions(definitions, to: &records)
            records.set(UInt64(records.count - length - 8), at: length)
            if kind == .charges { return try copyCharges(content, to: &records) }
        }
        records.append(content.left)
    }

    private mutating func copyDefinitions(
        _ definitions: RecordReader, to records: inout RecordBytes
    ) throws(MalformedRecord) {
        var definitions = definitions
        while !definitions.isAtEnd {
            var whole = definitions
            let (kind, number) = try definitions.pair()
            switch RecordTexts.Kind(rawValue: kind) {
            case .symbol, .standIn: _ = try definitions.text()
            case .card: _ = try CardRecord.read(&definitions)
            case .attribution:
                records.append(kind, number)
                try copyAttribution(&definitions, to: &records)
                continue
            case .tenant:
                records.append(kind, number)
                try copyTenant(&definitions, to: &records)
                continue
            case nil: throw MalformedRecord("a definition of an unknown kind")
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
                if isForgotten { values += 1 }
                // The rank of no source.
                records.append(isForgotten ? UInt64(UInt8.max) : source)
                records.append(isForgotten ? "" : text)
            }
        }
    }

    private mutating func copyTenant(
        _ definition: inout RecordReader, to records: inout RecordBytes
    ) throws(MalformedRecord) {
        let count = try definition.count(of: 8)
        records.append(UInt64(count))
        for _ in 0..<count {
            let (owner, key, value) = (try definition.text(), try definition.text(), try definition.text())
            let isForgotten = ForgottenUser.attributeKeys.contains(key) && user.texts.contains(value)
            if isForgotten { values += 1 }
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
        records.append(UInt64(families.count))
        for family in families { family.write(&records) }
        records.append(content.left)
    }
}
