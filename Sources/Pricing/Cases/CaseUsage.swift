// SPDX-License-Identifier: Apache-2.0
import Documents
import GenAI

/// The counts of a usage record, gathered key by key.
struct CaseUsage {
    var units = UnitCounts()
    /// Whether a count is negative, too large, or of an unknown kind.
    private(set) var isInvalid = false
    private var report = ReportedUsage()
    private var cacheWrite12h: Int64 = 0

    /// The tokens by class.
    var usage: TokenUsage {
        var report = self.report
        let lifetimes = (report[.cacheWrite5m] ?? 0) + (report[.cacheWrite1h] ?? 0) + cacheWrite12h
        report[.cacheWrite] = max(report[.cacheWrite] ?? 0, lifetimes)
        var usage = report.classified().usage
        // No sender states the lifetime of 12 hours, so only usage records have it.
        usage[.cacheWrite12h] = min(cacheWrite12h, usage[.cacheWrite])
        usage[.cacheWrite] -= usage[.cacheWrite12h]
        return usage
    }

    /// Parts that are larger than their whole, one sentence for each.
    var warnings: [String] {
        var warnings: [String] = []
        let written = max(
            report[.cacheWrite] ?? 0, (report[.cacheWrite5m] ?? 0) + (report[.cacheWrite1h] ?? 0) + cacheWrite12h)
        let cached = (report[.cacheRead] ?? 0) + written
        if let input = report[.input], cached > input {
            warnings.append(
                "usage.input (\(input)) is less than its cached part, cache_read and cache_write (\(cached) together): the "
                    + "cached tokens are priced in addition to it; state the whole input")
        }
        if let output = report[.output], let reasoning = report[.reasoning], reasoning > output {
            warnings.append(
                "usage.output (\(output)) is less than its part usage.reasoning (\(reasoning)): only \(output) tokens are "
                    + "priced; state the whole output")
        }
        return warnings
    }

    /// Adds one key of the record's `usage`.
    mutating func add(_ entry: DocumentNode.Entry) throws(DocumentError) {
        if let unit = Self.units[entry.key] {
            guard let millionths = try? DecimalText.parse(try entry.value.decimalText(), decimals: 6) else {
                isInvalid = true
                return
            }
            units[unit] = millionths
            return
        }
        let count = Int64(try entry.value.integer())
        guard (0..<1 << 50).contains(count) else {
            isInvalid = true
            return
        }
        if entry.key == TokenClass.cacheWrite12h.name {
            cacheWrite12h = count
        } else if let part = Self.parts[entry.key] {
            report[part] = count
        } else {
            isInvalid = true
        }
    }

    private static let units: [String: FeeUnit] = [
        "requests": .request, "web_searches": .webSearch, "file_searches": .fileSearch, "maps_searches": .mapsSearch,
        "search_units": .rerankSearch, "code_sessions": .codeSession, "pages": .page,
        "annotated_pages": .annotatedPage, "images": .image, "input_images": .inputImageUnit,
        "text_messages": .textMessage, "audio_seconds": .audioSecond, "output_seconds": .outputSecond,
    ]

    private static let parts: [String: ReportedUsage.Count] = [
        "input": .input, "output": .output, "cache_read": .cacheRead, "cache_write": .cacheWrite,
        "cache_write_5m": .cacheWrite5m, "cache_write_1h": .cacheWrite1h, "reasoning": .reasoning,
        "input_audio": .inputAudio, "input_image": .inputImage, "input_video": .inputVideo,
        "cache_read_audio": .cacheReadAudio, "cache_read_image": .cacheReadImage,
        "output_audio": .outputAudio, "output_image": .outputImage, "output_video": .outputVideo,
    ]
}

extension PriceMoment {
    /// Reads a UTC time written as `2026-05-01T10:00:00Z`, or a date alone.
    package init?(timestamp text: String) {
        guard let day = dayNumber(of: text.prefix(10)) else { return nil }
        let rest = text.dropFirst(10)
        guard !rest.isEmpty else {
            self.init(day: day, minute: nil)
            return
        }
        let time = rest.dropFirst().prefix(5).split(separator: ":")
        guard rest.first == "T" || rest.first == " ", rest.hasSuffix("Z") || rest.hasSuffix("+00:00"), time.count == 2,
            let hour = Int16(time[0]), let minute = Int16(time[1]), (0...23).contains(hour), (0...59).contains(minute)
        else { return nil }
        self.init(day: day, minute: hour * 60 + minute)
    }
}
