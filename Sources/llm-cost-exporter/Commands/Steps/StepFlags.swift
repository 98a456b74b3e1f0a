// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Documents

/// The flags of a replay that prints a page for each step of time.
struct StepFlags: ParsableArguments {
    @Option(
        name: .customLong("step"),
        help: ArgumentHelp(
            """
            Print the page as a server would have scraped it at each such interval (10s, 1m, 5m) of the time in the spans, as \
            one OpenMetrics text with times, for 'promtool tsdb create-blocks-from openmetrics'.
            """, valueName: "duration"))
    var text: String?

    @Option(
        name: .customLong("label"), parsing: .singleValue,
        help: ArgumentHelp(
            "With --step: add this label to each sample, such as job=llm-cost-exporter. May be repeated.",
            valueName: "name=value"))
    var labelTexts: [String] = []

    func validate() throws {
        if let text {
            guard seconds != nil else {
                throw ValidationError("--step must be a duration in whole seconds such as 10s, 1m or 1h, not \(text)")
            }
        } else if !labelTexts.isEmpty {
            throw ValidationError("--label needs --step")
        }
        var names: Set<String> = []
        for text in labelTexts {
            guard let label = Self.label(text) else {
                throw ValidationError("--label must be a name and a value such as job=llm-cost-exporter, not \(text)")
            }
            guard names.insert(label.name).inserted else {
                throw ValidationError("--label \(label.name) is given twice")
            }
        }
    }

    /// The step in seconds, at least 1; `nil` without the flag.
    var seconds: UInt64? {
        guard let text, let milliseconds = DurationText.milliseconds(of: text), milliseconds > 0,
            milliseconds.isMultiple(of: 1000)
        else { return nil }
        return UInt64(milliseconds / 1000)
    }

    /// The labels in the order of the flags.
    var labels: [(name: String, value: String)] { labelTexts.compactMap(Self.label) }

    private static func label(_ text: String) -> (name: String, value: String)? {
        guard let equals = text.firstIndex(of: "=") else { return nil }
        let name = text[..<equals]
        let isName = name.utf8.enumerated().allSatisfy { index, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): index > 0
            default: false
            }
        }
        guard isName, !name.isEmpty, !name.hasPrefix("__") else { return nil }
        return (String(name), String(text[text.index(after: equals)...]))
    }
}
