// SPDX-License-Identifier: Apache-2.0
import Aggregation

/// The parts of the text that are specific to Prometheus text 0.0.4.
///
/// - SeeAlso: Prometheus, "Exposition formats", section "Text-based format".
enum PrometheusText {
    /// The lines above the samples of a family.
    static func head(of family: MetricFamily) -> [UInt8] {
        var bytes = Array("# HELP \(family.name) ".utf8)
        EscapedText.append(family.help, escapingQuotes: false, to: &bytes)
        bytes += "\n# TYPE \(family.name) \(family.kind.typeName)\n".utf8
        return bytes
    }
}

extension MetricFamily.Kind {
    /// The word behind `# TYPE`, the same in both formats.
    package var typeName: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }
}
