// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import HTTPAPI

/// The file descriptors of this process and the limit on them.
///
/// - SeeAlso: getrlimit(2).
enum FileDescriptors {
    /// Linux's `RLIMIT_NOFILE`; in Glibc's module the constant has a type that cannot be named.
    private static var resource: __rlimit_resource_t { __rlimit_resource_t(7) }

    /// Raises the soft limit on open files to the hard one, which needs no privilege.
    ///
    /// - Returns: The new limit and the number of open descriptors; `nil` if the system does not give the limit.
    static func raiseLimit() -> ConnectionPlan.Descriptors? {
        var limits = rlimit()
        guard unsafe getrlimit(resource, &limits) == 0 else { return nil }
        if limits.rlim_cur < limits.rlim_max {
            limits.rlim_cur = limits.rlim_max
            // If the system refuses, the old limit stays.
            _ = unsafe setrlimit(resource, &limits)
        }
        return limit.map { ConnectionPlan.Descriptors(limit: $0, open: openCount) }
    }

    /// The soft limit on open files; `nil` if the system does not give it.
    static var limit: Int? {
        var limits = rlimit()
        return unsafe getrlimit(resource, &limits) == 0 ? Int(clamping: limits.rlim_cur) : nil
    }

    /// The number of open descriptors.
    static var openCount: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count ?? 0
    }
}
