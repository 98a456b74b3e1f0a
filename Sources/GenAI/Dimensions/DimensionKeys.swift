// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Which attribute keys are sources of dimensions, by the numbers that the reader of spans gives to keys.
struct DimensionKeys: Sendable {
    /// The use of an attribute for a dimension.
    struct Use: Sendable {
        let owner: Owner
        let rule: Int
        let rank: UInt8
    }

    /// Where an attribute has to be.
    enum Owner: UInt8, Sendable {
        case span = 1
        case ancestor = 2
        case scope = 4
        case resource = 8
        /// On an agent, as its name.
        case agent = 16
    }

    /// The uses of all keys, ordered by the numbers of the keys.
    let uses: [Use]
    /// By the number of the key: the index of its first use; the uses of the next key follow.
    let firstUses: [Int32]
    /// By the number of the key: the raw values of the owners of its uses, combined.
    let owners: [UInt8]
    /// The dimensions that are the name of an agent, with the rank of that source.
    let agents: [(rule: Int, rank: UInt8)]
    /// Whether any dimension is read from scopes.
    let readsScopes: Bool

    init(_ rules: [DimensionRule], _ tables: DialectTables) {
        var uses = [[Use]](repeating: [], count: tables.statements.count)
        var agents: [(rule: Int, rank: UInt8)] = []
        var keys = tables.keys
        for (index, rule) in rules.enumerated() {
            for (rank, source) in rule.sources.enumerated() {
                func use(_ key: String, _ owner: Owner) {
                    uses[Int(keys.id(of: key))].append(Use(owner: owner, rule: index, rank: UInt8(clamping: rank)))
                }
                switch source {
                case .span(let key): use(key, .span)
                case .ancestor(let key): use(key, .ancestor)
                case .scope(let key): use(key, .scope)
                case .resource(let key): use(key, .resource)
                case .agentName: agents.append((index, UInt8(clamping: rank)))
                }
            }
        }
        if !agents.isEmpty {
            for (rank, key) in DimensionSource.agentKeys.enumerated() {
                uses[Int(keys.id(of: key))].append(Use(owner: .agent, rule: 0, rank: UInt8(rank)))
            }
        }
        self.agents = agents
        self.uses = Array(uses.joined())
        firstUses = uses.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int32($1.count)) }
        owners = uses.map { $0.reduce(0) { $0 | $1.owner.rawValue } }
        readsScopes = owners.contains { $0 & Owner.scope.rawValue != 0 }
    }
}
