// SPDX-License-Identifier: Apache-2.0
import Glibc
import Logging
import Notation

/// Log lines on standard error, in logfmt or JSON: time, level, message, then the fields of the event.
struct LogLines: LogHandler {
    var metadata: Logger.Metadata = [:]
    /// The level that somebody gave this copy; otherwise the threshold's holds.
    private var ownLevel: Logger.Level?
    private let threshold: LogThreshold
    private let limits: LogLimits
    private let format: LogFormat
    /// The least level that is written of this logger, whatever the threshold.
    private let floor: Logger.Level

    /// Makes a handler that writes as the settings say.
    ///
    /// - Parameters:
    ///   - format: The form of its lines.
    ///   - threshold: The least level that is written.
    ///   - limits: The limit on lines of one kind.
    ///   - label: The logger's label. Loggers of libraries write from the level info: at debug, these describe themselves and
    ///     not what the service does.
    init(_ format: LogFormat, threshold: LogThreshold, limits: LogLimits, label: String) {
        floor = label == Self.label ? .trace : .info
        self.format = format
        self.threshold = threshold
        self.limits = limits
    }

    /// The label of the service's own logger.
    static let label = "llm-cost-exporter"

    var logLevel: Logger.Level {
        get { max(ownLevel ?? threshold.level, floor) }
        set { ownLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let message = event.message.description
        // The operator asked for debug lines, so only the queue bounds them.
        let isLimited = event.level >= .info
        let isAdmitted =
            !isLimited
            || limits.admit(message) { [format] kind, leftOut in
                StandardError.write(Self.leftOutLine(format, kind: kind, lines: leftOut))
            }
        guard isAdmitted else { return }
        // Fields have a fixed order, so that lines can be recognised by eye and by pattern.
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let fields = all.keys.sorted(by: Self.comesFirst).map { ($0, all[$0]?.description ?? "") }
        StandardError.write(Self.line(format, event.level, message, fields))
    }

    /// The line that says how many lines were lost.
    static func lossLine(_ format: LogFormat, lines: UInt64) -> String {
        line(format, .warning, "log lines were lost", [("count", "\(lines)")])
    }

    private static func leftOutLine(_ format: LogFormat, kind: String, lines: Int) -> String {
        line(format, .warning, "log lines of one kind were left out", [("count", "\(lines)"), ("kind", kind)])
    }

    private static func line(
        _ format: LogFormat, _ level: Logger.Level, _ message: String, _ fields: [(String, String)]
    ) -> String {
        let fields = [("time", timestamp()), ("level", name(of: level)), ("msg", message)] + fields
        return switch format {
        case .logfmt: fields.map { "\($0)=\(logfmt($1))" }.joined(separator: " ") + "\n"
        case .json: JSONLine(fields).text + "\n"
        }
    }

    /// `door`, the name of a listener, comes first, then the other fields in alphabetical order.
    private static func comesFirst(_ left: String, _ right: String) -> Bool {
        (left == "door" ? "" : left) < (right == "door" ? "" : right)
    }

    private static func name(of level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "debug"
        case .info, .notice: "info"
        case .warning: "warn"
        case .error, .critical: "error"
        }
    }

    /// UTC with milliseconds, RFC 3339.
    private static func timestamp() -> String {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Timestamp(nanoseconds: UInt64(max(0, now.tv_sec)) * 1_000_000_000 + UInt64(now.tv_nsec)).toMilliseconds
    }

    /// A value that needs it is quoted; a line stays a line.
    private static func logfmt(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x3D }
        return isPlain ? value : JSONText.quoted(value)
    }
}
