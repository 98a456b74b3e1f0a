// SPDX-License-Identifier: Apache-2.0

/// What a build is, as labels of `llm_cost_exporter_build_info`.
package struct BuildInfo: Sendable {
    package let version: String
    /// The commit; `unknown` if the source came without its history.
    package let revision: String
    /// The time of the commit, in UTC by ISO 8601, or `unknown`.
    package let commitDate: String
    /// The version of the compiler, or `unknown`.
    package let swiftVersion: String

    package init(version: String, revision: String, commitDate: String, swiftVersion: String) {
        self.version = version
        self.revision = revision
        self.commitDate = commitDate
        self.swiftVersion = swiftVersion
    }

    /// The labels' names, in the order of ``values``.
    static let labels = ["version", "revision", "commit_date", "swift_version"]

    var values: [String] { [version, revision, commitDate, swiftVersion] }
}
