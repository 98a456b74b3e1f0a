// SPDX-License-Identifier: Apache-2.0

/// Numbers with a noun in the singular or plural.
package enum Plural {
    /// A number and its noun.
    ///
    /// - Parameters:
    ///   - count: The number.
    ///   - one: The noun in the singular.
    ///   - many: The noun in the plural; `nil` for the singular with an `s`.
    /// - Returns: Text such as `1 call` or `2 calls`.
    package static func of(_ count: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
        "\(count) \(count == 1 ? one : many ?? one + "s")"
    }
}
