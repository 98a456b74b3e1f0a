// SPDX-License-Identifier: Apache-2.0
package import Documents

/// The header of a price book: what precedes its models.
package struct BookHeader: Sendable {
    /// A source of the book's prices.
    package struct Source: Sendable, Equatable {
        package let name: String
        package let version: String
    }

    /// How one provider is recognised.
    struct Provider: Sendable {
        let id: String
        let aliases: [String]
        let hosts: [String]
        let fallback: [String]
        let unambiguous: [String]
    }

    /// Another name for a model: a deployment, an opaque identifier.
    struct Alias: Sendable {
        let provider: String
        let name: String
        let target: String
    }

    /// The largest number of providers in a header; provider numbers have 16 bits.
    static let providerLimit = 10_000

    /// The version of the book, such as `2026-11-21.1`.
    package let version: String
    /// The day on which the book was made, in days since 1 January 1970.
    package let day: Int32
    package let sources: [Source]
    /// Names that senders report as the provider and that belong to a gateway, which passes calls on.
    let gateways: [String]
    let providers: [Provider]
    let aliases: [Alias]
    /// Words behind a model's name that never change its price, in lower case.
    let samePriceWords: [String]

    /// Reads the header.
    ///
    /// - Parameter node: The mapping before the models; keys for human readers, such as `conflicts`, are ignored.
    /// - Throws: ``DocumentError`` for another format, another currency or a malformed part.
    package init(_ node: DocumentNode) throws(DocumentError) {
        let header = try node.mapping()
        let format = try header.required("format")
        guard try format.string() == "pricebook/1" else { throw format.unexpected("be pricebook/1") }
        if let currency = header["currency"], try currency.string() != "USD" { throw currency.unexpected("be USD") }
        version = try header.required("version").string()
        let date = try header.required("date")
        guard let day = dayNumber(of: try date.string().prefix(10)) else {
            throw date.unexpected("be a date such as 2026-05-01")
        }
        self.day = day
        var sources: [Source] = []
        for source in try header["sources"]?.sequence() ?? [] {
            let source = try source.mapping()
            sources.append(
                Source(name: try source.required("name").string(), version: try source["version"]?.string() ?? ""))
        }
        self.sources = sources
        gateways = try header["gateways"]?.strings().map { $0.lowercased() } ?? []
        var providers: [Provider] = []
        let stated = try header["providers"]?.mapping().entries ?? []
        if let node = header["providers"], stated.count > Self.providerLimit {
            throw node.unacceptable("have at most \(Self.providerLimit) providers")
        }
        for entry in stated {
            let provider = try entry.value.mapping()
            providers.append(
                Provider(
                    id: entry.key,
                    aliases: try provider["aliases"]?.strings() ?? [],
                    hosts: try provider["hosts"]?.strings() ?? [],
                    fallback: try provider["fallback"]?.strings() ?? [],
                    unambiguous: try provider["unambiguous"]?.strings() ?? []))
        }
        self.providers = providers
        var aliases: [Alias] = []
        for alias in try header["aliases"]?.sequence() ?? [] {
            let alias = try alias.mapping()
            aliases.append(
                Alias(
                    provider: try alias.required("provider").string(),
                    name: try alias.required("name").string().lowercased(),
                    target: try alias.required("to").string()))
        }
        self.aliases = aliases
        samePriceWords = try header["same_price_words"]?.strings().map { $0.lowercased() } ?? []
    }
}

/// The members of a header that the program reads, as JSON text of their own.
///
/// Lists for human readers (`conflicts`, `excluded`) are most of a header; skipping them makes the start quick.
enum HeaderText {
    static let wanted: Set<String> = [
        "format", "version", "date", "currency", "sources", "gateways", "providers", "aliases", "same_price_words",
    ]

    /// The wanted members of the object that begins a text.
    static func reduced(_ text: Span<UInt8>, to range: Range<Int>) -> String {
        var members: [String] = []
        var start = range.lowerBound + 1
        var depth = 0
        var isQuoted = false
        var index = start
        func take(until end: Int) {
            let key = keyLength(text, from: start)
            if wanted.contains(text.string(in: start + 1..<start + 1 + key)) {
                members.append(text.string(in: start..<end))
            }
        }
        while index < range.upperBound {
            let byte = text[index]
            if isQuoted {
                if byte == UInt8(ascii: "\\") { index += 1 }
                if byte == UInt8(ascii: "\"") { isQuoted = false }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isQuoted = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                case UInt8(ascii: ",") where depth == 0:
                    take(until: index)
                    start = index + 1
                default: break
                }
            }
            index += 1
        }
        take(until: range.upperBound)
        return "{" + members.joined(separator: ", ") + "}"
    }

    /// The length of the key whose quote is at an offset; 0 if there is none.
    private static func keyLength(_ text: Span<UInt8>, from start: Int) -> Int {
        guard start < text.count, text[start] == UInt8(ascii: "\"") else { return 0 }
        var end = start + 1
        while end < text.count, text[end] != UInt8(ascii: "\"") { end += 1 }
        return end - start - 1
    }
}
