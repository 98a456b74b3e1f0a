// SPDX-License-Identifier: Apache-2.0
import Mustache

/// The templates of all pages, in Mustache.
///
/// Every name stands in three braces: what is put in is HTML already (``Markup``), and the library's own escaping, which goes by
/// characters, would let a quotation mark with an accent through.
///
/// - SeeAlso: mustache(5).
enum Template: String, CaseIterable {
    case page, failure, overview, tiles, filters, chart, breakdown, drivers, traces, finder, trace, prices

    /// Fills a template.
    ///
    /// - Parameter part: What it finds by name.
    /// - Returns: HTML.
    func filled(_ part: Part) -> Markup {
        Markup(html: Self.library.render(part, withTemplate: rawValue) ?? "")
    }

    private static let library: MustacheLibrary = {
        var library = MustacheLibrary()
        for template in allCases {
            do { try library.register(template.text, named: template.rawValue) } catch {
                preconditionFailure("the template \(template.rawValue) is wrong: \(error)")
            }
        }
        return library
    }()

    /// The text of the template.
    var text: String {
        switch self {
        case .page: Self.pageText
        case .failure: Self.failureText
        case .overview: Self.overviewText
        case .tiles: Self.tilesText
        case .filters: Self.filtersText
        case .chart: Self.chartText
        case .breakdown: Self.breakdownText
        case .drivers: Self.driversText
        case .traces: Self.tracesText
        case .finder: Self.finderText
        case .trace: Self.traceText
        case .prices: Self.pricesText
        }
    }
}
