// SPDX-License-Identifier: Apache-2.0
package import Billing
import Compression
import OTLP

/// How a body is written and compressed.
package struct BodyForm: Sendable, Hashable {
    package var encoding: BodyEncoding
    package var coding: ContentCoding

    package init(encoding: BodyEncoding = .protobuf, coding: ContentCoding = .identity) {
        self.encoding = encoding
        self.coding = coding
    }
}

/// How the messages of a body are written.
///
/// - SeeAlso: OTLP specification 1.9.0, "Binary Protobuf Encoding" and "JSON Protobuf Encoding".
package enum BodyEncoding: Sendable, Hashable {
    case protobuf
    case json
}

/// How a body is compressed, among the ways that are understood.
package enum ContentCoding: Sendable, Hashable {
    case identity
    case gzip
}

/// The outcome of a body that was read.
package struct IngestReceipt: Sendable, Equatable {
    /// Spans that were read, whatever they were then counted as.
    package var acceptedSpans: Int
    /// Spans that were refused.
    package var rejectedSpans: Int
    /// What is wrong with the refused spans and what to do about it; empty when there are none.
    package var message: String
    /// The size of the body once inflated.
    package var inflatedBytes: Int
    /// The ticket for what the body brought, which the intake awaits before it answers 200; `nil` without a journal.
    ///
    /// It is that of the last slice: tickets are ordered, so it stands for the whole body.
    package var commit: (any CommitTicket)?

    package init(acceptedSpans: Int, rejectedSpans: Int, message: String, inflatedBytes: Int) {
        self.acceptedSpans = acceptedSpans
        self.rejectedSpans = rejectedSpans
        self.message = message
        self.inflatedBytes = inflatedBytes
    }

    init(inflatedBytes: Int) {
        self.init(acceptedSpans: 0, rejectedSpans: 0, message: "", inflatedBytes: inflatedBytes)
    }

    /// Compares the outcome of the spans, without the tickets.
    package static func == (left: IngestReceipt, right: IngestReceipt) -> Bool {
        left.acceptedSpans == right.acceptedSpans && left.rejectedSpans == right.rejectedSpans
            && left.message == right.message && left.inflatedBytes == right.inflatedBytes
    }

    /// Adds the spans of a body, or of a slice of it.
    mutating func add(acceptedSpans: Int, refused: RefusedSpans) {
        self.acceptedSpans += acceptedSpans
        guard refused.total > 0 else { return }
        rejectedSpans += refused.total
        message =
            "\(rejectedSpans) spans without a trace id of 16 bytes or a span id of 8 were refused; "
            + "if these are logs or metrics, send them elsewhere: this address accepts traces"
    }
}

/// Why a whole body was refused.
package enum IngestError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The body is damaged, cut short, or something else altogether.
    case unreadable(String)
    /// The body is larger than one may be.
    case tooLarge(String)
    /// There is no room for it now; the sender should try again.
    case busy(String)

    init(_ error: InflateError) {
        switch error {
        case .damaged: self = .unreadable(error.description)
        case .larger(let limit):
            self = .tooLarge(
                "the body inflates to more than \(limit) bytes (otlp.max_inflated_bytes); send smaller batches or raise "
                    + "the limit")
        case .noRoom: self = .busy(error.description)
        }
    }

    init(_ error: OTLPError) {
        if case .tooManySpans = error {
            self = .tooLarge(error.description)
        } else {
            self = .unreadable(error.description)
        }
    }

    static let noRoom = IngestError(InflateError.noRoom)

    /// The spans of a body cannot be stored at the moment.
    static let unstorable = IngestError.busy(
        "spans cannot be stored at the moment, since the disk is full, slow or failing; send the body again")

    /// Too many spans wait for the rows, and a stopping service does not let senders wait for them.
    static let stopping = IngestError.busy(
        "spans cannot be stored at the moment, since the service is stopping; send the body again")

    package var description: String {
        switch self {
        case .unreadable(let what), .tooLarge(let what), .busy(let what): what
        }
    }
}
