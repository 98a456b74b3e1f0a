// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Documents
import Foundation
import Pricing

/// `price`: what one call costs, from flags, or many from a file.
struct Price: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Price one call from flags, or one call per line of a file.",
        discussion: """
            The answer is JSON, one object per call. At a terminal, the answer to a call from flags is a table with one \
            line per token class and the total. A call without a time is priced at the current prices. Region and \
            surcharges follow from the model's path and the host, as for spans.

            The exit code is 0, also if the call has no price; 1 if the file of --cases or one of its lines cannot be read; 64 \
            for a wrong flag or value, also for a tier or tenant that the prices do not have.
            """)

    @OptionGroup var file: ConfigFileFlag
    @OptionGroup var prices: OwnPricesFlag
    @Option(help: "Form of the output (default json; text for a call from flags at a terminal).")
    var format: OutputFormat?

    @Option(help: "A file with one JSON object per line, or '-'; prints one answer per line.")
    var cases: String?

    @Option(help: "Provider, as spans report it.")
    var provider: String?
    @Option(help: "Model, as spans report it.")
    var model: String?
    @Option(help: "Host that was called; selects the region, and the provider if none is given.")
    var serverAddress: String?
    @Option(help: "Input tokens, including cached tokens.")
    var input: Int64?
    @Option(help: "Output tokens, including reasoning tokens.")
    var output: Int64?
    @Option(help: "Input tokens read from the provider's cache.")
    var cacheRead: Int64?
    @Option(help: "Input tokens written to the provider's cache for its default lifetime.")
    var cacheWrite: Int64?
    @Option(name: .customLong("cache-write-1h"), help: "Input tokens written to the provider's cache for one hour.")
    var cacheWriteHour: Int64?
    @Option(help: "Output tokens used for reasoning.")
    var reasoning: Int64?
    @Option(help: "Service tier: default, batch, flex, priority, …. A tier that no price depends on is an error.")
    var tier: String?
    @Option(help: "Duration of the call in milliseconds, for hosted models that are paid by time.")
    var durationMs: Int?
    @Option(help: "Tenant whose prices apply, by its name in the price files.")
    var tenant: String?
    @OptionGroup var time: MomentFlag

    private var counts: [(flag: String, key: String, count: Int64?)] {
        [
            ("input", "input", input), ("output", "output", output), ("cache-read", "cache_read", cacheRead),
            ("cache-write", "cache_write_5m", cacheWrite), ("cache-write-1h", "cache_write_1h", cacheWriteHour),
            ("reasoning", "reasoning", reasoning),
        ]
    }

    func validate() throws {
        guard (cases == nil) != (model == nil) else {
            throw ValidationError("give either --model, with --input and --output, or --cases FILE")
        }
        for (flag, _, count) in counts {
            guard let count, !(0..<1 << 50).contains(count) else { continue }
            throw ValidationError("--\(flag) must be from 0 to 2^50 - 1 tokens, not \(count)")
        }
        if let durationMs, !(0...86_400_000).contains(durationMs) {
            throw ValidationError("--duration-ms must be from 0 to 86400000, a day, not \(durationMs)")
        }
        // Values that are no whole of their parts; a part without its whole is priced alone.
        if let input, let cached = sum([cacheRead, cacheWrite, cacheWriteHour]), cached > input {
            throw ValidationError(
                "--input is all input tokens, so it must be at least its cached part (--cache-read, --cache-write and "
                    + "--cache-write-1h together), \(cached), not \(input)")
        }
        if let output, let reasoning, reasoning > output {
            throw ValidationError(
                "--output is all output tokens, so it must be at least its part --reasoning, \(reasoning), not \(output)"
            )
        }
        if model != nil, durationMs == nil, counts.allSatisfy({ $0.count == nil }) {
            throw ValidationError("give the tokens of the call: --input and --output, and the parts of them")
        }
    }

    private func sum(_ counts: [Int64?]) -> Int64? {
        let stated = counts.compactMap(\.self)
        return stated.isEmpty ? nil : stated.reduce(0, +)
    }

    /// Refuses values that only the prices can tell to be wrong.
    private func check(against book: PriceBook) throws {
        if let tenant, book.tenants.number(named: tenant) == nil {
            let known = book.tenants.names.joined(separator: ", ")
            throw ValidationError(
                "--tenant \(tenant): no price file has a tenant of this name; "
                    + (known.isEmpty ? "there are none" : "there are \(known)"))
        }
        if let tier, !book.knows(tier: tier) {
            let known = book.tiers.joined(separator: ", ")
            throw ValidationError(
                "--tier \(tier): no price depends on a service tier of this name; there are default, \(known)")
        }
    }

    func run() throws {
        let book = try Loaded(file, prices: prices).book
        guard let cases else {
            try check(against: book)
            show(try flagCase(), from: book, format ?? .fitting)
            return
        }
        let data =
            cases == "-" ? Array(try FileHandle.standardInput.readToEnd() ?? Data()) : try Self.content(of: cases)
        var failures = 0
        let now = time.moment
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
            do throws(DocumentError) {
                let priceCase = try PriceCase(
                    line: String(line), file: cases, number: index + 1, now: now)
                if format == .text, !priceCase.id.isEmpty { print("\(priceCase.id):") }
                show(priceCase, from: book, format ?? .json)
            } catch {
                failures += 1
                StandardError.write("\(error)\n")
            }
        }
        if failures > 0 { throw ExitCode.failure }
    }

    private static func content(of file: String) throws -> [UInt8] {
        do throws(FileFault) {
            return try FileContents.read(file)
        } catch {
            StandardError.write(
                "\(file): the file \(error.problem); \(error.remedy ?? "give one with a JSON object a line, or '-'")\n")
            throw ExitCode.failure
        }
    }

    private func show(_ priceCase: PriceCase, from book: PriceBook, _ format: OutputFormat) {
        switch format {
        case .json: print(priceCase.answer(from: book))
        case .text: print(priceCase.text(from: book), terminator: "")
        }
    }

    private func flagCase() throws -> PriceCase {
        var usage: [String: Int64] = [:]
        for (_, key, count) in counts { usage[key] = count }
        var fields: [String: Any] = ["usage": usage]
        for (key, value) in [
            "provider": provider, "request_model": model, "server_address": serverAddress, "tier": tier,
            "tenant": tenant,
        ] {
            fields[key] = value
        }
        fields["duration_ms"] = durationMs
        let line = try JSONSerialization.data(withJSONObject: fields, options: [.sortedKeys])
        return try PriceCase(
            line: String(decoding: line, as: UTF8.self), file: "flags", number: 1, now: time.moment,
            pathTellsEndpoint: true)
    }
}
