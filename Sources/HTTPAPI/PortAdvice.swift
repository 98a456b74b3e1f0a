// SPDX-License-Identifier: Apache-2.0
import Glibc
import NIOCore

/// The message of a listener that cannot open: the likely owner of the port, and the flag that selects another one.
enum PortAdvice {
    /// Why the system refused an address, with the likely owner of a port that is taken.
    ///
    /// - Parameters:
    ///   - error: The system's error.
    ///   - port: The port that was asked for.
    /// - Returns: A part of a sentence.
    static func reason(_ error: any Error, port: Int) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return switch error.errnoCode {
        case EADDRINUSE:
            "the address is in use" + (owners[port].map { ", most likely by \($0)" } ?? "")
        case EACCES: "the system does not permit it (ports below 1024 need a privilege)"
        case EADDRNOTAVAIL: "this machine does not have that address"
        default: "\(error)"
        }
    }

    /// Which programs have a port by default.
    private static let owners = [
        4317: "an OpenTelemetry Collector", 4318: "an OpenTelemetry Collector or another receiver of OTLP",
        8080: "another web server", 8888: "an OpenTelemetry Collector", 9090: "Prometheus",
        9464: "the Prometheus exporter of an OpenTelemetry SDK, or another llm-cost-exporter", 3000: "Grafana",
    ]

    /// What to do: free the address or choose another.
    ///
    /// - Parameters:
    ///   - listener: The listener that could not open.
    ///   - address: The address it was to have.
    /// - Returns: A part of a sentence, with the flag and an example.
    static func remedy(for listener: ListenerName, address: String) -> String {
        let wanted = try? ListenAddress(address)
        let another = ListenAddress.text(host: wanted?.host ?? "", port: example(wanted?.port ?? 0, listener))
        let others = listener == .otlp ? "point senders at it" : "let Prometheus scrape it"
        return "free it or choose another with --\(listener.rawValue).listen-address, for example "
            + "--\(listener.rawValue).listen-address \(another), and \(others)"
    }

    /// Another port that is easy to remember and not privileged.
    private static func example(_ port: Int, _ listener: ListenerName) -> Int {
        let base = listener == .otlp ? 4318 : 9464
        return (1024...9999).contains(port) ? port + 10_000 : base + 10_000
    }
}
