// SPDX-License-Identifier: Apache-2.0

/// The colours of all pages, each for a light and for a dark screen.
package enum PageColours: String, CaseIterable {
    case background, panel, text, quiet, link, warning, bar, track, line
    /// More and less money than before.
    case up, down
    /// The series of charts; `rest` is that of all others. The hues are those of Okabe and Ito, which colour-blind people tell
    /// apart, as dark or light as the background needs.
    case series0, series1, series2, series3, series4, series5, series6, rest

    /// The colours as `#rrggbb`.
    package var pair: (light: String, dark: String) {
        switch self {
        case .background: ("#f5f6f8", "#0d1117")
        case .panel: ("#ffffff", "#161b22")
        case .text: ("#1b1f24", "#e6edf3")
        case .quiet: ("#57606a", "#9ea7b3")
        case .link: ("#0550ae", "#79b8ff")
        case .warning: ("#9a3412", "#ffb077")
        case .bar: ("#0969da", "#58a6ff")
        case .track: ("#e3e8ee", "#262d36")
        case .line: ("#d8dee4", "#2d333b")
        case .up: ("#a8391b", "#ff9c7a")
        case .down: ("#1a6e3c", "#5ecb8b")
        case .series0: ("#0072b2", "#4aa3df")
        case .series1: ("#b87400", "#e69f00")
        case .series2: ("#008f68", "#1fbf8f")
        case .series3: ("#b0568a", "#d98ab8")
        case .series4: ("#3388c2", "#8accf2")
        case .series5: ("#cf5a00", "#ef7f2f")
        case .series6: ("#857a00", "#e5da55")
        case .rest: ("#858e99", "#707a87")
        }
    }

    /// The colours as properties of a rule.
    package static func properties(_ colour: (PageColours) -> String) -> String {
        allCases.map { "--\($0.rawValue):\(colour($0))" }.joined(separator: ";")
    }
}
