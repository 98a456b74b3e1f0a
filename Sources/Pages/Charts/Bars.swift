// SPDX-License-Identifier: Apache-2.0
import Pricing

/// Small bars in the cells of tables.
enum Bars {
    /// A share of a whole, with its percentage.
    static func share(_ part: Dollars, of whole: Dollars) -> Markup {
        let permille = PageFigures.permille(part.femtodollars, of: whole.femtodollars)
        return """
            \(PageFigures.percent(part.femtodollars, of: whole.femtodollars))<svg viewBox="0 0 1000 8" preserveAspectRatio="none" \
            aria-hidden="true"><rect class="track" width="1000" height="8"/><rect class="bar" width="\(permille)" height="8"/></svg>
            """
    }

    /// An amount to the left or right of the middle.
    ///
    /// - Parameters:
    ///   - amount: The amount.
    ///   - largest: The magnitude that fills one side.
    /// - Returns: A drawing.
    static func diverging(_ amount: Dollars, largest: Dollars) -> Markup {
        let isDown = amount < .zero
        let size = PageFigures.permille((isDown ? -amount : amount).femtodollars, of: largest.femtodollars) / 2
        return """
            <svg viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">\
            <rect class="\(isDown ? "down" : "up")" x="\(isDown ? 500 - size : 500)" y="3" width="\(size)" height="14"/>\
            <line class="middle" x1="500" x2="500" y1="0" y2="20"/></svg>
            """
    }

    /// When something happened within a longer time.
    ///
    /// - Parameters:
    ///   - time: When it happened.
    ///   - whole: The longer time.
    ///   - colour: A class of the style sheet.
    /// - Returns: A drawing.
    static func span(_ time: ClosedRange<Int64>, in whole: ClosedRange<Int64>, colour: String) -> Markup {
        let length = Int128(max(1, whole.upperBound - whole.lowerBound))
        let begin = min(995, PageFigures.permille(Int128(time.lowerBound - whole.lowerBound), of: length))
        // What takes no time can be seen, too.
        let width = min(
            1_000 - begin, max(5, PageFigures.permille(Int128(time.upperBound - time.lowerBound), of: length)))
        return """
            <svg viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true"><rect class="track" y="5" width="1000" height="2"/>\
            <rect class="\(colour)" x="\(begin)" width="\(width)" height="12"/></svg>
            """
    }
}
