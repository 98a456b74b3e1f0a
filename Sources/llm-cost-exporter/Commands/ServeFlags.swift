// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HTTPAPI

/// The flags of `serve` that win over the settings file.
struct ServeFlags: ParsableArguments {
    fileprivate static let standard = Settings()

    @Option(
        name: .customLong("otlp.listen-address"),
        help: .served(
            "Address that receives spans, such as :4318 for all interfaces.", "otlp.listen-address",
            "\(ServeFlags.standard.http.otlpAddress)", "address"))
    var otlpAddress: String?

    @Option(
        name: .customLong("web.listen-address"),
        help: .served(
            "Address that serves metrics and pages.", "web.listen-address", "\(ServeFlags.standard.http.webAddress)",
            "address"))
    var webAddress: String?

    @Option(
        name: .customLong("web.telemetry-path"),
        help: .served("Path of the metrics.", "web.telemetry-path", ServeFlags.standard.http.telemetryPath, "path"))
    var telemetryPath: String?

    @Flag(
        name: .customLong("web.enable-lifecycle"),
        help: .served("Accept POST /-/reload at the web address.", "web.enable-lifecycle", "off", nil))
    var enablesLifecycle = false

    @Option(
        name: .customLong("storage.path"),
        help: .served(
            "Folder that keeps what was received and counted, for one process at a time.", "storage.path",
            "none, nothing is kept", "folder"))
    var storagePath: String?

    @Option(
        name: .customLong("storage.memory-calls"),
        help: .served(
            "Without a folder, the number of newest calls that are kept in memory for questions and pages.",
            "storage.memory-calls", "\(ServeFlags.standard.memoryCalls)", "count"))
    var memoryCalls: String?

    @Option(
        name: .customLong("log.level"),
        help: .served("debug, info, warn or error.", "log.level", ServeFlags.standard.logging.level.rawValue, "level"))
    var logLevel: String?

    @Option(
        name: .customLong("log.format"),
        help: .served("logfmt or json.", "log.format", ServeFlags.standard.logging.format.rawValue, "format"))
    var logFormat: String?

    /// Replaces settings by the flags, or by environment variables for flags that are absent.
    ///
    /// - Parameters:
    ///   - settings: Gets the values.
    ///   - mistakes: Gets the values that are not acceptable.
    func apply(to settings: inout Settings, noting mistakes: inout Mistakes) {
        func take<Value>(
            _ given: String?, _ flag: String, to path: WritableKeyPath<Settings, Value>,
            _ read: (FlagValue) throws -> Value
        ) {
            guard let value = FlagValue(given, of: flag) else { return }
            mistakes.collect {
                settings[keyPath: path] = try read(value)
                settings.sources[String(flag.map { $0 == "-" ? "_" : $0 })] = value.source
            }
        }
        take(otlpAddress, "otlp.listen-address", to: \.http.otlpAddress, Self.address)
        take(webAddress, "web.listen-address", to: \.http.webAddress, Self.address)
        take(telemetryPath, "web.telemetry-path", to: \.http.telemetryPath) { $0.text }
        take(enablesLifecycle ? "true" : nil, "web.enable-lifecycle", to: \.http.enablesLifecycle) { try $0.truth() }
        take(storagePath, "storage.path", to: \.storagePath) { $0.text }
        take(memoryCalls, "storage.memory-calls", to: \.memoryCalls) { try $0.count(in: Settings.memoryCallsRange) }
        take(logLevel, "log.level", to: \.logging.level) { try $0.choice() }
        take(logFormat, "log.format", to: \.logging.format) { try $0.choice() }
    }

    private static func address(_ value: FlagValue) throws -> ListenAddress {
        do throws(HTTPAPIError) {
            return try ListenAddress(value.text)
        } catch {
            throw SettingsError.invalid(value.source, "\(error)")
        }
    }
}

extension ArgumentHelp {
    /// The help of a flag that has an environment variable.
    ///
    /// - Parameters:
    ///   - text: What the flag is for.
    ///   - flag: Its name without dashes.
    ///   - standard: The default.
    ///   - value: The word for the value; `nil` for a flag without one.
    /// - Returns: The text with default and variable.
    static func served(_ text: String, _ flag: String, _ standard: String, _ value: String?) -> ArgumentHelp {
        ArgumentHelp("\(text) Default: \(standard). Environment: \(FlagEnvironment.name(of: flag)).", valueName: value)
    }
}
