// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Colours and weights for standard output.
///
/// Only terminals get them, and none if the variable `NO_COLOR` has a value or `TERM` is `dumb`.
///
/// - SeeAlso: https://no-color.org
enum Paint {
    static func bold(_ text: String) -> String { painted(text, "1") }
    static func good(_ text: String) -> String { painted(text, "32") }
    static func warning(_ text: String) -> String { painted(text, "33") }
    static func bad(_ text: String) -> String { painted(text, "31") }

    /// Whether an environment lets a terminal have colours.
    ///
    /// - Parameter environment: The variables by name.
    /// - Returns: Whether it may.
    static func isAllowed(by environment: [String: String]) -> Bool {
        environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }

    private static let isOn = StandardOutput.isTerminal && isAllowed(by: ProcessInfo.processInfo.environment)

    private static func painted(_ text: String, _ code: String) -> String {
        isOn && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
