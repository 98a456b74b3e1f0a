// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Ingest

/// The content types and codings that `POST /v1/traces` accepts; another one is one more row here.
///
/// - SeeAlso: OTLP specification 1.9.0, OTLP/HTTP request (https://opentelemetry.io/docs/specs/otlp/#otlphttp-request).
enum AcceptedContent {
    /// Content types by their names in lower case.
    static let types: [(name: String, encoding: BodyEncoding)] = [
        (Answer.protobuf, .protobuf), (Answer.json, .json),
    ]

    /// Content codings by their names in lower case; `x-gzip` is gzip's older name (RFC 9110, section 8.4.1.3).
    static let codings: [(name: String, coding: ContentCoding)] = [
        ("gzip", .gzip), ("identity", .identity), ("x-gzip", .gzip),
    ]

    /// Reads the encoding of a request's body.
    ///
    /// - Parameter headers: The request's headers. Parameters of the content type, after `;`, are ignored.
    /// - Returns: The form, with the coding identity for a request that names none.
    /// - Throws: ``Refusal/contentType(_:)`` or ``Refusal/contentCoding(_:)``.
    static func form(of headers: HTTPFields) throws(Refusal) -> BodyForm {
        try form(type: headers[.contentType] ?? "", coding: headers[.contentEncoding])
    }

    /// Reads the encoding of a body from the values of two headers.
    ///
    /// - Parameters:
    ///   - type: The value of `Content-Type`, empty if there is none.
    ///   - coding: The value of `Content-Encoding`.
    /// - Returns: The form.
    /// - Throws: ``Refusal/contentType(_:)`` or ``Refusal/contentCoding(_:)``.
    static func form(type: String, coding: String?) throws(Refusal) -> BodyForm {
        guard let encoding = encoding(of: type) else { throw .contentType(type) }

        guard let value = coding else { return BodyForm(encoding: encoding) }
        guard let row = codings.first(where: { matches(value[...], $0.name) }) else { throw .contentCoding(value) }
        return BodyForm(encoding: encoding, coding: row.coding)
    }

    /// The encoding that a content type names, or `nil` for a type that is not accepted.
    static func encoding(of type: String) -> BodyEncoding? {
        let essence = type.prefix { $0 != ";" }
        return types.first { matches(essence, $0.name) }?.encoding
    }

    /// The encoding in which the sender of a request reads a refusal.
    ///
    /// - Parameter headers: The request's headers.
    /// - Returns: The encoding of its body, or else the first one that it accepts by name; `nil` for a person with a browser or
    ///   curl, who reads text.
    static func encodingOfRefusal(for headers: HTTPFields) -> BodyEncoding? {
        if let type = headers[.contentType], let encoding = encoding(of: type) { return encoding }
        guard let accept = headers[.accept] else { return nil }
        return accept.split(separator: ",").lazy.compactMap { encoding(of: String($0)) }.first
    }

    /// Whether a word of a header is an accepted name, in any case and with any blanks around it.
    private static func matches(_ word: Substring, _ name: String) -> Bool {
        if word.utf8.elementsEqual(name.utf8) { return true }
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        let trimmed = word.utf8.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        return trimmed.elementsEqual(name.utf8) { byte, lower in
            byte == lower || ((0x41...0x5A).contains(byte) && byte | 0x20 == lower)
        }
    }
}
