// SPDX-License-Identifier: Apache-2.0
import Notation
import Reports

/// Writes times for people, in the zone of the page.
struct PageTime {
    let calendar: ZoneCalendar

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// A day: `Nov 28`.
    func day(_ minute: Int64) -> String { Self.day(of: calendar.text(minute)) }

    /// A day with its year: `Nov 28, 2026`.
    func date(_ minute: Int64) -> String { "\(day(minute)), \(calendar.text(minute).prefix(4))" }

    /// The time of day: `14:05`.
    func clock(_ minute: Int64) -> String { String(calendar.text(minute).dropFirst(11).prefix(5)) }

    /// A minute as an element.
    func element(minute: Int64) -> Markup {
        "<time datetime=\"\(calendar.text(minute))\">\(day(minute)), \(clock(minute))</time>"
    }

    /// A moment in microseconds since 1970 as an element, to the second.
    func element(microseconds: Int64) -> Markup {
        let text = calendar.moment(microseconds)
        return """
            <time datetime="\(text)" title="\(text)">\(Self.day(of: text)), \(String(text.dropFirst(11).prefix(8)))</time>
            """
    }

    private static func day(of text: String) -> String {
        guard let date = CivilDate(text.prefix(10)), months.indices.contains(date.month - 1) else { return text }
        return "\(months[date.month - 1])\u{A0}\(date.day)"
    }
}
