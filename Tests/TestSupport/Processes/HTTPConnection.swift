// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A blocking HTTP/1.1 connection to the loopback address, kept alive between requests.
///
/// It is made for tests: it can send what a polite client would not, and half of it.
package struct HTTPConnection: ~Copyable {
    private let descriptor: Int32
    private var received: [UInt8] = []

    /// The port at our own end.
    package let localPort: UInt16

    /// Connects.
    ///
    /// - Parameter port: The port on 127.0.0.1.
    /// - Throws: ``HTTPFailure`` when nobody listens there.
    package init(port: UInt16) throws(HTTPFailure) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        Self.set(descriptor, SOL_SOCKET, SO_RCVTIMEO, timeval(tv_sec: 60, tv_usec: 0))
        Self.set(descriptor, SOL_SOCKET, SO_SNDTIMEO, timeval(tv_sec: 60, tv_usec: 0))
        Self.set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1 as Int32)
        self.descriptor = descriptor

        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let failed = unsafe withUnsafeMutablePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                let refused = unsafe connect(descriptor, address, size)
                return refused == 0 ? unsafe getsockname(descriptor, address, &size) : refused
            }
        }
        localPort = UInt16(bigEndian: address.sin_port)
        // A failure here runs deinit, which closes the socket.
        guard failed == 0 else {
            throw HTTPFailure(reason: "port \(port) does not accept connections (errno \(errno))")
        }
    }

    deinit { close(descriptor) }

    /// Sends a request and reads the answer.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - path: The path.
    ///   - headers: Headers besides Host and Content-Length.
    ///   - body: The body.
    /// - Returns: The answer.
    /// - Throws: ``HTTPFailure`` when the connection ends without a whole answer.
    package mutating func send(
        _ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8] = []
    ) throws(HTTPFailure) -> HTTPResponse {
        let length = method == "GET" ? [:] : ["Content-Length": String(body.count)]
        var request = Self.head(method, path, headers: headers.merging(length) { $1 })
        request.append(contentsOf: body)
        // A server may refuse a large body before it has read it all: its answer counts, not our failure to send.
        write(request)
        return try readResponse()
    }

    /// The head of a request, as bytes.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - path: The path.
    ///   - headers: Headers besides Host.
    /// - Returns: All up to the empty line, that line included.
    package static func head(_ method: String, _ path: String, headers: [String: String]) -> [UInt8] {
        let lines = ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1"] + headers.map { "\($0.key): \($0.value)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// Sends bytes as they are.
    ///
    /// - Parameter bytes: Any bytes.
    /// - Returns: Whether all went out.
    @discardableResult
    package func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes[sent...].withUnsafeBytes { rest in
                unsafe Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Reads an answer.
    ///
    /// - Returns: The answer.
    /// - Throws: ``HTTPFailure`` when the connection ends without a whole answer.
    package mutating func readResponse() throws(HTTPFailure) -> HTTPResponse {
        var lines: [String] = []
        repeat { lines.append(try readLine()) } while lines.last != ""
        let words = lines[0].split(separator: " ")
        guard words.count > 1, let status = Int(words[1]) else { throw HTTPFailure(reason: "no status: \(lines[0])") }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers[line[..<colon].lowercased()] = String(value)
        }
        if status == 100 { return try readResponse() }
        var body: [UInt8] = []
        if headers["transfer-encoding"] == "chunked" {
            while let size = Int(try readLine(), radix: 16), size > 0 {
                body += try readBytes(size)
                _ = try readLine()
            }
            _ = try readLine()
        } else {
            body = try readBytes(headers["content-length"].flatMap { Int($0) } ?? 0)
        }
        return HTTPResponse(status: status, headers: headers, body: body)
    }

    private static func set<Value: BitwiseCopyable>(
        _ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Value
    ) {
        var value = value
        unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Value>.size))
    }

    private mutating func readLine() throws(HTTPFailure) -> String {
        while true {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: received[..<end], as: UTF8.self)
                received.removeSubrange(...end)
                return line.hasSuffix("\r") ? String(line.dropLast()) : line
            }
            try receiveMore()
        }
    }

    private mutating func readBytes(_ count: Int) throws(HTTPFailure) -> [UInt8] {
        while received.count < count { try receiveMore() }
        let bytes = Array(received[..<count])
        received.removeSubrange(..<count)
        return bytes
    }

    private mutating func receiveMore() throws(HTTPFailure) {
        let more = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
            count = max(0, unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0))
        }
        guard !more.isEmpty else { throw HTTPFailure(reason: "the connection ended before the answer did") }
        received += more
    }
}

/// An answer.
package struct HTTPResponse: Sendable {
    package var status: Int
    /// Names are in lower case.
    package var headers: [String: String]
    package var body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }
}

/// An exchange that did not come to an answer.
package struct HTTPFailure: Error, CustomStringConvertible {
    package var reason: String
    package var description: String { reason }
}
