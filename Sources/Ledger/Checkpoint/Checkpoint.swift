// SPDX-License-Identifier: Apache-2.0
import CChecksum
package import CallMetrics

/// What one file keeps of the counters: series, vocabularies, and the number of the last record in them.
package struct Checkpoint: Sendable, Equatable {
    /// The number up to which all price and charge records are in the series.
    package var counted: UInt64 = 0
    /// When it was taken, in nanoseconds since 1970 (UTC).
    package var wallNanoseconds: UInt64 = 0
    /// The values of each vocabulary, by its raw value, in the order in which they came.
    package var vocabularies: [String: [String]] = [:]
    /// The values of each label of the settings that count against its limit.
    package var labels: [String: [String]] = [:]
    /// The names of models that count against a limit.
    package var unknownModels: [String] = []
    package var matchedModels: [String] = []
    package var families: [RecordedFamily] = []
    /// What senders proved up to the record with the number ``evidenceNumber``.
    package var evidence: [RecordedEvidence] = []
    package var evidenceNumber: UInt64 = 0
    /// The open traces and sessions; `nil` if the settings observe none.
    package var traces: TraceState?

    package init() {}

    /// The name of its file.
    package static let name = "checkpoint"

    /// The content of its file.
    package var bytes: [UInt8] {
        var content = RecordBytes()
        // Open traces are most of it. An array that grows would take three times its size for a moment.
        content.reserve((1 << 16) + (traces?.byteCount ?? 0))
        content.append(Self.magic)
        content.append(Self.version)
        // Length and checksum follow below.
        for _ in 0..<2 { content.append(0 as UInt64) }
        content.append(counted)
        content.append(wallNanoseconds)
        content.append(texts: vocabularies)
        content.append(texts: labels)
        content.append(texts: unknownModels)
        content.append(texts: matchedModels)
        content.append(UInt64(families.count))
        for family in families { family.write(&content) }
        content.append(evidenceNumber)
        content.append(UInt64(evidence.count))
        for sender in evidence { sender.write(&content) }
        // Last, since a version without traces reads what is before them.
        traces?.write(&content)
        content.set(UInt64(content.count - Self.headBytes), at: 16)
        content.set(UInt64(Self.checksum(content.bytes[Self.headBytes...])), at: 24)
        return content.bytes
    }

    /// Reads the content of its file.
    ///
    /// - Throws: ``JournalError`` for a newer format and for a damaged file.
    package init(_ bytes: [UInt8]) throws(JournalError) {
        guard bytes.count >= Self.headBytes, bytes.starts(with: Self.magic) else { throw .damaged(Self.name) }
        var head = RecordReader(bytes[8..<Self.headBytes])
        let version = (try? head.word()) ?? 0
        guard version <= Self.version else { throw .newer(Self.name, version, reads: Self.version) }
        do throws(MalformedRecord) {
            guard version > 0 else { throw MalformedRecord("its version is 0") }
            let (length, checksum) = (try head.word(), try head.word())
            let own = bytes[Self.headBytes...]
            guard UInt64(own.count) == length, UInt64(Self.checksum(own)) == checksum else {
                throw MalformedRecord("its checksum is wrong")
            }
            var content = RecordReader(own)
            counted = try content.word()
            wallNanoseconds = try content.word()
            vocabularies = try content.textsByName()
            labels = try content.textsByName()
            unknownModels = try content.texts()
            matchedModels = try content.texts()
            for _ in 0..<(try content.count(of: 8)) { families.append(try RecordedFamily(&content)) }
            evidenceNumber = try content.word()
            for _ in 0..<(try content.count(of: 40)) { evidence.append(try RecordedEvidence(&content)) }
            if !content.isAtEnd { traces = try TraceState(&content) }
        } catch {
            throw .malformed(Self.name, error)
        }
    }

    private static let magic = Array("LLMCECHK".utf8)
    private static let version: UInt64 = 1
    /// Its name, version, length and checksum.
    private static let headBytes = 32

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        // Sound: the bytes are only read, within the closure that lends them.
        unsafe bytes.withUnsafeBufferPointer { unsafe llm_crc32c($0.baseAddress, $0.count) }
    }
}

extension RecordBytes {
    mutating func append(texts: [String]) {
        append(UInt64(texts.count))
        for text in texts { append(text) }
    }

    mutating func append(texts: [String: [String]]) {
        append(UInt64(texts.count))
        for (name, texts) in texts.sorted(by: { $0.key < $1.key }) {
            append(name)
            append(texts: texts)
        }
    }

    mutating func append(_ number: UInt128) {
        append(UInt64(truncatingIfNeeded: number))
        append(UInt64(truncatingIfNeeded: number >> 64))
    }
}

extension RecordReader {
    mutating func texts() throws(MalformedRecord) -> [String] {
        var texts: [String] = []
        for _ in 0..<(try count(of: 8)) { texts.append(try text()) }
        return texts
    }

    mutating func textsByName() throws(MalformedRecord) -> [String: [String]] {
        var found: [String: [String]] = [:]
        for _ in 0..<(try count(of: 8)) {
            let name = try text()
            found[name] = try texts()
        }
        return found
    }

    mutating func wide() throws(MalformedRecord) -> UInt128 {
        let (low, high) = (try word(), try word())
        return UInt128(high) << 64 | UInt128(low)
    }
}
