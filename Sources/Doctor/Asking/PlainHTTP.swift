// SPDX-License-Identifier: Apache-2.0
import Glibc

/// GET requests over HTTP/1.1 without TLS, one for each connection.
package enum PlainHTTP {
    /// The bounds of one request.
    package struct Limits: Sendable {
        /// The longest time for a connection, and for the whole answer after it.
        package var seconds = 10
        /// The longest answer; 100,000 series are some 20 MB.
        package var bytes = 256 << 20

        package init() {}
    }

    /// Asks for a path.
    ///
    /// - Parameters:
    ///   - path: The path, from its slash on.
    ///   - address: Whom to ask.
    ///   - agent: The `User-Agent`.
    ///   - limits: The bounds of the request.
    /// - Returns: The answer, whatever its status.
    /// - Throws: ``AskingError`` if there is none.
    package static func get(
        _ path: String, at address: ServiceAddress, agent: String, limits: Limits = Limits()
    ) throws(AskingError) -> HTTPAnswer {
        let socket = try connected(to: address, seconds: limits.seconds)
        defer { close(socket) }
        let request =
            "GET \(path) HTTP/1.1\r\nHost: \(address)\r\nUser-Agent: \(agent)\r\nAccept: text/plain, application/json\r\n"
            + "Connection: close\r\n\r\n"
        try send(Array(request.utf8), to: socket)
        let bytes = try received(from: socket, limits)
        guard !bytes.isEmpty else { throw .silent }
        guard let answer = HTTPAnswer(bytes) else { throw .notHTTP }
        return answer
    }

    private static func connected(to address: ServiceAddress, seconds: Int) throws(AskingError) -> Int32 {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(address.host, String(address.port), &hints, &list) == 0 else {
            throw .unknownHost(address.host)
        }
        defer { unsafe freeaddrinfo(list) }
        var error = AskingError.unknownHost(address.host)
        var next = unsafe list
        while let entry = unsafe next {
            do throws(AskingError) {
                return try unsafe connected(to: entry.pointee, seconds: seconds)
            } catch let failure {
                error = failure
            }
            unsafe next = entry.pointee.ai_next
        }
        throw error
    }

    private static func connected(to entry: addrinfo, seconds: Int) throws(AskingError) -> Int32 {
        let socket = unsafe Glibc.socket(entry.ai_family, entry.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw .system(errno) }
        // Linux applies the limit on sending to the connection as well.
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        guard unsafe Glibc.connect(socket, entry.ai_addr, entry.ai_addrlen) == 0 else {
            let error = errno
            close(socket)
            switch error {
            case ECONNREFUSED: throw .refused
            case EINPROGRESS, EAGAIN, ETIMEDOUT: throw .timedOut
            default: throw .system(error)
            }
        }
        return socket
    }

    private static func send(_ bytes: [UInt8], to socket: Int32) throws(AskingError) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes[sent...].withUnsafeBytes { rest in
                unsafe Glibc.send(socket, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw count < 0 ? failure(errno) : .silent }
            sent += count
        }
    }

    private static func received(from socket: Int32, _ limits: Limits) throws(AskingError) -> [UInt8] {
        // The socket's own limit is one of each pause.
        let end = ContinuousClock.now + .seconds(limits.seconds)
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe piece.withUnsafeMutableBytes { room in
                unsafe recv(socket, room.baseAddress, room.count, 0)
            }
            if count == 0 { return bytes }
            guard count > 0 else {
                if errno == EINTR { continue }
                // A peer that closes at once because it does not understand the request may still have answered.
                if errno == ECONNRESET, !bytes.isEmpty { return bytes }
                throw failure(errno)
            }
            bytes += piece[..<count]
            guard bytes.count <= limits.bytes else { throw .tooLong(limits.bytes) }
            guard ContinuousClock.now < end else { throw .timedOut }
        }
    }

    private static func failure(_ error: Int32) -> AskingError {
        switch error {
        case EAGAIN, ETIMEDOUT: .timedOut
        case ECONNRESET, EPIPE: .silent
        default: .system(error)
        }
    }
}

/// Why a service could not be asked.
package enum AskingError: Error, Equatable, CustomStringConvertible {
    case unknownHost(String)
    case refused
    case timedOut
    /// The peer closed the connection without an answer.
    case silent
    case notHTTP
    case tooLong(Int)
    case system(Int32)

    package var description: String {
        switch self {
        case .unknownHost(let host): "the host '\(host)' is not known here; check the name, or give an IP address"
        case .refused:
            "nothing listens there; start the service, or give the address of its web listener, which its log names: "
                + "msg=listening door=web address=…"
        case .timedOut: "no answer came in time; a firewall may be in between, or the process may hang"
        case .silent: "the peer closed the connection without an answer; it may speak TLS or another protocol"
        case .notHTTP: "the answer is not HTTP/1; give the address of the service's web listener (default port 9464)"
        case .tooLong(let bytes):
            "the answer is longer than \(bytes) bytes; is this the web listener of llm-cost-exporter?"
        case .system(let code): "the connection failed: \(unsafe String(cString: strerror(code)))"
        }
    }
}
