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
            text = "\u{D7}\(PageFigures.count(Int64(clamping: after.femtodollars / before.femtodollars)))"
        } else {
            // Ten times the whole still fits into the thousandths of a tenth of it.
            let tenths = PageFigures.permille(difference / 10, of: before.femtodollars)
            let permille = tenths >= 100 ? tenths * 10 : PageFigures.permille(difference, of: before.femtodollars)
            text = permille >= 100 ? "\((permille + 5) / 10)\u{A0}%" : "\(permille / 10).\(permille % 10)\u{A0}%"
        }
        return """
            <span class="\(isUp ? "up" : "down")"><span aria-hidden="true">\(isUp ? "\u{25B2}" : "\u{25BC}")\u{2009}</span>\
            <span class="unseen">\(isUp ? "up" : "down") </span>\(text)</span>
            """
    }
}
