// SPDX-License-Identifier: Apache-2.0

/// Commands that pages and findings name where they do not know the folder and the settings.
package enum SuggestedCommand {
    /// Prices the calls of this month again.
    package static let reprice = "llm-cost-exporter reprice --storage.path FOLDER --config.file FILE --from now/M"
}
