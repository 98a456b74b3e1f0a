// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Ingest

/// What `POST /v1/traces` takes; a further type or coding is one more row here.
///
/// - SeeAlso: OTLP specification 1.9.0, OTLP/HTTP request (https://opentelemetry.io/docs/specs/otlp/#otlphttp-request).
enum AcceptedContent {
    /// Content types by their names in lower case.
    static let types: [String] = ["application/x-protobuf"]

    /// Content codings by their names in lower case; `x-gzip` is gzip's older name (RFC 9110, section 8.4.1.3).
    static let codings: [(name: String, coding: ContentCoding)] = [
        ("gzip", .gzip), ("identity", .identity), ("x-gzip", .gzip),
    ]

    /// Reads how the body of a request is encoded.
    ///
    /// - Parameter headers: The request's headers. Parameters of the content type, after `;`, are not looked at.
    /// - Returns: The coding, identity when none is named.
    /// - Throws: ``Refusal/contentType(_:)`` or ``Refusal/contentCoding(_:)``.
    static func coding(of headers: HTTPFields) throws(Refusal) -> ContentCoding {
        let type = headers[.contentType] ?? ""
        let essence = type.prefix { $0 != ";" }
        guard types.contains(where: { matches(essence, $0) }) else { throw .contentType(type) }

        guard let value = headers[.contentEncoding] else { return .identity }
        guard let row = codings.first(where: { matches(value[...], $0.name) }) else { throw .contentCoding(value) }
        return row.coding
    }

    /// Answers whether a header's word is a name of ours, whatever its case and the blanks around it.
    private static func matches(_ word: Substring, _ name: String) -> Bool {
        if word.utf8.elementsEqual(name.utf8) { return true }
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        let trimmed = word.utf8.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        return trimmed.elementsEqual(name.utf8) { byte, lower in
            byte == lower || ((0x41...0x5A).contains(byte) && byte | 0x20 == lower)
        }
    }
}
