// SPDX-License-Identifier: Apache-2.0
import Pricing

/// How an amount has changed against an earlier one, for people.
enum Change {
    /// The change as a percentage with an arrow, and as words for those who hear the page.
    ///
    /// - Parameters:
    ///   - after: The amount.
    ///   - before: The earlier amount.
    /// - Returns: HTML.
    static func html(_ after: Dollars, before: Dollars) -> Markup {
        guard before > .zero else { return after > .zero ? "<span class=\"up\">new</span>" : "" }
        if after == before { return "<span class=\"quiet\">no change</span>" }
        let isUp = after > before
        let difference = (isUp ? after + -before : before + -after).femtodollars
        let text: String
        if difference / before.femtodollars >= 10 {
            let times = PageFigures.rounded(after.femtodollars, of: before.femtodollars, scale: 1)
            text = "\u{D7}\(PageFigures.count(Int64(clamping: times)))"
        } else {
            let permille = PageFigures.rounded(difference, of: before.femtodollars, scale: 1_000)
            let percent = PageFigures.rounded(difference, of: before.femtodollars, scale: 100)
            text =
                permille >= 100 ? "\(percent)\u{A0}%" : PageFigures.percent(difference, of: before.femtodollars)
        }
        return """
            <span class="\(isUp ? "up" : "down")"><span aria-hidden="true">\(isUp ? "\u{25B2}" : "\u{25BC}")\u{2009}</span>\
            <span class="unseen">\(isUp ? "up" : "down") </span>\(text)</span>
            """
    }
}
