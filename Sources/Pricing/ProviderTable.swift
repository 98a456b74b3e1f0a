// SPDX-License-Identifier: Apache-2.0

/// By which names, hosts and model prefixes the providers of a book are known.
struct ProviderTable: Sendable {
    /// One way in which hosts of a provider are recognised.
    private enum HostRule {
        case equals(String)
        case suffix(String)
        case glob(NameGlob)

        /// Reads `api.example.com`, `.example.com` for every host below it, or a name with `*`.
        init(_ text: String) {
            let text = text.lowercased()
            if text.contains("*") {
                self = .glob(NameGlob(text))
            } else {
                self = text.hasPrefix(".") ? .suffix(text) : .equals(text)
            }
        }

        func holds(for host: String) -> Bool {
            switch self {
            case .equals(let text): host == text
            case .suffix(let text): host.hasSuffix(text)
            case .glob(let glob): glob.matches(host)
            }
        }
    }

    /// The book's id of each provider.
    private(set) var ids: [String]
    /// Where to look next, one step, for models that a provider resells.
    private(set) var fallbacks: [[UInt16]]
    let gateways: Gateways
    private var numbers: [String: UInt16] = [:]
    private var hosts: [(rule: HostRule, provider: UInt16)] = []
    /// The hosts with a full name, in lower case; among them those whose region changes the price.
    private var hostNames: Set<String> = ["eu.api.openai.com", "us.api.openai.com"]
    private var prefixes: [(prefix: String, provider: UInt16)] = []
    private var aliases: [UInt16: [String: String]] = [:]

    /// Makes the table.
    ///
    /// - Parameters:
    ///   - header: What the book says of providers.
    ///   - bookProviders: The providers that models of the book have, by their numbers.
    ///   - gateways: Gateways that price files add.
    ///   - additions: What price files say of providers, in the order in which they are read; it comes before what the
    ///     book says.
    init(
        header: BookHeader, bookProviders: [String], gateways: [String] = [], additions: [BookHeader.Provider] = []
    ) {
        self.gateways = Gateways(header.gateways + gateways)
        ids = bookProviders
        for (number, id) in ids.enumerated() { numbers[id.lowercased()] = UInt16(number) }
        for provider in header.providers + additions where numbers[provider.id.lowercased()] == nil {
            numbers[provider.id.lowercased()] = UInt16(ids.count)
            ids.append(provider.id)
        }
        let known = numbers
        func number(of provider: BookHeader.Provider) -> UInt16 { known[provider.id.lowercased()] ?? 0 }
        fallbacks = Array(repeating: [], count: ids.count)
        for provider in header.providers + additions where !provider.fallback.isEmpty {
            fallbacks[Int(number(of: provider))] = provider.fallback.compactMap { known[$0.lowercased()] }
        }
        // An id belongs to its own provider whatever other providers call themselves; of others the latest file's holds.
        for provider in additions.reversed() + header.providers {
            for alias in provider.aliases where numbers[alias.lowercased()] == nil {
                numbers[alias.lowercased()] = number(of: provider)
            }
        }
        for providers in [additions.reversed(), header.providers] {
            let rules = providers.flatMap { provider in provider.hosts.map { ($0, number(of: provider)) } }
            let sorted = rules.sorted { ($1.0.utf8.count, $0.0) < ($0.0.utf8.count, $1.0) }
            hosts += sorted.map { (HostRule($0.0), $0.1) }
            for case .equals(let host) in sorted.map({ HostRule($0.0) }) { hostNames.insert(host) }
            let starts = providers.flatMap { provider in
                provider.unambiguous.map { ($0.lowercased(), number(of: provider)) }
            }
            prefixes += starts.sorted { ($1.0.utf8.count, $0.0) < ($0.0.utf8.count, $1.0) }
        }
        for alias in header.aliases {
            guard let number = numbers[alias.provider.lowercased()] else { continue }
            aliases[number, default: [:]][alias.name] = alias.target
        }
    }

    /// The provider that goes by a name exactly, in lower case, or `nil`.
    func number(named name: String) -> UInt16? { numbers[name] }

    /// All names of providers, for finding the one that was meant.
    var names: [String] { numbers.keys.sorted() }

    /// The id of the model that an alias of the book stands for, or `nil`.
    func aliasTarget(provider: UInt16, name: String) -> String? { aliases[provider]?[name] }

    /// Whether a name, in lower case, is that of a provider or of a gateway.
    func knows(_ name: String) -> Bool { numbers[name] != nil || gateways.contains(name) }

    /// Whether some provider has a host with this full name, in lower case.
    func names(host: String) -> Bool { hostNames.contains(host) }

    /// The provider of a reported name, host and model.
    ///
    /// - Parameters:
    ///   - reported: The provider as reported; empty when absent.
    ///   - host: The server's address in any case; empty when unknown.
    ///   - model: The model as reported, in lower case.
    /// - Returns: The provider's number, or `nil` when it is unknown. A reported name that is neither a provider nor a
    ///   known gateway stays unknown, whatever the host or the model look like.
    func resolve(reported: String, host: String, model: String) -> UInt16? {
        resolution(reported: reported, host: host, model: model)?.number
    }

    /// The same, and whether only the model's name gave it.
    func resolution(reported: String, host: String, model: String) -> (number: UInt16, isByModel: Bool)? {
        let name = reported.trimmed.lowercased()
        if let number = numbers[name] { return (number, false) }
        guard name.isEmpty || gateways.contains(name) else { return nil }
        if let number = number(host: host.trimmed.lowercased()) { return (number, false) }
        return number(model: model).map { ($0, true) }
    }

    /// The provider that the host implies, if the reported name is that of no provider and leaves it open; `nil` otherwise.
    func numberByHost(reported: String, host: String) -> UInt16? {
        guard !host.isEmpty else { return nil }
        let name = reported.trimmed.lowercased()
        guard numbers[name] == nil, name.isEmpty || gateways.contains(name) else { return nil }
        return number(host: host.trimmed.lowercased())
    }

    private func number(host: String) -> UInt16? {
        guard !host.isEmpty else { return nil }
        return hosts.first { $0.rule.holds(for: host) }?.provider
    }

    private func number(model: String) -> UInt16? {
        var rest = Substring(model)
        for _ in 0..<ModelNames.mostPrefixes {
            guard let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")) else { break }
            let segment = String(rest[..<slash])
            if let number = numbers[segment] { return number }
            guard gateways.contains(segment) else { break }
            rest = rest[rest.index(after: slash)...]
        }
        for (start, id) in Gateways.telltaleStarts where rest.hasPrefix(start) { return numbers[id] }
        return prefixes.first { rest.hasPrefix($0.prefix) }?.provider
    }
}

extension StringProtocol {
    /// The text without white space at its ends.
    var trimmed: String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
