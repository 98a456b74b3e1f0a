// SPDX-License-Identifier: Apache-2.0
import CallMetrics

/// The version of this build, for `--version`, the log and the landing page.
enum Version {
    /// The first line of the file VERSION.
    static let text = BuildInfo.current.version

    /// The answer to `--version`.
    static let report = report(of: .current)

    static func report(of build: BuildInfo) -> String {
        """
        llm-cost-exporter \(build.version)
        revision:    \(build.revision)\(build.revision == "unknown" ? " (built without the history of the source)" : "")
        commit date: \(build.commitDate)
        Swift:       \(build.swiftVersion)
        """
    }
}
