// SPDX-License-Identifier: Apache-2.0

/// The spellings under which a price book may list a reported model, the likeliest first.
///
/// The name as reported comes first, because for some providers what looks like a prefix is a part of the name.
struct ModelNames {
    /// One spelling to try.
    struct Candidate: Equatable {
        let name: String
        /// Whether the route to the model is free (OpenRouter's `:free`).
        let isFree: Bool
        /// Whether this spelling lacks the geography at the beginning of the reported name.
        let lacksGeography: Bool
        // Made once, since many providers may be searched for it.
        let bytes: [UInt8]
        let hash: NameHash

        init(name: String, isFree: Bool = false, lacksGeography: Bool = false) {
            self.name = name
            self.isFree = isFree
            self.lacksGeography = lacksGeography
            bytes = Array(name.utf8)
            hash = NameHash(bytes)
        }

        static func == (left: Self, right: Self) -> Bool {
            left.hash == right.hash && left.isFree == right.isFree && left.bytes == right.bytes
        }
    }

    /// How providers extend names.
    enum Manner: Hashable {
        case plain
        /// Regions before the name and versions behind it.
        case bedrock
        /// Routes behind the name.
        case openRouter

        init(provider: String) {
            switch provider {
            case "aws.bedrock": self = .bedrock
            case "openrouter": self = .openRouter
            default: self = .plain
            }
        }
    }

    /// All spellings in the order in which they are tried.
    private(set) var candidates: [Candidate]
    /// Whether the name is a handle that does not identify a model.
    let isOpaque: Bool

    /// The largest number of spellings of one name.
    static let limit = 24
    /// The longest spelling, in bytes, from which other spellings are made; of longer ones only prefixes are removed.
    ///
    /// Names of models are shorter, and a sender's longer name must not cause more work.
    static let longestVaried = 128

    /// Makes the spellings of a model.
    ///
    /// - Parameters:
    ///   - name: The name as reported, without white space at its ends and in lower case.
    ///   - manner: How the provider whose models are searched extends names.
    ///   - isPrefix: Whether a first path segment names a provider or a gateway and may be removed.
    init(of name: String, _ manner: Manner, isPrefix: (String) -> Bool) {
        isOpaque = Self.isOpaque(name)
        candidates = [Candidate(name: name)]
        apply(toLong: true) { Self.bedrockResource($0).map { [$0] } ?? [] }
        apply(toLong: true) { Self.lastOfPath($0).map { [$0] } ?? [] }
        apply(toLong: true) { Self.withoutPrefixes($0, isPrefix: isPrefix) }
        apply(Self.withoutAt)
        apply { Self.tunedBase($0).map { [$0] } ?? [] }
        if manner == .bedrock {
            apply(Self.inGovernmentRegions)
            apply(Self.withoutRegion)
            applyGeographies()
            apply(Self.bedrockVersions)
        }
        apply { Self.otherDate($0).map { [$0] } ?? [] }
        apply(Self.otherPunctuation)
        if manner == .openRouter { applyRoutes() }
    }

    /// Adds the spellings that a rule makes from each spelling so far.
    ///
    /// - Parameters:
    ///   - toLong: Whether the rule also applies to long spellings.
    ///   - rule: Makes further spellings from one.
    private mutating func apply(toLong: Bool = false, _ rule: (String) -> [String]) {
        for candidate in candidates where toLong || candidate.name.utf8.count <= Self.longestVaried {
            guard candidates.count < Self.limit else { return }
            for name in rule(candidate.name) {
                add(Candidate(name: name, isFree: candidate.isFree, lacksGeography: candidate.lacksGeography))
            }
        }
    }

    /// Adds the spellings without the geography of a cross-region profile.
    private mutating func applyGeographies() {
        for candidate in candidates where candidate.name.utf8.count <= Self.longestVaried {
            for geography in Self.geographies where candidate.name.hasPrefix(geography + ".") {
                let name = String(candidate.name.dropFirst(geography.utf8.count + 1))
                add(Candidate(name: name, isFree: candidate.isFree, lacksGeography: true))
            }
        }
    }

    private mutating func applyRoutes() {
        for candidate in candidates {
            guard let colon = candidate.name.lastIndex(of: ":") else { continue }
            let route = candidate.name[candidate.name.index(after: colon)...]
            let name = String(candidate.name[..<colon])
            if route == "free" { add(Candidate(name: name, isFree: true)) }
            if ["nitro", "floor", "online", "thinking"].contains(route) { add(Candidate(name: name)) }
        }
    }

    private mutating func add(_ candidate: Candidate) {
        guard !candidate.name.isEmpty, candidates.count < Self.limit, !candidates.contains(candidate) else { return }
        candidates.append(candidate)
    }
}
