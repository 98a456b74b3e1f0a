// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Foundation's reading of an OTLP/JSON request as real exporters write it, as lines to compare with.
enum SecondJSONReader {
    /// One line a span, in the order of the body, and every attribute key.
    static func read(_ body: [UInt8]) throws -> (spans: [String], keys: Set<String>) {
        let request = try JSONDecoder().decode(Request.self, from: Data(body))
        var (spans, keys) = ([String](), Set<String>())
        for part in request.resourceSpans {
            let resource = attributes(part.resource?.attributes, &keys)
            for scoped in part.scopeSpans {
                let its = attributes(scoped.scope?.attributes, &keys)
                let scope = "\(scoped.scope?.name ?? "") \(scoped.scope?.version ?? "") \(its)"
                for span in scoped.spans {
                    let ids = [span.traceId, span.spanId, span.parentSpanId ?? ""].map(hex).joined(separator: " ")
                    let ending = "\(span.kind) \(span.status?.code ?? 0)"
                    let times = "\(span.startTimeUnixNano) \(span.endTimeUnixNano)"
                    let line = "\(ids) \(span.name) \(ending) \(times) \(attributes(span.attributes, &keys))"
                    spans.append("\(line) in \(scope) of \(resource)")
                }
            }
        }
        return (spans, keys)
    }

    private static func attributes(_ list: [Pair]?, _ keys: inout Set<String>) -> String {
        let texts = (list ?? []).map { pair in
            keys.insert(pair.key)
            return "\(pair.key)=\(pair.value?.line ?? "empty")"
        }
        return "{\(texts.joined(separator: ", "))}"
    }

    private static func hex(_ text: String) -> String {
        let digits = Array(text)
        let bytes = stride(from: 0, to: digits.count, by: 2)
            .compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) }
        return "0x" + bytes.map { String($0, radix: 16) }.joined(separator: ".")
    }
}

private struct Request: Decodable {
    struct ResourceSpans: Decodable {
        var resource: Source?
        var scopeSpans: [ScopeSpans]
    }
    struct ScopeSpans: Decodable {
        var scope: Source?
        var spans: [Span]
    }
    struct Source: Decodable {
        var name: String?
        var version: String?
        var attributes: [Pair]?
    }
    struct Span: Decodable {
        var traceId: String
        var spanId: String
        var parentSpanId: String?
        var name: String
        var kind: Int
        var startTimeUnixNano: String
        var endTimeUnixNano: String
        var attributes: [Pair]?
        var status: Status?
    }
    struct Status: Decodable {
        var code: Int?
    }

    var resourceSpans: [ResourceSpans]
}

private struct Pair: Decodable {
    var key: String
    var value: Value?
}

private struct Value: Decodable {
    enum CodingKeys: String, CodingKey {
        case stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue
    }

    var line: String

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        line =
            switch members.allKeys.first {
            case .stringValue: "string \(try members.decode(String.self, forKey: .stringValue))"
            case .boolValue: "bool \(try members.decode(Bool.self, forKey: .boolValue))"
            case .intValue:
                if let number = try? members.decode(Int64.self, forKey: .intValue) {
                    "int \(number)"
                } else {
                    "int \(try members.decode(String.self, forKey: .intValue))"
                }
            case .doubleValue: "double \(try members.decode(Double.self, forKey: .doubleValue))"
            case .arrayValue, .kvlistValue, .bytesValue: "structured"
            case nil: "empty"
            }
    }
}
