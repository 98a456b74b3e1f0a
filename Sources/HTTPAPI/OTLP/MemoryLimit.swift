// SPDX-License-Identifier: Apache-2.0

/// The memory limit that Linux's control groups set for the process.
///
/// - SeeAlso: cgroups(7); Linux, "Control Group v2", `memory.max`, and "Memory Resource Controller" (v1),
///   `memory.limit_in_bytes`.
package enum MemoryLimit {
    /// Finds the smallest limit of the process's group and of all groups that contain it.
    ///
    /// - Parameter read: Reads a file as text; `nil` when there is none.
    /// - Returns: The limit in bytes; `nil` if no group has one.
    package static func bytes(read: (_ path: String) -> String?) -> Int? {
        var least: Int?
        for line in (read("/proc/self/cgroup") ?? "").split(separator: "\n") {
            // Each line has the hierarchy's number, its controllers and the path; in version 2 number 0 and no controllers.
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
            // In a container the path may exist on the host only; then the mounted root is the process's group.
            var path = fields[2].split(separator: "/").prefix(mostNested)[...]
            while true {
                let name = ([mount] + path.map(String.init) + [file]).joined(separator: "/")
                if let limit = read(name).flatMap(limit) { least = min(least ?? limit, limit) }
                if path.popLast() == nil { break }
            }
        }
        return least
    }

    /// Parses a limit; `nil` for `max`, and for the figure, larger than any machine's memory, that means none in version 1.
    private static func limit(_ text: String) -> Int? {
        let word = text.prefix { !$0.isNewline && $0 != " " }
        guard let bytes = Int(word), bytes > 0, bytes < 1 << 60 else { return nil }
        return bytes
    }

    /// The largest number of nested groups that are looked at.
    private static let mostNested = 64
}
