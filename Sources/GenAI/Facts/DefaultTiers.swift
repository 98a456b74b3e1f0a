// SPDX-License-Identifier: Apache-2.0

/// The names of the default tier, which a request has if it names no other.
package enum DefaultTiers {
    /// The names in lower case, including the empty one and `auto`, which leaves the tier to the provider.
    package static let names: Set<String> = [
        "", "default", "standard", "standard_only", "on_demand", "ondemand", "on-demand", "auto",
    ]
}
