// SPDX-License-Identifier: Apache-2.0

/// The version of this build, for `--version`, the log, the landing page and `llm_cost_exporter_build_info`.
enum Version {
    static let text = "0.1.0"
}
