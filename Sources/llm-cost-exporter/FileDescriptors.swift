// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import HTTPAPI

/// The file descriptors of this process and the limit on them.
///
/// - SeeAlso: getrlimit(2).
enum FileDescriptors {
    /// `RLIMIT_NOFILE` of Linux, which Glibc's module has under a type that cannot be named.
    private static var resource: __rlimit_resource_t { __rlimit_resource_t(7) }

    /// Raises the soft limit on open files to the hard one, which needs no privilege.
    ///
    /// - Returns: The limit from now on and what is open; `nil` when the system does not tell.
    static func raiseLimit() -> ConnectionPlan.Descriptors? {
        var limits = rlimit()
        guard unsafe getrlimit(resource, &limits) == 0 else { return nil }
        if limits.rlim_cur < limits.rlim_max {
            limits.rlim_cur = limits.rlim_max
            // Where it is refused, the limit of before holds.
            _ = unsafe setrlimit(resource, &limits)
        }
        return limit.map { ConnectionPlan.Descriptors(limit: $0, open: openCount) }
    }

    /// The soft limit on open files; `nil` when the system does not tell.
    static var limit: Int? {
        var limits = rlimit()
        return unsafe getrlimit(resource, &limits) == 0 ? Int(clamping: limits.rlim_cur) : nil
    }

    /// How many descriptors are open.
    static var openCount: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count ?? 0
    }
}
