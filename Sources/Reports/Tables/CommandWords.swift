// SPDX-License-Identifier: Apache-2.0

/// The words by which a command was asked, so that the commands which its notes name ask about the same.
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
    /// - Returns: A line for a shell.
    func line(_ name: String, _ more: [String] = []) -> String {
        (["llm-cost-exporter", name] + (folder + period + more).map(Self.quoted)).joined(separator: " ")
    }

    /// A word for a shell: in quotation marks if it has other characters than letters, digits and some signs.
    package static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "_./:=,@%+-".utf8.contains(byte)
            }
        }
        return isPlain && !word.isEmpty ? word : "'\(word.replacing("'", with: "'\\''"))'"
    }
}
