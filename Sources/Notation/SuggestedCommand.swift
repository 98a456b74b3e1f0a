// SPDX-License-Identifier: Apache-2.0

/// Commands that pages and findings name.
package enum SuggestedCommand {
    /// Prices the calls of this month again, with placeholders for the folder and the settings.
    package static let reprice = reprice(of: ["--storage.path", "FOLDER", "--config.file", "FILE"])

    /// Prices the calls of this month again.
    ///
    /// - Parameter words: The words that name the folder and the prices.
    /// - Returns: A line for a shell.
    package static func reprice(of words: [String]) -> String {
        (["llm-cost-exporter", "reprice"] + words + ["--from", "now/M"]).map(ShellWord.quoted).joined(separator: " ")
    }
}
