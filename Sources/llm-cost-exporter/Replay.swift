// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Exposition
import Foundation
import Ingest

/// `replay`: what a service would show that had received these bodies and nothing else.
struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read OTLP bodies from files and print the metrics they come to.",
        discussion: """
            Bodies are protobuf, plain or gzip, told apart by their first bytes; '-' is standard input. Without a clock \
            the newest prices hold for spans without a believable time, and the same input prints the same bytes.
            """)

    @OptionGroup var file: ConfigFileFlag

    @Argument(help: "Files with one OTLP body each, or '-'.")
    var files: [String]

    func run() throws {
        var settings = try file.settings()
        settings.page.isSorted = true
        settings.page.showsCreated = false
        try settings.validate()
        let assembly = try Assembly(settings, clock: nil)
        var failures = 0
        for name in files {
            do {
                try Self.replay(name, in: assembly)
            } catch {
                failures += 1
                StandardError.write("\(name): \(error)\n")
            }
        }
        assembly.pipeline.settleAll(arrivalNanoseconds: nil)
        FileHandle.standardOutput.write(Data(assembly.page.render(.prometheusText)))
        if failures > 0 { throw ExitCode.failure }
    }

    private static func replay(_ name: String, in assembly: Assembly) throws {
        let bytes = try [UInt8](name == "-" ? standardInput() : contents(of: name))
        let form = BodyForm(coding: bytes.starts(with: [0x1F, 0x8B]) ? .gzip : .identity)
        func count(_ outcome: ServiceMetrics.BodyOutcome, inflatedBytes: Int = 0) {
            assembly.metrics.countBody(
                outcome, receivedBytes: bytes.count, inflatedBytes: inflatedBytes, nanoseconds: 0)
        }
        let receipt: IngestReceipt
        do throws(IngestError) {
            receipt = try assembly.pipeline.ingest(
                bytes.span, form: form, arrivalNanoseconds: nil, reserve: { _ in true })
        } catch {
            if case .tooLarge = error { count(.tooLarge) } else { count(.malformed) }
            throw error
        }
        count(receipt.rejectedSpans > 0 ? .partial : .accepted, inflatedBytes: receipt.inflatedBytes)
        if receipt.rejectedSpans > 0 { StandardError.write("\(name): \(receipt.message)\n") }
    }

    private static func contents(of path: String) throws -> Data {
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw ReplayError.unreadable
        }
    }

    private static func standardInput() throws -> Data { try FileHandle.standardInput.readToEnd() ?? Data() }
}

/// Why a file was not replayed.
private enum ReplayError: Error, CustomStringConvertible {
    case unreadable
    case json

    var description: String {
        switch self {
        case .unreadable: "the file cannot be read"
        case .json: "this is JSON; only protobuf bodies are read, send them with 'encoding: proto'"
        }
    }
}
