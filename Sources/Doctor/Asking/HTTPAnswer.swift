// SPDX-License-Identifier: Apache-2.0

/// The answer of an HTTP/1 server to one request.
package struct HTTPAnswer: Sendable, Equatable {
    package var status: Int
    /// The values of headers by their names in lower case.
    package var headers: [String: String]
    package var body: [UInt8]

    /// The body as text.
    package var text: String { String(decoding: body, as: UTF8.self) }

    /// Makes an answer.
    package init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Reads an answer that ended with its connection.
    ///
    /// `nil` for bytes that are no answer, or not all of one.
    ///
    /// - Parameter bytes: All bytes of the connection.
    package init?(_ bytes: [UInt8]) {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let first = (lines.first ?? "").split(separator: " ", maxSplits: 2)
        guard first.count >= 2, first[0].hasPrefix("HTTP/1."), let status = Int(first[1]), (100...599).contains(status)
        else { return nil }
        self.status = status
        headers = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers[line[..<colon].lowercased()] = String(value)
        }
        let rest = bytes[end.upperBound...]
        if headers["transfer-encoding"]?.lowercased() == "chunked" {
            guard let body = Self.joined(rest) else { return nil }
            self.body = body
        } else if let length = headers["content-length"] {
            guard let count = Int(length), count >= 0, count <= rest.count else { return nil }
            body = Array(rest.prefix(count))
        } else {
            body = Array(rest)
        }
    }

    /// The content of a body in chunks; `nil` if it is cut short.
    private static func joined(_ chunks: ArraySlice<UInt8>) -> [UInt8]? {
        var (body, rest) = ([UInt8](), chunks)
        while let end = rest.firstRange(of: Array("\r\n".utf8)) {
            let size = String(decoding: rest[..<end.lowerBound], as: UTF8.self).prefix { $0 != ";" }
            rest = rest[end.upperBound...]
            guard let count = Int(size, radix: 16), count >= 0, count <= rest.count else { return nil }
            if count == 0 { return body }
            body += rest.prefix(count)
            guard rest.dropFirst(count).starts(with: Array("\r\n".utf8)) else { return nil }
            rest = rest.dropFirst(count + 2)
        }
        return nil
    }
}
