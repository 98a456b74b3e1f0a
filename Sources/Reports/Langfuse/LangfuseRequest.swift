// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The JSON object of a question in the words of Langfuse's metrics API, before its words mean anything.
///
/// - SeeAlso: Langfuse API reference, "Metrics v2" (https://api.reference.langfuse.com).
struct LangfuseRequest: Decodable {
    struct Field: Decodable { let field: String }

    struct Metric: Decodable { let measure, aggregation: String }

    struct Filter: Decodable {
        let column: String
        let `operator`: String
        let type: String?
        /// The key of metadata.
        let key: String?
        let value: Values?
    }

    struct TimeDimension: Decodable { let granularity: String }

    struct Order: Decodable { let field, direction: String }

    struct Configuration: Decodable {
        let bins: Int?
        let rowLimit: Int?

        private enum CodingKeys: String, CodingKey {
            case bins
            case rowLimit = "row_limit"
        }
    }

    /// A text, or a list of texts; numbers and truth values as their text.
    struct Values: Decodable {
        let texts: [String]

        init(from decoder: any Decoder) throws {
            guard var list = try? decoder.unkeyedContainer() else {
                texts = [try decoder.singleValueContainer().decode(Text.self).text]
                return
            }
            var texts: [String] = []
            while !list.isAtEnd { texts.append(try list.decode(Text.self).text) }
            self.texts = texts
        }
    }

    /// A text, or a number or truth value as its text.
    struct Text: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let number = try? value.decode(Int64.self) {
                text = String(number)
            } else if let flag = try? value.decode(Bool.self) {
                text = flag ? "true" : "false"
            } else {
                text = try value.decode(String.self)
            }
        }
    }

    let view: String
    let dimensions: [Field]
    let metrics: [Metric]
    let filters: [Filter]
    let timeDimension: TimeDimension?
    let from: String
    let to: String
    let orderBy: [Order]
    let configuration: Configuration?

    private struct Member: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private static let members = [
        "view", "dimensions", "metrics", "filters", "timeDimension", "fromTimestamp", "toTimestamp", "orderBy",
        "config",
    ]

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Member.self)
        if let unknown = object.allKeys.map(\.stringValue).sorted().first(where: { !Self.members.contains($0) }) {
            throw LangfuseQuery.error(
                "there is no member \(QuestionError.quoted(unknown)); choose from \(Self.members.joined(separator: ", "))"
            )
        }
        func key(_ name: String) -> Member { Member(stringValue: name) }
        view = try object.decode(String.self, forKey: key("view"))
        dimensions = try object.decodeIfPresent([Field].self, forKey: key("dimensions")) ?? []
        metrics = try object.decode([Metric].self, forKey: key("metrics"))
        filters = try object.decodeIfPresent([Filter].self, forKey: key("filters")) ?? []
        timeDimension = try object.decodeIfPresent(TimeDimension.self, forKey: key("timeDimension"))
        from = try object.decode(Text.self, forKey: key("fromTimestamp")).text
        to = try object.decode(Text.self, forKey: key("toTimestamp")).text
        orderBy = try object.decodeIfPresent([Order].self, forKey: key("orderBy")) ?? []
        configuration = try object.decodeIfPresent(Configuration.self, forKey: key("config"))
    }

    /// Reads the parameter `query`.
    ///
    /// - Parameter text: A JSON object.
    /// - Returns: The request.
    /// - Throws: ``QuestionError`` that names the member that is wrong.
    static func read(_ text: String) throws(QuestionError) -> LangfuseRequest {
        do {
            return try JSONDecoder().decode(LangfuseRequest.self, from: Data(text.utf8))
        } catch let error as QuestionError {
            throw error
        } catch let error as DecodingError {
            throw LangfuseQuery.error(sentence(error))
        } catch {
            throw LangfuseQuery.error("the query is no JSON object")
        }
    }

    private static func sentence(_ error: DecodingError) -> String {
        func path(_ keys: [any CodingKey]) -> String {
            keys.map { $0.intValue.map { "[\($0)]" } ?? "." + $0.stringValue }.joined().trimmingPrefix(".").description
        }
        switch error {
        case .keyNotFound(let key, let context): return "the member \(path(context.codingPath + [key])) is missing"
        case .typeMismatch(_, let context) where !context.codingPath.isEmpty,
            .valueNotFound(_, let context) where !context.codingPath.isEmpty:
            return "the member \(path(context.codingPath)) has another type"
        default: return "the query is no JSON object"
        }
    }
}
