// SPDX-License-Identifier: Apache-2.0
import Ingest
import OTLP

/// Cuts a file of JSON bodies into its bodies, piece by piece.
struct JSONPieces {
    private let file: String
    /// The line on which the bytes begin that were not taken yet.
    private var line = 1
    /// Whether no body was taken yet: a body that stays alone has the name of the file, without a line.
    private var isFirst = true

    private static let newline = UInt8(ascii: "\n")
    private static let brace = UInt8(ascii: "{")

    /// - Parameter file: The name of the file.
    init(file: String) { self.file = file }

    /// Takes the bodies that are surely whole.
    ///
    /// - Parameters:
    ///   - bytes: The beginning of the rest of the file; the bodies are removed.
    ///   - take: Gets each body.
    /// - Returns: How many bytes are needed to go on.
    mutating func takeWhole(from bytes: inout [UInt8], _ take: (RecordedBodies.Body) -> Void) -> Int {
        // Twice as many, so that a body over many pieces is looked at only a few times.
        let more = max(RecordedBodies.piece, 2 * bytes.count)
        guard let end = bytes.lastIndex(of: Self.newline) else { return more }
        let whole = Array(bytes[...end])
        // A piece may end within a body over several lines, which its lines do not tell from damaged bodies.
        guard let ranges = try? JSONTraceRequestReader.requests(in: whole.span), !(isFirst && ranges.count == 1) else {
            return more
        }
        give(ranges, of: whole, take)
        bytes.removeFirst(whole.count)
        return RecordedBodies.piece
    }

    /// Takes all bodies.
    ///
    /// - Parameters:
    ///   - bytes: The rest of the file. The pipeline refuses a body that is not JSON.
    ///   - take: Gets each body.
    mutating func takeRest(of bytes: [UInt8], _ take: (RecordedBodies.Body) -> Void) {
        let ranges = Self.bodies(in: bytes)
        if isFirst, ranges == nil || ranges?.count == 1 {
            return take(RecordedBodies.Body(name: file, bytes: bytes, form: BodyForm(encoding: .json)))
        }
        give(ranges ?? [(bytes.firstIndex { !Self.isSpace($0) } ?? 0)..<bytes.count], of: bytes, take)
    }

    private mutating func give(
        _ ranges: [Range<Int>], of bytes: [UInt8], _ take: (RecordedBodies.Body) -> Void
    ) {
        var read = 0
        for range in ranges {
            line += bytes[read..<range.lowerBound].count { $0 == Self.newline }
            read = range.lowerBound
            isFirst = false
            take(
                RecordedBodies.Body(
                    name: "\(file):\(line)", bytes: Array(bytes[range]), form: BodyForm(encoding: .json)))
        }
        line += bytes[read...].count { $0 == Self.newline }
    }

    /// The bodies in some bytes; `nil` if these are not whole bodies and no lines of bodies either.
    ///
    /// If one line is damaged, for example cut short, the others are still read.
    private static func bodies(in bytes: [UInt8]) -> [Range<Int>]? {
        if let ranges = try? JSONTraceRequestReader.requests(in: bytes.span) { return ranges }
        let lines = bytes.split(separator: newline).filter { line in !line.allSatisfy(isSpace) }
        guard lines.count > 1, lines.allSatisfy({ line in line.first { !isSpace($0) } == brace }) else { return nil }
        return lines.map(\.indices)
    }

    /// Whether a byte is white space between values.
    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
