// SPDX-License-Identifier: Apache-2.0

/// One thing that an examination of a service found.
package struct Finding: Sendable, Equatable {
    /// What it is about; findings are shown in this order.
    package enum Area: String, CaseIterable, Sendable {
        case service, arrived, senders, refused, prices, counting, limits
    }

    /// How bad it is.
    package enum Level: String, Sendable {
        /// As it should be.
        case ok
        /// Good to know.
        case note
        /// Data or money is missing, or will be: something has to be done.
        case wrong
    }

    package let area: Area
    package let level: Level
    /// What was found, in one sentence without a full stop.
    package let text: String
    /// What to do; empty if nothing is to be done.
    package let remedy: String

    package init(_ area: Area, _ level: Level, _ text: String, remedy: String = "") {
        self.area = area
        self.level = level
        self.text = text
        self.remedy = remedy
    }
}
