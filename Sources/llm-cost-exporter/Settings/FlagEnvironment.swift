// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The environment variables that stand in for flags.
enum FlagEnvironment {
    /// The flags of `serve`, each of which has a variable.
    static let flags = [
        "config.file", "prices", "otlp.listen-address", "web.listen-address", "web.telemetry-path",
        "web.enable-lifecycle",
        "log.level", "log.format", "storage.path", "storage.memory-calls",
    ]

    /// The beginning of each variable's name.
    static let prefix = "LLM_COST_EXPORTER_"

    /// The variable's name: the flag in upper case behind the service's own name.
    static func name(of flag: String) -> String {
        let word = flag.map { $0 == "." || $0 == "-" ? "_" : String($0) }.joined()
        return prefix + word.uppercased()
    }

    /// The value of the variable; `nil` for an empty one.
    static func value(of flag: String) -> String? {
        guard let value = ProcessInfo.processInfo.environment[name(of: flag)], !value.isEmpty else { return nil }
        return value
    }
}

/// A value that a flag has or, without the flag, its environment variable.
struct FlagValue {
    let text: String
    let source: SettingSource

    init(text: String, source: SettingSource) {
        self.text = text
        self.source = source
    }

    /// Looks for the value; `nil` if neither the flag nor the variable has one.
    ///
    /// - Parameters:
    ///   - given: The value on the command line.
    ///   - flag: The flag, without dashes.
    init?(_ given: String?, of flag: String) {
        if let given {
            (text, source) = (given, .flag(flag))
        } else if let value = FlagEnvironment.value(of: flag) {
            (text, source) = (value, .variable(FlagEnvironment.name(of: flag)))
        } else {
            return nil
        }
    }

    /// The value as `true` or `false`.
    func truth() throws -> Bool {
        guard ["true", "false"].contains(text) else {
            throw SettingsError.invalid(source, "must be true or false, not '\(text)'")
        }
        return text == "true"
    }

    /// The value as a whole number of a range.
    func count(in range: ClosedRange<Int>) throws -> Int {
        guard let count = Int(text), range.contains(count) else {
            throw SettingsError.invalid(
                source, "must be a whole number from \(range.lowerBound) to \(range.upperBound), not '\(text)'")
        }
        return count
    }

    /// The value as one of some words.
    func choice<Choice: RawRepresentable & CaseIterable>() throws -> Choice where Choice.RawValue == String {
        guard let choice = Choice(rawValue: text) else {
            let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingsError.invalid(source, "must be one of \(choices), not '\(text)'")
        }
        return choice
    }
}
