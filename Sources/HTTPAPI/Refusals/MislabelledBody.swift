// SPDX-License-Identifier: Apache-2.0
import Ingest
import NIOCore

/// Recognises an unreadable body that is in another format than its headers say, as senders write by hand.
enum MislabelledBody {
    /// Looks at the first bytes of a body that could not be read.
    ///
    /// - Parameters:
    ///   - body: The body as sent.
    ///   - form: What its headers say.
    /// - Returns: A sentence: what is wrong, and behind the first semicolon what to do; `nil` if the headers may be right.
    static func message(_ body: ByteBuffer, as form: BodyForm) -> String? {
        // An empty body has no format; its reader says that it is empty.
        guard body.readableBytes > 0 else { return nil }
        let isGzip = body.readableBytesView.starts(with: gzip)
        switch (form.coding, form.encoding) {
        case (.gzip, _):
            return isGzip
                ? nil : "the body is not gzip, which its headers say; leave out Content-Encoding, or compress the body"
        case (.identity, _) where isGzip:
            return "the body is gzip, and its headers do not say so; send Content-Encoding: gzip"
        case (.identity, .protobuf):
            // In protobuf, both bytes are the beginning of a group, which OTLP does not have.
            let first = body.readableBytesView.first { !blanks.contains($0) }
            guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return nil }
            return "the body is JSON, and its content type says protobuf; send Content-Type: application/json"
        case (.identity, .json):
            // No JSON has these bytes.
            let isBinary = body.readableBytesView.prefix(mostBytes).contains { $0 < 0x20 && !blanks.contains($0) }
            guard isBinary else { return nil }
            return
                "the body is not JSON, which its content type says; send Content-Type: application/x-protobuf if it is "
                + "protobuf"
        }
    }

    private static let gzip: [UInt8] = [0x1F, 0x8B]
    private static let blanks: [UInt8] = [0x09, 0x0A, 0x0D, 0x20]
    /// The most bytes that are searched.
    private static let mostBytes = 256
}
