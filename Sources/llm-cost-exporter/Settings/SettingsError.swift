// SPDX-License-Identifier: Apache-2.0
import Documents

/// A mistake in the settings that the document reader does not find.
enum SettingsError: Error, CustomStringConvertible {
    /// The settings file cannot be read; the source names the file.
    case unreadable(String, FileFault, namedBy: SettingSource)
    /// A price file cannot be read; the source names the file.
    case unreadablePrices(String, FileFault, namedBy: SettingSource)
    /// A value that is not acceptable.
    case invalid(SettingSource, String)

    var description: String {
        switch self {
        case .unreadable(let path, let fault, let source):
            let remedy =
                switch source {
                case .file, .flag, .argument: "give \(source) the path of a YAML file"
                case .variable: "set \(source) to the path of a YAML file"
                }
            return "\(path): the settings file \(fault.problem); \(fault.remedy ?? remedy)"
        case .unreadablePrices(let path, let fault, let source):
            let remedy =
                switch source {
                case .file: "give the path of a YAML or JSON file, relative to the settings file"
                default: "give the path of a YAML or JSON file"
                }
            return "\(source): the price file \(path) \(fault.problem); \(fault.remedy ?? remedy)"
        case .invalid(let source, let problem): return "\(source): \(problem)"
        }
    }

    /// Whether the command line has the mistake.
    var isCommandLine: Bool {
        guard case .invalid(let source, _) = self else { return false }
        return source.isCommandLine
    }
}
