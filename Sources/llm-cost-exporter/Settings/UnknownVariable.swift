// SPDX-License-Identifier: Apache-2.0
import Foundation
import Logging
import Notation

/// An environment variable that has the service's prefix and is not read, most often because its name is misspelt.
struct UnknownVariable: Equatable, CustomStringConvertible {
    let name: String
    /// What to do about it.
    let remedy: String

    var description: String { "\(name) is not read; \(remedy)" }

    /// The largest number of variables that are reported.
    static let most = 20

    /// Looks for variables that are not read.
    ///
    /// Those that Kubernetes sets for a Service of the same name (`_SERVICE_HOST`, `_SERVICE_PORT`, `_PORT` and names that
    /// begin with the last two) are left out; so are those of a Service whose name begins with the service's own.
    ///
    /// - Parameter environment: The variables of the process.
    /// - Returns: The variables, sorted by name, at most ``most``.
    static func all(in environment: [String: String] = ProcessInfo.processInfo.environment) -> [UnknownVariable] {
        let known = FlagEnvironment.flags.map(FlagEnvironment.name(of:))
        let own = FlagEnvironment.prefix.dropLast()
        let services =
            [String(own)]
            + environment.keys.filter {
                $0.hasPrefix(FlagEnvironment.prefix) && $0.hasSuffix("_SERVICE_HOST")
            }.map { String($0.dropLast("_SERVICE_HOST".count)) }
        return
            environment.filter { name, value in
                name.hasPrefix(FlagEnvironment.prefix) && !known.contains(name)
                    && !services.contains { isOfKubernetes(name, value, service: $0) }
            }.keys.sorted().prefix(most).map { UnknownVariable(name: $0, remedy: remedy(for: $0, known)) }
    }

    /// Writes a warning to the log.
    func log(to logger: Logger) {
        logger.warning("an environment variable is not read", metadata: ["variable": "\(name)", "remedy": "\(remedy)"])
    }

    /// - SeeAlso: Kubernetes, "Discovering services", environment variables.
    private static func isOfKubernetes(_ name: String, _ value: String, service: String) -> Bool {
        guard name.hasPrefix(service) else { return false }
        let rest = name.dropFirst(service.count)
        // A number alone is that of a person: Kubernetes writes a URL.
        if rest == "_PORT" { return value.contains("://") }
        return rest == "_SERVICE_HOST" || rest == "_SERVICE_PORT" || rest.hasPrefix("_SERVICE_PORT_")
            || rest.hasPrefix("_PORT_")
    }

    private static func remedy(for name: String, _ known: [String]) -> String {
        let word = String(name.dropFirst(FlagEnvironment.prefix.count))
        let flags = known.map { String($0.dropFirst(FlagEnvironment.prefix.count)) }
        let nearest =
            flags.first { !word.isEmpty && $0.hasPrefix(word) }
            ?? EditDistance.nearest(to: word, among: flags, atMost: max(2, word.utf8.count / 3))
        if let setting = SettingsFile.all.first(where: { variable(of: $0.name) == word })?.name {
            return "\(setting) has no variable; write it into the settings file"
        }
        if let nearest { return "did you mean \(FlagEnvironment.prefix)\(nearest)?" }
        if let last = word.split(separator: "_").last, ["PORT", "ADDRESS", "ADDR", "HOST"].contains(last) {
            return "set \(FlagEnvironment.name(of: "otlp.listen-address")) or "
                + "\(FlagEnvironment.name(of: "web.listen-address")) to an address such as :9464"
        }
        return "the variables are \(known.joined(separator: ", "))"
    }

    private static func variable(of setting: String) -> String {
        String(setting.map { $0 == "." ? "_" : $0 }).uppercased()
    }
}
