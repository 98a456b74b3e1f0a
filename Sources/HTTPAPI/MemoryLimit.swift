// SPDX-License-Identifier: Apache-2.0

/// The memory that the process may use, as the control groups of Linux say.
///
/// - SeeAlso: cgroups(7); Linux, "Control Group v2", `memory.max`, and "Memory Resource Controller" (v1),
///   `memory.limit_in_bytes`.
package enum MemoryLimit {
    /// Finds the limit of the process's group and of all groups around it.
    ///
    /// - Parameter read: Reads a file as text; `nil` when there is none.
    /// - Returns: The smallest limit in bytes; `nil` where there is none.
    package static func bytes(read: (_ path: String) -> String?) -> Int? {
        var least: Int?
        for line in (read("/proc/self/cgroup") ?? "").split(separator: "\n") {
            // Number of the hierarchy, controllers, path; number 0 and no controllers in version 2.
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let (mount, file): (String, String)
            if fields[1].isEmpty {
                (mount, file) = ("/sys/fs/cgroup", "memory.max")
            } else if fields[1].split(separator: ",").contains("memory") {
                (mount, file) = ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
            } else {
                continue
            }
            // In a container the path may be one that only the host sees; then the group is the root of what is mounted.
            var path = fields[2].split(separator: "/").prefix(mostNested)[...]
            while true {
                let name = ([mount] + path.map(String.init) + [file]).joined(separator: "/")
                if let limit = read(name).flatMap(limit) { least = min(least ?? limit, limit) }
                if path.popLast() == nil { break }
            }
        }
        return least
    }

    /// A limit as a file states it; `nil` for `max`, and for version 1's figure for none, which no machine has.
    private static func limit(_ text: String) -> Int? {
        let word = text.prefix { !$0.isNewline && $0 != " " }
        guard let bytes = Int(word), bytes > 0, bytes < 1 << 60 else { return nil }
        return bytes
    }

    /// How many groups are looked at, one in the other.
    private static let mostNested = 64
}
