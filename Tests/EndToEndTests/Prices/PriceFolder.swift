// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A folder with a settings file and a price file that a test rewrites.
final class PriceFolder: Sendable {
    private let url: URL

    /// Writes both files.
    init(settings: String = "billing: {settle: 50ms}\nprices: {files: [prices.yaml]}", prices: String) throws {
        url = FileManager.default.temporaryDirectory.appending(path: "prices-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        try write(settings: settings)
        try write(prices: prices)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The arguments that name the settings.
    var arguments: [String] { ["--config.file", path("settings.yaml")] }

    /// Where a file is.
    func path(_ name: String) -> String { url.appending(path: name).path }

    func write(settings: String) throws { try write(settings, "settings.yaml") }

    func write(prices: String) throws { try write(prices, "prices.yaml") }

    /// Writes a further file.
    func write(_ text: String, _ name: String) throws {
        try text.write(to: url.appending(path: name), atomically: true, encoding: .utf8)
    }

    /// The whole path of a file of the folder, for an argument that is its name; any other argument as it is.
    func path(of argument: String) -> String {
        argument.hasSuffix(".yaml") || argument.hasSuffix(".jsonl") ? url.appending(path: argument).path : argument
    }

    /// A price file for one model of a provider of its own.
    static func prices(input: Int, output: Int) -> String {
        """
        format: pricebook/1
        providers: {acme: {}}
        models:
          - {id: acme/m, provider: acme, names: [m], prices: [{rates: {input: "\(input)", output: "\(output)"}}]}
        """
    }
}
