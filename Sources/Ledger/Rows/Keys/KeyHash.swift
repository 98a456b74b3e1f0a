// SPDX-License-Identifier: Apache-2.0
import GRDB
import GenAI

/// The hash in the keys of texts and traces (``PackedKeys``), with a secret of the database's own.
///
/// Senders choose texts and the ids of traces. If they knew the hash, or if it were a part of an id, they could send thousands of
/// equal keys, all of which a look-up has to read.
struct KeyHash: Sendable {
    private let keyed: KeyedTextHash

    /// The names of the two halves of the secret in `meta`.
    static let secretNames = ["text_secret_low", "text_secret_high"]

    /// Makes the hash with a secret.
    ///
    /// - Parameter halves: The values of ``secretNames``.
    init(secret halves: [Int64]) {
        keyed = KeyedTextHash(
            key: halves.flatMap { half in
                (0..<8).map { UInt8(truncatingIfNeeded: UInt64(bitPattern: half) >> UInt64(8 * $0)) }
            })
    }

    /// Reads the secret of a database.
    init(_ database: Database) throws {
        self.init(secret: try Self.secretNames.map { try RowWriter.meta($0, database) ?? 0 })
    }

    /// Gives a database its secret.
    static func makeSecret(_ database: Database) throws {
        for name in secretNames { try RowWriter.setMeta(name, .random(in: .min ... .max), database) }
    }

    /// The hash of a text, 31 bits.
    func callAsFunction(_ text: Span<UInt8>) -> UInt32 { Self.cut(keyed(text)) }

    /// A hash of 64 bits of a text, which two texts practically never share.
    func whole(_ text: [UInt8]) -> UInt64 { keyed(text.span) }

    /// The hash of a trace's id, 31 bits.
    @inline(__always)
    func callAsFunction(_ trace: TraceKey) -> UInt32 { Self.cut(keyed(trace.high, trace.low)) }

    @inline(__always)
    private static func cut(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash) & 0x7FFF_FFFF }
}
