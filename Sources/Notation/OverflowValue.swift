// SPDX-License-Identifier: Apache-2.0

/// The label value that replaces all values for which there is no room.
package enum OverflowValue {
    /// `__overflow__`.
    package static var text: String { "__overflow__" }
}
