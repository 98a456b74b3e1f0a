// SPDX-License-Identifier: Apache-2.0

/// The spellings under which a reported model may stand in a price book, the likeliest first.
///
/// The undecorated name comes first, because with some providers what looks like a prefix is part of the name.
struct ModelNames {
    /// One spelling to try.
    struct Candidate: Equatable {
        let name: String
        /// Whether the route to the model is a free one (OpenRouter's `:free`).
        var isFree = false
    }

    /// All spellings in the order in which they are tried.
    private(set) var candidates: [Candidate]
    /// Whether the name is a handle that says nothing of the model behind it.
    let isOpaque: Bool

    /// The most spellings that are made of one name.
    private static let limit = 48

    /// Makes the spellings of a model.
    ///
    /// - Parameters:
    ///   - model: The name as reported.
    ///   - provider: The id of the provider whose models are searched.
    ///   - isPrefix: Whether a first path segment names a provider or a gateway and may be left out.
    init(of model: String, provider: String, isPrefix: (String) -> Bool) {
        let name = model.trimmed.lowercased()
        isOpaque = Self.isOpaque(name)
        candidates = [Candidate(name: name)]
        apply { Self.bedrockResource($0).map { [$0] } ?? [] }
        apply { Self.lastOfPath($0).map { [$0] } ?? [] }
        apply { Self.withoutPrefixes($0, isPrefix: isPrefix) }
        apply(Self.withoutAt)
        apply { Self.tunedBase($0).map { [$0] } ?? [] }
        if provider == "aws.bedrock" {
            apply(Self.withoutRegion)
            apply(Self.bedrockVersions)
        }
        apply { Self.otherDate($0).map { [$0] } ?? [] }
        apply(Self.otherPunctuation)
        if provider == "openrouter" { applyRoutes() }
    }

    /// Adds what a rule makes of every spelling so far.
    private mutating func apply(_ rule: (String) -> [String]) {
        for candidate in candidates {
            for name in rule(candidate.name) { add(Candidate(name: name, isFree: candidate.isFree)) }
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
