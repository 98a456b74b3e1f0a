// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The kernel's table of TCP sockets over IPv4, which tells what no log line does.
///
/// - SeeAlso: Linux, Documentation/networking/proc_net_tcp.rst.
package enum TCPTable {
    /// Finds the port on which a program listens that was told to take any.
    ///
    /// - Parameters:
    ///   - process: The program's process id.
    ///   - address: The address it listens on.
    /// - Returns: The port, or `nil` when it does not listen yet.
    package static func listeningPort(of process: Int32, address: String) -> UInt16? {
        listeningPorts(of: process, address: address).first
    }

    /// Finds all ports on which a program listens.
    ///
    /// - Parameters:
    ///   - process: The program's process id.
    ///   - address: The address it listens on.
    /// - Returns: The ports.
    package static func listeningPorts(of process: Int32, address: String) -> [UInt16] {
        let folder = "/proc/\(process)/fd"
        let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let sockets = Set(
            descriptors.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") })
        let bytes = address.split(separator: ".").compactMap { UInt8($0) }
        let local = bytes.reversed().map { String(format: "%02X", $0) }.joined()
        return rows().filter { row in
            row.state == "0A" && row.local.hasPrefix(local) && sockets.contains("socket:[\(row.inode)]")
        }.compactMap { UInt16($0.local.suffix(4), radix: 16) }
    }

    /// Whether a server has taken a connection and read all that was sent on it.
    ///
    /// - Parameters:
    ///   - server: The server's port.
    ///   - client: The client's port.
    /// - Returns: False also when there is no such connection.
    package static func hasReadAll(server: UInt16, from client: UInt16) -> Bool {
        rows().contains { row in
            UInt16(row.local.suffix(4), radix: 16) == server && UInt16(row.remote.suffix(4), radix: 16) == client
                && row.inode != "0" && row.queues.hasSuffix(":00000000")
        }
    }

    private struct Row {
        var local: String
        var remote: String
        var state: String
        /// Bytes waiting to be sent and to be read, in hexadecimal.
        var queues: String
        /// 0 while the connection waits to be accepted.
        var inode: String
    }

    private static func rows() -> [Row] {
        // `String(contentsOfFile:)` takes the first short read of a kernel file for its end.
        let file = try? FileHandle(forReadingFrom: URL(filePath: "/proc/net/tcp"))
        let table = String(decoding: (try? file?.readToEnd()) ?? Data(), as: UTF8.self)
        return table.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ").map(String.init)
            guard fields.count > 9 else { return nil }
            return Row(local: fields[1], remote: fields[2], state: fields[3], queues: fields[4], inode: fields[9])
        }
    }
}
