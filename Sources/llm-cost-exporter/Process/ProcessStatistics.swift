// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Foundation
import Glibc
import HTTPAPI

/// What the system tells about this process, read from /proc.
///
/// - SeeAlso: proc(5); the names and meanings of Prometheus client libraries' `process_*` metrics.
struct ProcessStatistics: Sendable {
    private let ticksPerSecond = Int64(max(1, sysconf(Int32(_SC_CLK_TCK))))
    private let pageBytes = Int64(max(1, sysconf(Int32(_SC_PAGESIZE))))
    private let bootNanoseconds: Int64

    init() {
        let lines = Self.text("/proc/stat").split(separator: "\n")
        let boot = lines.first { $0.hasPrefix("btime ") }?.split(separator: " ").last
        bootNanoseconds = (boot.flatMap { Int64($0) } ?? 0) * 1_000_000_000
    }

    /// The figures of this moment; those that cannot be read are 0.
    func levels() -> ProcessLevels {
        var levels = ProcessLevels()
        // The command's name is in parentheses and may hold anything; the figures come behind it, from field 3 on.
        let fields = Self.text("/proc/self/stat").split(separator: ")").last?.split(separator: " ") ?? []
        func field(_ number: Int) -> Int64 { fields.count > number - 3 ? Int64(fields[number - 3]) ?? 0 : 0 }
        levels.cpuNanoseconds = (field(14) + field(15)) * (1_000_000_000 / ticksPerSecond)
        levels.startNanoseconds = bootNanoseconds + field(22) * (1_000_000_000 / ticksPerSecond)
        levels.virtualBytes = field(23)
        levels.residentBytes = field(24) * pageBytes
        levels.openDescriptors = Int64(FileDescriptors.openCount)
        levels.maxDescriptors = Int64(FileDescriptors.limit ?? 0)
        return levels
    }

    /// The bytes of memory that the process may use; `nil` where nothing limits them.
    static var memoryLimit: Int? {
        MemoryLimit.bytes { path in try? String(contentsOfFile: path, encoding: .utf8) }
    }

    private static func text(_ path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }
}
