// SPDX-License-Identifier: Apache-2.0

/// Writes down, for people, how a name was matched.
package final class MatchTrace {
    /// One sentence a step, in order.
    package private(set) var steps: [String] = []

    package init() {}

    func note(_ step: @autoclosure () -> String) { steps.append(step()) }
}
