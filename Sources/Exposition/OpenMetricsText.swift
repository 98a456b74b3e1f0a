// SPDX-License-Identifier: Apache-2.0
import Aggregation

/// The parts of the text that are specific to OpenMetrics text 1.0.0.
///
/// - SeeAlso: OpenMetrics 1.0, section "Text format".
enum OpenMetricsText {
    /// The lines above the samples of a family, with its name without `_total`.
    static func head(of family: MetricFamily) -> [UInt8] {
        let name = family.baseName
        var bytes = Array("# TYPE \(name) \(family.kind.typeName)\n".utf8)
        if let unit = family.unit { bytes += "# UNIT \(name) \(unit.rawValue)\n".utf8 }
        bytes += "# HELP \(name) ".utf8
        EscapedText.append(family.help, escapingQuotes: true, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    /// The last line of the whole text.
    static let end = Array("# EOF\n".utf8)
}
