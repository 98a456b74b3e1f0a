// SPDX-License-Identifier: Apache-2.0
import Compression
import GenAI
package import OTLP
import Synchronization

/// The names in a body of metrics or logs that the service dropped.
package struct SignalSurvey: Sendable, Equatable {
    /// The signal that the records show; `nil` if they show none.
    package var signal: OtherSignal?
    /// Whether the records are spans.
    package var hasSpans = false
    /// The names of the services, each once; empty if none was read.
    package var services: [String] = []
    /// The names of the instrumentation scopes, each once; empty if none was read.
    package var scopes: [String] = []

    package init() {}

    /// Reads the names in an inflated body, or in its first bytes.
    init(of bytes: Span<UInt8>, in encoding: BodyEncoding) {
        let origins =
            switch encoding {
            case .protobuf: SignalOrigins(protobuf: bytes)
            case .json: SignalOrigins(json: bytes)
            }
        (signal, hasSpans) = (origins.signal, origins.hasSpans)
        services = Self.names(origins.services, bytes, encoding)
        scopes = Self.names(origins.scopes, bytes, encoding)
    }

    /// The longest name that is read, in bytes as sent.
    private static let longest = 256

    private static func names(_ ranges: [ByteRange], _ bytes: Span<UInt8>, _ encoding: BodyEncoding) -> [String] {
        var names: [String] = []
        for range in ranges where range.length <= longest {
            let text = encoding == .json ? SignalOrigins.unescaped(range, in: bytes) : nil
            let name =
                text.map { LabelText.read(ByteRange(offset: 0, length: $0.count), in: $0.span) }
                ?? LabelText.read(range, in: bytes)
            if !names.contains(name) { names.append(name) }
        }
        return names
    }
}

/// Reads the names in bodies of metrics or logs, in memory that all bodies share.
package final class SignalSurveyor: Sendable {
    /// Made for the first compressed body.
    private let inflater = Mutex<Inflater?>(nil)

    /// The most bytes of an uncompressed body that are read.
    package static let mostBytes = 16_384
    /// The most bytes that a compressed body may have, as sent and inflated, to be read.
    package static let mostCompressed = 65_536
    package static let mostInflated = 1 << 20

    package init() {}

    /// Reads the names in a body; reads nothing in a body that is damaged or too large.
    ///
    /// - Parameters:
    ///   - body: The body as sent; the first ``mostBytes`` of it are enough if it is not compressed.
    ///   - form: The body's encoding and compression.
    /// - Returns: The names, and the signal that the records show.
    package func survey(_ body: Span<UInt8>, form: BodyForm) -> SignalSurvey {
        switch form.coding {
        case .identity: return SignalSurvey(of: body.extracting(first: Self.mostBytes), in: form.encoding)
        case .gzip:
            guard !body.isEmpty, body.count <= Self.mostCompressed else { return SignalSurvey() }
            return inflater.withLock { kept in
                var inflater = kept.take() ?? Inflater(keptBytes: Self.mostCompressed)
                var survey = SignalSurvey()
                if let count = try? inflater.inflateGzip(body, limit: Self.mostInflated, reserve: { _ in true }) {
                    survey = inflater.withOutput(count: count) { SignalSurvey(of: $0.span, in: form.encoding) }
                }
                inflater.trim()
                kept = consume inflater
                return survey
            }
        }
    }
}
