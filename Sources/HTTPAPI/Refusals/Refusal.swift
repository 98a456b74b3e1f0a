// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import HTTPTypes
import Ingest
import NIOCore
import OTLP

/// The reason why a body was refused: the only source of statuses, codes and wording.
///
/// OTLP senders retry 503 and drop the batch on every other status here.
///
/// - SeeAlso: OTLP specification 1.9.0, failures (https://opentelemetry.io/docs/specs/otlp/#failures-1); the codes are gRPC's.
enum Refusal: Error, Hashable {
    case path(String)
    case method(String, path: String)
    case otherSignal(OtherSignal)
    /// Spans at a path of metrics or logs.
    case spans(path: String)
    /// A POST to the web listener that belongs to the OTLP listener, which has this port; 0 if the system chose it.
    case wrongPort(path: String, otlpPort: Int)
    /// A request for metrics at the OTLP listener; the web listener has this port, 0 if the system chose it.
    case scrape(path: String, webPort: Int)
    case contentType(String)
    case contentCoding(String)
    case tooLarge(limit: Int)
    case inflatesTooLarge(String)
    case unreadable(String)
    case inFlightFull(limit: Int)
    case busy(String)
    case unsynced
    case timedOut(Duration)
    case tooSlow(bytesPerSecond: Int)

    var status: HTTPResponse.Status {
        switch self {
        case .path, .otherSignal, .wrongPort, .scrape: .notFound
        case .method: .methodNotAllowed
        case .contentType, .contentCoding: .unsupportedMediaType
        case .tooLarge, .inflatesTooLarge: .contentTooLarge
        case .unreadable, .spans: .badRequest
        // A slow body is not answered 408: the sender would drop its batch because of a pause of the network.
        case .inFlightFull, .busy, .unsynced, .tooSlow: .serviceUnavailable
        case .timedOut: .requestTimeout
        }
    }

    /// The code in the `google.rpc.Status`.
    var code: Int32 {
        switch self {
        case .unreadable, .spans: 3  // INVALID_ARGUMENT
        case .timedOut: 4  // DEADLINE_EXCEEDED
        case .path, .otherSignal, .wrongPort, .scrape: 5  // NOT_FOUND
        case .tooLarge, .inflatesTooLarge: 8  // RESOURCE_EXHAUSTED, as gRPC says of an oversized message
        case .method, .contentType, .contentCoding: 12  // UNIMPLEMENTED, as gRPC says of an unknown encoding
        case .inFlightFull, .busy, .unsynced, .tooSlow: 14  // UNAVAILABLE
        }
    }

    /// The outcome under which the body is counted; `nil` for a request without one.
    var outcome: ServiceMetrics.BodyOutcome? {
        switch self {
        case .path, .method, .otherSignal, .spans, .wrongPort, .scrape: nil
        case .contentType, .contentCoding: .unsupported
        case .tooLarge, .inflatesTooLarge: .tooLarge
        case .unreadable: .malformed
        case .inFlightFull, .busy: .busy
        case .unsynced: .unsynced
        case .timedOut, .tooSlow: .timedOut
        }
    }

    /// The reason under which the request is counted, of a request that is counted as no body.
    var requestRefusal: ConnectionMetrics.RequestRefusal? {
        switch self {
        case .path, .spans: .path
        case .method: .method
        case .otherSignal: .signal
        case .wrongPort, .scrape: .wrongPort
        default: nil
        }
    }

