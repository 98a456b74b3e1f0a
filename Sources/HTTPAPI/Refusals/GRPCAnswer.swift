// SPDX-License-Identifier: Apache-2.0
import NIOCore

/// The frames that tell a gRPC client, in its own protocol, that this service does not serve its call.
///
/// The client logs the status and the sentence, and does not send the call again. No part of a request is decoded.
///
/// - SeeAlso: RFC 9113, section 4.1 (frames); RFC 7541, section 6.2.2 (header fields without indexing); gRPC over HTTP/2,
///   Trailers-Only (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
struct GRPCAnswer: Sendable {
    /// The kinds of frames that matter here.
    enum Frame {
        static let headers: UInt8 = 1
        static let settings: UInt8 = 4
        static let acknowledgement: UInt8 = 1
        /// The bytes before a frame's payload.
        static let headBytes = 9
        /// The largest payload that a peer may send unless it was allowed more.
        static let mostBytes = 16_384
    }

    /// The header fields of the answer: status 12 (UNIMPLEMENTED) and the sentence.
    private let fields: [UInt8]

    /// - Parameter sentence: What to do instead: printable ASCII without `%`.
    init(_ sentence: String) {
        var fields: [UInt8] = [0x88]  // :status 200
        Self.add("content-type", "application/grpc", to: &fields)
        Self.add("grpc-status", "12", to: &fields)
        Self.add("grpc-message", sentence, to: &fields)
        self.fields = fields
    }

    /// The bytes with which a client begins a connection, up to its first frame.
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    /// Whether a connection begins with the preface and a frame of settings, as HTTP/2 demands.
    ///
    /// - Parameter bytes: The bytes of the connection so far.
    /// - Returns: The answer; `nil` while it depends on bytes to come.
    static func begins(_ bytes: ByteBufferView) -> Bool? {
        let known = bytes.prefix(preface.count)
        guard known.elementsEqual(preface.prefix(known.count)) else { return false }
        let head = bytes.dropFirst(preface.count).prefix(Frame.headBytes)
        guard head.count == Frame.headBytes else { return nil }
        let isSettings = head.dropFirst(3).first == Frame.settings && head.first == 0
        return isSettings && head.suffix(4).allSatisfy { $0 == 0 }
    }

    /// The settings that begin the answering side of a connection.
    static let settings = frame(Frame.settings, flags: 0, stream: 0)
    /// The answer to the settings of the client.
    static let settingsAcknowledged = frame(Frame.settings, flags: Frame.acknowledgement, stream: 0)

    /// The whole answer to a call.
    ///
    /// - Parameter stream: The number of its stream.
    /// - Returns: A frame.
    func answer(to stream: UInt32) -> [UInt8] {
        // END_STREAM and END_HEADERS.
        Self.frame(Frame.headers, flags: 0x5, stream: stream, fields)
    }

    private static func frame(_ type: UInt8, flags: UInt8, stream: UInt32, _ payload: [UInt8] = []) -> [UInt8] {
        let length = UInt32(payload.count)
        return [UInt8(truncatingIfNeeded: length >> 16), UInt8(truncatingIfNeeded: length >> 8)]
            + [UInt8(truncatingIfNeeded: length), type, flags]
            + (0..<4).map { UInt8(truncatingIfNeeded: stream >> (24 - 8 * $0)) } + payload
    }

    /// Writes a field with a new name, not Huffman-coded and not to be indexed.
    private static func add(_ name: String, _ value: String, to fields: inout [UInt8]) {
        fields.append(0)
        for text in [name, value] {
            // A length has seven bits, and further ones if those are all set.
            let length = text.utf8.count
            if length < 0x7F {
                fields.append(UInt8(length))
            } else {
                fields.append(0x7F)
                var rest = length - 0x7F
                while rest >= 0x80 {
                    fields.append(UInt8(rest & 0x7F) | 0x80)
                    rest >>= 7
                }
                fields.append(UInt8(rest))
            }
            fields += Array(text.utf8)
        }
    }
}
