// SPDX-License-Identifier: Apache-2.0
import Mustache

/// HTML.
///
/// Literals are HTML; what is put into them is text and gets escaped, unless it is HTML itself. So no text of a sender reaches a
/// page as HTML: there is no way to say so without the word `html`.
struct Markup: Equatable, Sendable, ExpressibleByStringInterpolation {
    let html: String

    /// Makes HTML from a text that is HTML already.
    init(html: String) { self.html = html }

    init(stringLiteral value: String) { html = value }

    init(stringInterpolation: Pieces) { html = stringInterpolation.html }

    /// The parts of a literal.
    struct Pieces: StringInterpolationProtocol {
        fileprivate var html = ""

        init(literalCapacity: Int, interpolationCount: Int) { html.reserveCapacity(literalCapacity * 2) }

        mutating func appendLiteral(_ literal: String) { html += literal }
        mutating func appendInterpolation(_ text: some StringProtocol) { html += HTMLText.escaped(String(text)) }
        mutating func appendInterpolation(_ markup: Markup) { html += markup.html }
        mutating func appendInterpolation(html: String) { self.html += html }
        mutating func appendInterpolation(_ number: Int) { html += String(number) }
    }

    /// Nothing.
    static let empty: Markup = ""

    /// A text that a sender chose, in its own direction.
    static func text(_ text: String) -> Markup { Markup(html: PageParts.text(text)) }

    /// A name that a sender chose; the middle of a long one is in its title alone.
    static func name(_ name: String) -> Markup { Markup(html: PageParts.name(name)) }

    /// The name of a group; calls without one have a description instead of it.
    static func name(_ name: String, orNo key: String) -> Markup {
        name.isEmpty ? "<span class=\"quiet\">no \(key)</span>" : .name(name)
    }

    static func joined(_ parts: [Markup], separator: Markup = "") -> Markup {
        Markup(html: parts.map(\.html).joined(separator: separator.html))
    }
}

extension Markup: MustacheCustomRenderable {
    var renderText: String { html }
    var isNull: Bool { html.isEmpty }
}

/// What a template finds under a name.
enum Shown: ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral {
    case markup(Markup)
    case parts([Part])
    case flag(Bool)

    init(stringLiteral value: String) { self = .markup(Markup(stringLiteral: value)) }
    init(stringInterpolation: Markup.Pieces) { self = .markup(Markup(stringInterpolation: stringInterpolation)) }
    init(booleanLiteral value: Bool) { self = .flag(value) }

    /// A text, escaped.
    static func text(_ text: String) -> Shown { .markup("\(text)") }
}

/// A page, or a part of one that may repeat: what its template finds, by name.
///
/// A template also finds the names of the parts around a part; so no part has a name of those around it.
struct Part: ExpressibleByDictionaryLiteral, MustacheParent {
    private var members: [String: Shown]

    init(dictionaryLiteral elements: (String, Shown)...) {
        members = Dictionary(elements) { _, last in last }
    }

    subscript(name: String) -> Shown? {
        get { members[name] }
        set { members[name] = newValue }
    }

    func child(named name: String) -> Any? {
        switch members[name] {
        case .markup(let markup): markup
        case .parts(let parts): parts
        case .flag(let flag): flag
        case nil: nil
        }
    }
}
