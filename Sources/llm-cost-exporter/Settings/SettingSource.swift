// SPDX-License-Identifier: Apache-2.0
import Documents

/// Where a setting got its value, for messages that name it.
enum SettingSource: Equatable, Sendable, CustomStringConvertible {
    /// A line of the settings file.
    case file(DocumentPosition)
    /// A flag, by its name without dashes.
    case flag(String)
    /// An argument without a flag, by its description.
    case argument(String)
    /// An environment variable.
    case variable(String)

    /// The beginning of a message: `settings.yaml:3`, `--log.level` or `LLM_COST_EXPORTER_LOG_LEVEL`.
    var description: String {
        switch self {
        case .file(let position): "\(position)"
        case .flag(let name): "--\(name)"
        case .argument(let text), .variable(let text): text
        }
    }

    /// Whether the command line has the value.
    var isCommandLine: Bool {
        switch self {
        case .flag, .argument: true
        case .file, .variable: false
        }
    }
}
