// SPDX-License-Identifier: Apache-2.0

/// The names, hosts and beginnings of model names that identify the providers of a book.
struct ProviderTable: Sendable {
    /// A rule that recognises hosts of a provider.
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
    /// By provider, the providers whose models it resells.
    private(set) var fallbacks: [[UInt16]]
    let gateways: Gateways
    private var numbers: [String: UInt16] = [:]
    private var hosts: [(rule: HostRule, provider: UInt16)] = []
    /// The hosts that are listed by their full names, in lower case, including those whose region changes the price.
    private var hostNames: Set<String> = ["eu.api.openai.com", "us.api.openai.com"]
    /// The beginnings of names that only one provider's own models have, and whether only the book says so.
    private var lines: [(start: String, provider: UInt16, isGuess: Bool)] = []
    private let words: LazyProviderWords
    private var aliases: [UInt16: [String: String]] = [:]

    /// Makes the table.
    ///
    /// - Parameters:
    ///   - header: The providers of the book.
    ///   - bookProviders: The providers of the book's models, by their numbers.
    ///   - gateways: Gateways that price files add.
    ///   - additions: The providers of price files, in the order in which they are read; they take precedence over the book.
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
        // An id always belongs to its own provider, even if another has it as an alias. Of equal aliases the latest file's
        // counts.
        for provider in additions.reversed() + header.providers {
            for alias in provider.aliases where numbers[alias.lowercased()] == nil {
                numbers[alias.lowercased()] = number(of: provider)
            }
        }
        words = LazyProviderWords(names: numbers, gateways: self.gateways)
        for (providers, isGuess) in [(additions.reversed(), false), (header.providers, true)] {
            let rules = providers.flatMap { provider in provider.hosts.map { ($0, number(of: provider)) } }
            let sorted = rules.sorted { ($1.0.utf8.count, $0.0) < ($0.0.utf8.count, $1.0) }
            hosts += sorted.map { (HostRule($0.0), $0.1) }
            for case .equals(let host) in sorted.map({ HostRule($0.0) }) { hostNames.insert(host) }
            let starts = providers.flatMap { provider in
                provider.unambiguous.map { ($0.lowercased(), number(of: provider)) }
            }
            lines += starts.sorted { ($1.0.utf8.count, $0.0) < ($0.0.utf8.count, $1.0) }.map { ($0.0, $0.1, isGuess) }
        }
        for alias in header.aliases {
            guard let number = numbers[alias.provider.lowercased()] else { continue }
            aliases[number, default: [:]][alias.name] = alias.target
        }
    }

    /// The provider with exactly this name, in lower case, or `nil`.
    func number(named name: String) -> UInt16? { numbers[name] }

    /// All names of providers, to find a similar one.
    var names: [String] { numbers.keys.sorted() }

    /// The id of the target of an alias of the book, or `nil`.
    func aliasTarget(provider: UInt16, name: String) -> String? { aliases[provider]?[name] }

    /// Whether a name, in lower case, belongs to a provider or a gateway.
    func knows(_ name: String) -> Bool { numbers[name] != nil || gateways.contains(name) }

    /// Whether some provider has a host with this full name, in lower case.
    func names(host: String) -> Bool { hostNames.contains(host) }

    /// The provider of a reported name, host and model.
    ///
    /// - Parameters:
    ///   - reported: The provider as reported; empty when absent.
    ///   - host: The server's address in any case; empty when unknown.
    ///   - model: The model as reported, in lower case.
    /// - Returns: The provider's number; `nil` if it is unknown.
    func resolve(reported: String, host: String, model: String) -> UInt16? {
        resolution(reported: reported, host: host, model: model)?.number
    }

    /// A provider, and what identified it.
    struct Resolution {
        let number: UInt16
        /// Whether only the model's name identified it.
        var isByModel = false
        /// Whether another provider may serve a model with that name.
        var isGuess = false
    }

    /// The provider of a reported name, host and model, and what identified it.
    ///
    /// These identify it, in this order: the reported name, as listed or word by word; the host; the path of the model's name;
    /// the beginning of the model's name, if only its maker's models begin so. A model's name in a form that only Bedrock uses
    /// comes before a maker's name. If the reported name is that of an API (`openai-compatible`), only the host counts; if it
    /// is that of software for the operator's own machines (`vllm`), nothing does.
    ///
    /// A gateway, or open weights on the operator's own machines, answer at a private address. So a provider that only its API or
    /// the path of the model's name identifies counts there only for its own line of models.
    func resolution(reported: String, host: String, model: String) -> Resolution? {
        guard let found = anyResolution(reported: reported, host: host, model: model) else { return nil }
        return mayBeOpenWeights(model, of: found) && PrivateHosts.hold(host.trimmed.lowercased()) ? nil : found
    }

    /// Whether anyone may serve the model, and only a common API, or the name under which weights are published, identifies the
    /// provider.
    private func mayBeOpenWeights(_ model: String, of found: Resolution) -> Bool {
        let id = ids[Int(found.number)]
        let path = model.split(separator: "/")
        guard Makers.providers.contains(id), !isOwnLine(path.last ?? "", of: found.number) else { return false }
        return id == Self.commonInterface || path.dropLast().contains { Makers.publishers.contains(String($0)) }
    }

    /// Whether a name without a path, in lower case, begins as only the provider's own models do.
    private func isOwnLine(_ name: Substring, of provider: UInt16) -> Bool {
        lines.contains { $0.provider == provider && name.hasPrefix($0.start) }
    }

    /// The provider whose API every model server has, so that the name of its library does not identify the provider.
    private static let commonInterface = "openai"

    /// The provider, whatever the address.
    private func anyResolution(reported: String, host: String, model: String) -> Resolution? {
        let name = reported.trimmed.lowercased()
        let reading = reading(of: name)
        switch reading {
        case .ownMachine: return nil
        case .provider(let number):
            guard Makers.providers.contains(ids[Int(number)]), ModelNames.isOfBedrock(model),
                let platform = numbers["aws.bedrock"]
            else { return Resolution(number: number) }
            return Resolution(number: platform, isByModel: true)
        case .gateway, .interfaceOnly, .unknown: break
        }
        if let number = number(host: name) ?? number(host: host.trimmed.lowercased()) {
            return Resolution(number: number)
        }
        return reading == .interfaceOnly ? nil : byModel(model, passedOn: reading == .gateway)
    }

    /// The reading of a reported name in lower case; a gateway's name counts as none.
    private func reading(of name: String) -> ProviderWords.Reading {
        if let number = numbers[name] { return .provider(number) }
        return name.isEmpty || gateways.contains(name) ? .gateway : words.reading(of: name)
    }

    /// Whether a reported name in lower case is none, or that of a gateway or framework, which stands for many providers.
    func isPassedOn(_ name: String) -> Bool { reading(of: name) == .gateway }

    /// The part of a model's name, in lower case, whose beginning may identify the provider: what is behind the names of providers
    /// and gateways in its path.
    func lineStart(of model: String) -> String {
        var rest = Substring(model)
        for _ in 0..<ModelNames.mostPrefixes {
            guard let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")), knows(String(rest[..<slash])) else { break }
            rest = rest[rest.index(after: slash)...]
        }
        return String(rest)
    }

    /// The provider that the host implies, if the reported name does not identify one; `nil` otherwise.
    func numberByHost(reported: String, host: String) -> UInt16? {
        guard !host.isEmpty else { return nil }
        switch reading(of: reported.trimmed.lowercased()) {
        case .provider, .ownMachine: return nil
        case .gateway, .interfaceOnly, .unknown: return number(host: host.trimmed.lowercased())
        }
    }

    /// The provider of a host in lower case, which may be the host of an address with scheme, port and path.
    private func number(host: String) -> UInt16? {
        guard !host.isEmpty else { return nil }
        var name = host[...]
        if let scheme = name.utf8.firstRange(of: "://") { name = name[scheme.upperBound...] }
        name = name.prefix { $0 != "/" && $0 != ":" && $0 != "?" }
        let host = String(name)
        return hosts.first { $0.rule.holds(for: host) }?.provider
    }

    /// The platform that alone uses the form of a model's name: an ARN, a resource path, a geography before the maker.
    private func platform(model: String) -> UInt16? {
        if ModelNames.isOfBedrock(model) { return numbers["aws.bedrock"] }
        let model = ModelNames.withoutService(model)
        return Gateways.resourceStarts.contains { model.hasPrefix($0) } ? numbers["gcp.vertex_ai"] : nil
    }

    /// The provider by the model's name alone.
    ///
    /// - Parameters:
    ///   - model: The name in lower case.
    ///   - passedOn: Whether the span names a gateway or nothing as the provider. Only then does the path of the name count:
    ///     another provider may have its own models under the names of makers.
    /// - Returns: The provider; `nil` if the name does not identify one.
    private func byModel(_ model: String, passedOn: Bool) -> Resolution? {
        if ModelNames.withoutService(model) != model, let number = platform(model: model) {
            return Resolution(number: number, isByModel: true)
        }
        var rest = Substring(model)
        for _ in 0..<ModelNames.mostPrefixes {
            guard let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")) else { break }
            let segment = String(rest[..<slash])
            let number = numbers[segment]
            if let number, passedOn, !Makers.publishers.contains(segment),
                ids[Int(number)] != Self.commonInterface || isOwnLine(rest[slash...].dropFirst(), of: number)
            {
                return Resolution(number: number, isByModel: true)
            }
            guard number != nil || gateways.contains(segment) else { break }
            rest = rest[rest.index(after: slash)...]
        }
        if let number = platform(model: String(rest)) { return Resolution(number: number, isByModel: true) }
        return lines.first { rest.hasPrefix($0.start) }.map {
            Resolution(number: $0.provider, isByModel: true, isGuess: $0.isGuess)
        }
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
