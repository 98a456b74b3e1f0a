// SPDX-License-Identifier: Apache-2.0

/// The many names of the tier that everybody has who asks for none.
package enum DefaultTiers {
    /// The names in lower case, the empty one among them; `auto` is one, since it says nothing without an answer.
    package static let names: Set<String> = [
        "", "default", "standard", "standard_only", "on_demand", "ondemand", "on-demand", "auto",
    ]
}
