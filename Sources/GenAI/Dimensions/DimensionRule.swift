// SPDX-License-Identifier: Apache-2.0

/// A dimension of the ledger: a value that is kept with each call, and the sources of the value.
///
/// Dimensions may have any number of values. They are never labels of `/metrics` by themselves.
package struct DimensionRule: Sendable, Equatable {
    /// The dimension's name.
    package var name: String
    /// The sources of the value; the first one that has a value wins.
    ///
    /// Without sources, the dimension is not read.
    package var sources: [DimensionSource]
    /// Whether the ledger keeps sums for each value of the dimension.
    package var isRolledUp: Bool

    package init(name: String, sources: [DimensionSource], isRolledUp: Bool = true) {
        self.name = name
        self.sources = sources
        self.isRolledUp = isRolledUp
    }

    /// The name of the dimension that `ledger.users` is about.
    package static let user = "user"
    /// The name of the dimension that may have another value with every call.
    package static let session = "session"

    /// The largest number of dimensions, defaults among them.
    package static let most = 24

    /// The dimensions without any settings.
    package static let defaults = [
        DimensionRule(
            name: user,
            sources: spanAndAncestor([
                "user.id", "enduser.id", "langfuse.user.id", "llm.user", "ai.telemetry.metadata.userId",
                "traceloop.association.properties.user_id",
            ])),
        // Sessions have sums of their own.
        DimensionRule(
            name: session,
            sources: spanAndAncestor([
                "session.id", "gen_ai.conversation.id", "langfuse.session.id", "ai.telemetry.metadata.sessionId",
                "traceloop.association.properties.session_id",
            ]), isRolledUp: false),
        DimensionRule(
            name: "agent",
            sources: [.span("gen_ai.agent.name"), .agentName, .ancestor("gen_ai.agent.name")]),
        DimensionRule(name: "service", sources: [.resource("service.name")]),
        DimensionRule(
            name: "environment",
            sources: [.resource("deployment.environment.name"), .resource("deployment.environment")]),
        DimensionRule(
            name: "project",
            sources: [.resource("service.namespace"), .resource("openinference.project.name")]),
    ]

    private static func spanAndAncestor(_ keys: [String]) -> [DimensionSource] {
        keys.map { .span($0) } + keys.map { .ancestor($0) }
    }

    /// The defaults and rules of the settings: a rule with the name of a default takes its place.
    ///
    /// - Parameter rules: The rules of the settings; one without sources removes a default.
    /// - Returns: All dimensions that are read, the defaults first.
    package static func all(with rules: [DimensionRule]) -> [DimensionRule] {
        let replaced = defaults.map { rule in rules.first { $0.name == rule.name } ?? rule }
        let added = rules.filter { rule in !defaults.contains { $0.name == rule.name } }
        return (replaced + added).filter { !$0.sources.isEmpty }
    }
}

/// A source of the value of a dimension.
package enum DimensionSource: Sendable, Hashable {
    /// An attribute of the span itself.
    case span(String)
    /// An attribute of its resource.
    case resource(String)
    /// An attribute of its instrumentation scope.
    case scope(String)
    /// An attribute of the nearest ancestor that has it and arrives within the settle window.
    case ancestor(String)
    /// The name of the nearest agent: the span itself if it is one, or else an ancestor.
    ///
    /// The name is that of one of the ``agentKeys``, or else that of the span.
    case agentName

    /// Reads a source in the form of the settings, such as `span.user.id`; `nil` for anything else.
    ///
    /// - Parameter text: A kind, a dot, and the attribute's key; or `agent.name`.
    package init?(_ text: String) {
        if text == "agent.name" {
            self = .agentName
            return
        }
        switch LabelSource(text) {
        case .span(let key): self = .span(key)
        case .resource(let key): self = .resource(key)
        case .scope(let key): self = .scope(key)
        case .ancestor(let key): self = .ancestor(key)
        case .call, nil: return nil
        }
    }

    /// The source as the settings write it.
    package var text: String {
        switch self {
        case .span(let key): "span." + key
        case .resource(let key): "resource." + key
        case .scope(let key): "scope." + key
        case .ancestor(let key): "ancestor." + key
        case .agentName: "agent.name"
        }
    }

    /// The attributes that name an agent, the best first.
    static let agentKeys = ["gen_ai.agent.name", "agent.name", "agent_name", "traceloop.entity.name"]

    /// The attribute keys that it reads.
    package var attributeKeys: [String] {
        switch self {
        case .span(let key), .resource(let key), .scope(let key), .ancestor(let key): [key]
        case .agentName: Self.agentKeys
        }
    }

    /// Whether ancestors may have the value.
    var asksAncestors: Bool {
        switch self {
        case .ancestor, .agentName: true
        case .span, .resource, .scope: false
        }
    }
}

/// What is kept of the dimension `user`.
package enum UserTreatment: String, CaseIterable, Sendable {
    /// The value itself.
    case keep
    /// A keyed hash of the value, so that one user stays one user without being named.
    case hash
    /// Nothing: the dimension is not read.
    case off
}

/// What is read for the ledger in addition to calls.
package struct DimensionReading: Sendable {
    /// The dimensions.
    package var table: DimensionTable
    /// Whether the names of root spans are read, as names of their traces.
    package var readsTraceNames: Bool

    package init(table: DimensionTable, readsTraceNames: Bool) {
        (self.table, self.readsTraceNames) = (table, readsTraceNames)
    }
}
