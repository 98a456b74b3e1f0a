// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HTTPAPI

/// The flag that names the settings file.
struct ConfigFileFlag: ParsableArguments {
    @Option(name: .customLong("config.file"), help: "A YAML file with settings. Every setting has a default.")
    var path: String?

    /// Reads the settings file, which the flag or else the environment names; without one, the settings are the defaults.
    ///
    /// - Parameter files: Gets the file.
    /// - Returns: Settings, not yet checked as a whole.
    /// - Throws: ``SettingsError`` or `DocumentError`, with file and line.
    func settings(noting files: inout FileStamps) throws -> Settings {
        guard let path = path ?? FlagEnvironment.value(of: "config.file") else { return Settings() }
        return try SettingsFile.read(path, noting: &files)
    }
}

/// The flags of `serve` that win over the settings file.
struct ServeFlags: ParsableArguments {
    @Option(name: .customLong("otlp.listen-address"), help: "Address that receives spans (default 127.0.0.1:4318).")
    var otlpAddress: String?

    @Option(name: .customLong("web.listen-address"), help: "Address that serves metrics (default 127.0.0.1:9464).")
    var webAddress: String?

    @Option(name: .customLong("web.telemetry-path"), help: "Path of the metrics (default /metrics).")
    var telemetryPath: String?

    @Flag(name: .customLong("web.enable-lifecycle"), help: "Accept POST /-/reload on the web address.")
    var enablesLifecycle = false

    @Option(name: .customLong("log.level"), help: "debug, info, warn or error (default info).")
    var logLevel: String?

    @Option(name: .customLong("log.format"), help: "logfmt or json (default logfmt).")
    var logFormat: String?

    /// Replaces settings by the flags, or by environment variables for flags that are absent.
    func apply(to settings: inout Settings) throws {
        if let text = otlpAddress ?? FlagEnvironment.value(of: "otlp.listen-address") {
            settings.http.otlpAddress = try ListenAddress(text)
        }
        if let text = webAddress ?? FlagEnvironment.value(of: "web.listen-address") {
            settings.http.webAddress = try ListenAddress(text)
        }
        if let path = telemetryPath ?? FlagEnvironment.value(of: "web.telemetry-path") {
            settings.http.telemetryPath = path
        }
        if enablesLifecycle {
            settings.http.enablesLifecycle = true
        } else if let text = FlagEnvironment.value(of: "web.enable-lifecycle") {
            settings.http.enablesLifecycle = try Self.truth(text, of: "web.enable-lifecycle")
        }
        if let text = logLevel ?? FlagEnvironment.value(of: "log.level") {
            settings.logging.level = try Self.choice(text, of: "log.level")
        }
        if let text = logFormat ?? FlagEnvironment.value(of: "log.format") {
            settings.logging.format = try Self.choice(text, of: "log.format")
        }
    }

    private static func truth(_ text: String, of flag: String) throws -> Bool {
        guard ["true", "false"].contains(text) else {
            throw ValidationError("\(FlagEnvironment.name(of: flag)) must be true or false, not '\(text)'")
        }
        return text == "true"
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ text: String, of flag: String
    ) throws -> Choice where Choice.RawValue == String {
        guard let choice = Choice(rawValue: text) else {
            let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--\(flag) must be one of \(choices), not '\(text)'")
        }
        return choice
    }
}

/// The environment variables that stand in for flags.
enum FlagEnvironment {
    /// The variable's name: the flag in upper case behind the service's own name.
    static func name(of flag: String) -> String {
        let word = flag.map { $0 == "." || $0 == "-" ? "_" : String($0) }.joined()
        return "LLM_COST_EXPORTER_" + word.uppercased()
    }

    /// The value of the variable; `nil` for an empty one.
    static func value(of flag: String) -> String? {
        guard let value = ProcessInfo.processInfo.environment[name(of: flag)], !value.isEmpty else { return nil }
        return value
    }
}