    /// The sentence for the sender: what is wrong, and behind the first semicolon what to do.
    var message: String {
        switch self {
        case .path(let path): UnknownPath.message(Self.excerpt(path))
        case .method("OPTIONS", let path):
            "\(Self.excerpt(path)) accepts POST, not OPTIONS, with which a browser asks whether its page may send; send from "
                + "a server, or through a Collector whose receiver allows the origin of the page (cors)"
        case .method(let method, let path):
            "\(Self.excerpt(path)) accepts POST, not \(Self.excerpt(method)); send an ExportTraceServiceRequest (OTLP/HTTP)"
        case .otherSignal(let signal):
            "this service accepts traces, not \(signal.plural) (otlp.other_signals: reject); send them elsewhere, or set "
                + "OTEL_METRICS_EXPORTER=none and OTEL_LOGS_EXPORTER=none in the application"
        case .spans(let path):
            "\(Self.excerpt(path)) does not accept spans, which the body has; send spans to \(OTLPPaths.traces) (in an SDK: "
                + "\(Self.endpoint(0)), to which it adds the path)"
        case .wrongPort(let path, let port):
            "\(Self.excerpt(path)) is not served here, where metrics are read; send spans to \(Self.otlpPort(port)) "
                + "(in an SDK: \(Self.endpoint(port)))"
        case .scrape(let path, let port):
            "\(Self.excerpt(path)) is not served here, where spans are received; let Prometheus scrape "
                + (port == 0 ? "the web port" : "port \(port)")
        case .contentType(let type):
            "content type '\(Self.word(type))' is not accepted; send "
                + AcceptedContent.types.map(\.name).joined(separator: " or ")
                + " (in an SDK: OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf or http/json)"
        case .contentCoding(let name):
            "content encoding '\(Self.word(name))' is not accepted; send gzip or none (in a Collector: compression: gzip)"
        case .tooLarge(let limit):
            "the body is over \(limit) bytes as sent (otlp.max_body_bytes); send smaller batches or raise the limit"
        case .inflatesTooLarge(let text), .unreadable(let text), .busy(let text): text
        case .inFlightFull(let limit):
            "bodies in progress would exceed \(limit) bytes (otlp.max_inflight_bytes); send this one again in a second"
        case .unsynced:
            "the spans were counted and could not be stored; send the body again: no span is counted twice"
        case .tooSlow(let rate):
            "the body arrived at less than \(rate) bytes a second over \(BodyRate.stretch) (http.min_body_rate); send it again"
        case .timedOut(let limit):
            "the body did not arrive within \(limit) (http.body_timeout); send smaller batches or raise the limit"
        }
    }

    /// The two parts of ``message``.
    var reasonAndRemedy: (reason: String, remedy: String) { Self.parts(of: message) }

    /// The port of the OTLP listener in a sentence; 0 is an unknown one.
    static func otlpPort(_ port: Int) -> String { port == 0 ? "the OTLP port" : "port \(port)" }

    /// The variable of an SDK with the address of the OTLP listener.
    static func endpoint(_ port: Int) -> String {
        "OTEL_EXPORTER_OTLP_ENDPOINT=http://HOST:\(port == 0 ? "PORT" : String(port))"
    }

    /// Cuts a sentence at its first semicolon.
    static func parts(of sentence: String) -> (reason: String, remedy: String) {
        guard let end = sentence.firstRange(of: "; ") else { return (sentence, "") }
        return (String(sentence[..<end.lowerBound]), String(sentence[end.upperBound...]))
    }

    /// Makes the answer to the sender.
    ///
    /// - Parameter encoding: The encoding that the sender reads; `nil` for a line of text.
    /// - Returns: The answer, with `Allow` and `Retry-After` where they belong.
    func answer(in encoding: BodyEncoding?) -> Answer {
        var answer =
            encoding.map { encoding in
                Answer(
                    status: status, contentType: Answer.contentType(of: encoding),
                    body: ByteBuffer(bytes: encoding.status(code: code, message: message)))
            } ?? .line(message.prefix(1).uppercased() + message.dropFirst() + ".", status: status)
        switch self {
        case .method: answer.headers[.allow] = "POST"
        case .inFlightFull, .busy, .unsynced: answer.headers[.retryAfter] = "1"
        case .timedOut: answer.closesConnection = true
        case .tooSlow:
            answer.headers[.retryAfter] = "1"
            answer.closesConnection = true
        default: break
        }
        return answer
    }

    /// - Parameters:
    ///   - error: Why a body was not taken.
    ///   - body: The body as sent; `nil` if it is not there as a whole.
    ///   - form: What its headers say.
    init(_ error: IngestError, of body: ByteBuffer?, as form: BodyForm) {
        switch error {
        case .unreadable: self = .unreadable(body.flatMap { MislabelledBody.message($0, as: form) } ?? "\(error)")
        case .tooLarge: self = .inflatesTooLarge("\(error)")
        case .busy: self = .busy("\(error)")
        }
    }

    /// The value of a header without its parameters, whose semicolons would end the reason.
    private static func word(_ value: String) -> Substring { excerpt(String(value.prefix { $0 != ";" })) }

    /// Cuts a part of a request short, so that an answer stays small.
    static func excerpt(_ text: String) -> Substring { text.prefix(80) }
}

extension OtherSignal {
    /// The signal in a sentence.
    var plural: String {
        switch self {
        case .metrics, .logs: rawValue
        case .unknown: "other signals"
        }
    }
}
