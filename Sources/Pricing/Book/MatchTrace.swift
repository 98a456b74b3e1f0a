// SPDX-License-Identifier: Apache-2.0

/// Records how a name was matched, for human readers.
package final class MatchTrace {
    /// One sentence for each step, in order.
    package private(set) var steps: [String] = []

    package init() {}

    package func note(_ step: @autoclosure () -> String) { steps.append(step()) }
}
