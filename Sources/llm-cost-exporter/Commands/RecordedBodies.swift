// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Compression
import Explaining
import Foundation
import Ingest
import OTLP

/// Request bodies in files, for `replay` and `explain`.
///
/// A file holds one body, plain or gzip, in protobuf or JSON; or one JSON body a line, as the Collector's file exporter
/// writes them.
enum RecordedBodies {
    /// One body of a file.
    struct Body {
        /// The file, and the line of a file with several bodies.
        var name: String
        var bytes: [UInt8]
        var form: BodyForm
    }

    /// Sends the bodies of files through the rooms, and writes what is wrong with a body to standard error.
    ///
    /// - Parameters:
    ///   - files: Paths, or `-` for standard input.
    ///   - assembly: The rooms.
    /// - Returns: The number of files and bodies that could not be read.
    static func ingest(_ files: [String], into assembly: Assembly) -> Int {
        var failures = 0
        for file in files {
            do {
                for body in try bodies(of: file) where !ingest(body, into: assembly) { failures += 1 }
            } catch {
                failures += 1
                StandardError.write("\(file): \(error)\n")
            }
        }
        return failures
    }

    private static func ingest(_ body: Body, into assembly: Assembly) -> Bool {
        func count(_ outcome: ServiceMetrics.BodyOutcome, inflatedBytes: Int = 0) {
            assembly.metrics.countBody(
                outcome, receivedBytes: body.bytes.count, inflatedBytes: inflatedBytes, nanoseconds: 0)
        }
        assembly.explainer?.begin(body: body.name)
        do throws(IngestError) {
            let receipt = try assembly.pipeline.ingest(
                body.bytes.span, arrival: BodyArrival(form: body.form), reserve: { _ in true })
            count(receipt.rejectedSpans > 0 ? .partial : .accepted, inflatedBytes: receipt.inflatedBytes)
            if receipt.rejectedSpans > 0 { StandardError.write("\(body.name): \(receipt.message)\n") }
            return true
        } catch {
            if case .tooLarge = error { count(.tooLarge) } else { count(.malformed) }
            StandardError.write("\(body.name): \(error)\n")
            return false
        }
    }

    /// The bodies of one file, whose first bytes show their form.
    static func bodies(of file: String) throws -> [Body] {
        let bytes = try contents(of: file)
        guard bytes.starts(with: gzipMark) else { return bodies(in: bytes, named: file) }
        // The pipeline refuses damaged and too large bodies. JSON is inflated here, since it may be one body a line.
        guard let inflated = inflate(bytes), isJSON(inflated) else {
            return [Body(name: file, bytes: bytes, form: BodyForm(coding: .gzip))]
        }
        let inside = bodies(in: inflated, named: file)
        guard inside.count == 1 else { return inside }
        return [Body(name: file, bytes: bytes, form: BodyForm(encoding: .json, coding: .gzip))]
    }

    private static func bodies(in bytes: [UInt8], named file: String) -> [Body] {
        guard isJSON(bytes) else { return [Body(name: file, bytes: bytes, form: BodyForm())] }
        let json = BodyForm(encoding: .json)
        let ranges = (try? JSONTraceRequestReader.requests(in: bytes.span)) ?? lines(of: bytes)
        // The pipeline refuses a body that is not JSON.
        guard ranges.count > 1 else { return [Body(name: file, bytes: bytes, form: json)] }
        var (line, read) = (1, 0)
        return ranges.map { range in
            line += bytes[read..<range.lowerBound].count { $0 == newline }
            read = range.lowerBound
            return Body(name: "\(file):\(line)", bytes: Array(bytes[range]), form: json)
        }
    }

    /// The lines of a file of requests of which one is damaged, for example cut short, so that the others are read.
    ///
    /// - Parameter bytes: The file.
    /// - Returns: The lines; none for a single damaged request over several lines.
    private static func lines(of bytes: [UInt8]) -> [Range<Int>] {
        let lines = bytes.split(separator: newline).filter { line in !line.allSatisfy(isSpace) }
        guard lines.allSatisfy({ line in line.first { !isSpace($0) } == brace }) else { return [] }
        return lines.map(\.indices)
    }

    private static let gzipMark: [UInt8] = [0x1F, 0x8B]
    private static let newline = UInt8(ascii: "\n")
    private static let brace = UInt8(ascii: "{")
    private static let closingBrace = UInt8(ascii: "}")

    /// Whether a body is JSON: a brace, then a name in quotes.
    ///
    /// A protobuf request begins with 0x0A, white space in JSON, and a length that may be a brace. The tags and lengths that
    /// follow may be white space and a quote once more; but then comes another tag, which no name begins with.
    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.firstIndex(where: { !isSpace($0) }), bytes[first] == brace,
            let next = bytes[(first + 1)...].firstIndex(where: { !isSpace($0) })
        else { return false }
        if bytes[next] == closingBrace { return true }
        return bytes[next] == UInt8(ascii: "\"") && next + 1 < bytes.count && bytes[next + 1] >= 0x20
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func inflate(_ bytes: [UInt8]) -> [UInt8]? {
        var inflater = Inflater()
        guard let count = try? inflater.inflateGzip(bytes.span, limit: 1 << 30, reserve: { _ in true }) else {
            return nil
        }
        return inflater.withOutput(count: count) { output in
            unsafe output.span.withUnsafeBufferPointer { bytes in unsafe Array(bytes) }
        }
    }

    private static func contents(of file: String) throws -> [UInt8] {
        if file == "-" { return [UInt8](try FileHandle.standardInput.readToEnd() ?? Data()) }
        do {
            return [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        } catch {
            throw RecordedBodyError.unreadable
        }
    }
}

/// The reason why a file was not read.
private enum RecordedBodyError: Error, CustomStringConvertible {
    case unreadable

    var description: String { "the file cannot be read" }
}
