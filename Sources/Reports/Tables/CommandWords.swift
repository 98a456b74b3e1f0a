// SPDX-License-Identifier: Apache-2.0
import Notation

/// The folder, period and flags of a command, so that the commands in its notes ask about the same calls.
package struct CommandWords: Sendable {
    /// The words that name the folder and the settings.
    package var folder: [String]
    /// The flags that state the period.
    package var period: [String]
    /// The flags that select calls.
    package var filters: [String]
    /// The flags that group calls and order the groups.
    package var groups: [String]

    /// Makes words.
    ///
    /// - Parameters:
    ///   - folder: The words that name the folder and the settings.
    ///   - period: The flags that state the period.
    ///   - filters: The flags that select calls.
    ///   - groups: The flags that group calls and order the groups.
    package init(
        folder: [String] = ["FOLDER"], period: [String] = [], filters: [String] = [], groups: [String] = []
    ) {
        (self.folder, self.period, self.filters, self.groups) = (folder, period, filters, groups)
    }

    /// A command about the same folder and period.
    ///
    /// - Parameters:
    ///   - name: The subcommand.
    ///   - more: Further words.
    /// - Returns: A line for a shell, each character of which can be shown.
    func line(_ name: String, _ more: [String] = []) -> String {
        Self.line([name] + folder + period + more)
    }

    /// A command of these words.
    static func line(_ words: [String]) -> String {
        (["llm-cost-exporter"] + words.map(ShellWord.quoted)).joined(separator: " ")
    }
}
