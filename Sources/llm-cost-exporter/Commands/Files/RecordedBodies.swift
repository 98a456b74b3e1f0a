// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Compression
import Explaining
import Ingest
import OTLP

/// Request bodies in files, for `replay`, `explain` and `report`.
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
        var progress = ProgressLine(files: files.count, now: WallClock.monotonicNanoseconds())
        func say(_ message: String) {
            progress.clear()
            StandardError.write(message + "\n")
        }
        for file in files {
            progress.beginFile()
            do throws(RecordedFileError) {
                try forEachBody(of: file) { body in
                    if !ingest(body, into: assembly, say) { failures += 1 }
                    progress.add(bytes: body.bytes.count, now: WallClock.monotonicNanoseconds())
                }
            } catch {
                failures += 1
                say("\(file): \(error)")
            }
        }
        progress.clear()
        return failures
    }

    private static func ingest(_ body: Body, into assembly: Assembly, _ say: (String) -> Void) -> Bool {
        func count(_ outcome: ServiceMetrics.BodyOutcome, inflatedBytes: Int = 0) {
            assembly.metrics.countBody(
                outcome, receivedBytes: body.bytes.count, inflatedBytes: inflatedBytes, nanoseconds: 0)
        }
        assembly.explainer?.begin(body: body.name)
        do throws(IngestError) {
            let receipt = try assembly.pipeline.ingest(
                body.bytes.span, arrival: BodyArrival(form: body.form), reserve: { _ in true })
            count(receipt.rejectedSpans > 0 ? .partial : .accepted, inflatedBytes: receipt.inflatedBytes)
            if receipt.rejectedSpans > 0 { say("\(body.name): \(receipt.message)") }
            return true
        } catch {
            if case .tooLarge = error { count(.tooLarge) } else { count(.malformed) }
            say("\(body.name): \(error)")
            return false
        }
    }

    /// Finds the bodies of one file, whose first bytes show their form.
    ///
    /// Of a plain file of JSON bodies, only a piece is in memory at a time.
    ///
    /// - Parameters:
    ///   - file: A path, or `-` for standard input.
    ///   - take: Gets each body.
    /// - Throws: ``RecordedFileError`` if the file cannot be read.
    static func forEachBody(of file: String, _ take: (Body) -> Void) throws(RecordedFileError) {
        let source = try RecordedFile(file)
        var bytes: [UInt8] = []
        var isEnd = try source.read(into: &bytes, until: piece)
        if isJSON(bytes) {
            var pieces = JSONPieces(file: file)
            while !isEnd {
                let wanted = pieces.takeWhole(from: &bytes, take)
                isEnd = try source.read(into: &bytes, until: wanted)
            }
            pieces.takeRest(of: bytes, take)
            return
        }
        if !isEnd { _ = try source.read(into: &bytes, until: .max) }
        if bytes.starts(with: gzipMark), let inflated = inflate(bytes), isJSON(inflated) {
            // JSON is inflated here, since it may be one body a line. Of one body, the pipeline gets the bytes as they are.
            var inside: [Body] = []
            var pieces = JSONPieces(file: file)
            pieces.takeRest(of: inflated) { inside.append($0) }
            if inside.count != 1 { return inside.forEach(take) }
            return take(Body(name: file, bytes: bytes, form: BodyForm(encoding: .json, coding: .gzip)))
        }
        // The pipeline refuses damaged and too large bodies.
        take(Body(name: file, bytes: bytes, form: bytes.starts(with: gzipMark) ? BodyForm(coding: .gzip) : BodyForm()))
    }

    /// The bytes that are read at a time.
    static let piece = 4 << 20
    private static let gzipMark: [UInt8] = [0x1F, 0x8B]
    private static let brace = UInt8(ascii: "{")
    private static let closingBrace = UInt8(ascii: "}")

    /// Whether a body is JSON: a brace, then a name in quotes.
    ///
    /// A protobuf request begins with 0x0A, white space in JSON, and a length that may be a brace. The tags and lengths that
    /// follow may be white space and a quote once more; but then comes another tag, which no name begins with.
    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.firstIndex(where: { !JSONPieces.isSpace($0) }), bytes[first] == brace,
            let next = bytes[(first + 1)...].firstIndex(where: { !JSONPieces.isSpace($0) })
        else { return false }
        if bytes[next] == closingBrace { return true }
        return bytes[next] == UInt8(ascii: "\"") && next + 1 < bytes.count && bytes[next + 1] >= 0x20
    }

    private static func inflate(_ bytes: [UInt8]) -> [UInt8]? {
        var inflater = Inflater()
        guard let count = try? inflater.inflateGzip(bytes.span, limit: 1 << 30, reserve: { _ in true }) else {
            return nil
        }
        return inflater.withOutput(count: count) { output in
            unsafe output.span.withUnsafeBufferPointer { bytes in unsafe Array(bytes) }
        }
    }
}
