// SPDX-License-Identifier: Apache-2.0
import Notation
import Overview
import Pages

/// The section of the landing page about the age of prices.
enum PriceAge {
    /// The age in days from which the page asks for newer prices.
    static let oldDays = 60

    static func html(of overview: Overview) -> String {
        let today = Int(overview.nanoseconds / 86_400_000_000_000)
        let days = max(0, today - overview.book.day)
        let age = days == 0 ? "made today" : days == 1 ? "one day old" : "\(PageFigures.count(Int64(days))) days old"
        let advice =
            days >= oldDays
            ? "\n<p class=\"warning\">Vendors may have changed prices since. Install a newer version, or lay a price file over "
                + "the book with <code>prices.files</code>.</p>"
            : ""
        return PageParts.section(
            "prices", "Prices",
            """
            <p>Price book \(HTMLText.escaped(overview.book.version)), \
            of <time datetime="\(CivilDate(daysSince1970: overview.book.day))">\(CivilDate(daysSince1970: overview.book.day))</time>: \
            \(age).</p>\(advice)
            """)
    }
}
