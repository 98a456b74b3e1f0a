// SPDX-License-Identifier: Apache-2.0

/// The periods that pages offer as links.
///
/// Each comes with the begin of the period that it is compared with, which is as long: a week that is not over is compared with
/// the same part of the week before.
enum NamedPeriod: String, CaseIterable {
    case today, week = "7d", days = "30d", quarter = "90d", month, lastMonth = "last-month"

    /// What people call it.
    var name: String {
        switch self {
        case .today: "Today"
        case .week: "7 days"
        case .days: "30 days"
        case .quarter: "90 days"
        case .month: "This month"
        case .lastMonth: "Last month"
        }
    }

    /// What people call the earlier period.
    var earlierName: String {
        switch self {
        case .today: "yesterday until this time"
        case .week: "the 7 days before"
        case .days: "the 30 days before"
        case .quarter: "the 90 days before"
        case .month: "last month until this day"
        case .lastMonth: "the month before"
        }
    }

    /// The parameters `from`, `to` and `before` of questions.
    var bounds: (from: String, to: String, before: String) {
        switch self {
        case .today: ("now/d", "now", "now/d-1d")
        case .week: ("now/d-6d", "now", "now/d-13d")
        case .days: ("now/d-29d", "now", "now/d-59d")
        case .quarter: ("now/d-89d", "now", "now/d-179d")
        case .month: ("now/M", "now", "now/M-1M")
        case .lastMonth: ("now/M-1M", "now/M", "now/M-2M")
        }
    }
}
