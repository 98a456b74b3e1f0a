// SPDX-License-Identifier: Apache-2.0

/// The colours of the landing page, each for a light and for a dark screen.
enum PageColours: String, CaseIterable {
    case background, panel, text, quiet, link, warning, bar, track, line

    /// The colours as `#rrggbb`.
    var pair: (light: String, dark: String) {
        switch self {
        case .background: ("#ffffff", "#0d1117")
        case .panel: ("#f4f6f8", "#161b22")
        case .text: ("#1b1f24", "#e6edf3")
        case .quiet: ("#57606a", "#9ea7b3")
        case .link: ("#0550ae", "#79b8ff")
        case .warning: ("#9a3412", "#ffb077")
        case .bar: ("#0969da", "#58a6ff")
        case .track: ("#e3e8ee", "#262d36")
        case .line: ("#d0d7de", "#30363d")
        }
    }

    /// The colours as properties of a rule.
    static func properties(_ colour: (PageColours) -> String) -> String {
        allCases.map { "--\($0.rawValue):\(colour($0))" }.joined(separator: ";")
    }
}
