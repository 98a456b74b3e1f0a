// SPDX-License-Identifier: Apache-2.0
import Ledger

/// The facts that many calls share: those of lines and of kinds.
struct StoredFacts {
    /// What the roll-ups are by.
    struct Line {
        var model = ""
        var provider = ""
        var operation = ""
        var source = LineSource.nothing
    }

    /// What single calls share.
    struct Kind {
        var line = Line()
        var answered = ""
        var requested = ""
        var tier = ""
        var region = ""
        var server = ""
        var error = ""
        var dialect = ""
        var tenant = ""
        var reason = ""
        var flags = KindFlags(rawValue: 0)
        /// The rate card that priced them; 0 for none.
        var card: Int64 = 0
    }

    let lines: [Int64: Line]
    private(set) var kinds: [Int64: Kind] = [:]

    /// Reads the lines, and the kinds if single calls are read.
    init(_ session: RowSession, _ texts: StoredTexts, withKinds: Bool) throws(RowReadingError) {
        var lines: [Int64: Line] = [:]
        var stored: [(id: Int64, numbers: [Int64])] = []
        let statement = try session.statement(Statements.lines)
        while try statement.next() { stored.append((statement.number(0), (1...4).map(statement.number))) }
        for (id, numbers) in stored {
            lines[id] = Line(
                model: try texts.text(numbers[0]), provider: try texts.text(numbers[1]),
                operation: try texts.text(numbers[2]), source: LineSource(rawValue: numbers[3]) ?? .nothing)
        }
        self.lines = lines
        if withKinds { kinds = try Self.kinds(session, texts, lines) }
    }

    private static func kinds(
        _ session: RowSession, _ texts: StoredTexts, _ lines: [Int64: Line]
    ) throws(RowReadingError) -> [Int64: Kind] {
        var stored: [(id: Int64, numbers: [Int64])] = []
        let statement = try session.statement(Statements.kinds)
        while try statement.next() { stored.append((statement.number(0), (1...12).map(statement.number))) }
        var kinds: [Int64: Kind] = [:]
        for (id, numbers) in stored { kinds[id] = try Kind(numbers, lines[numbers[0]] ?? Line(), texts) }
        return kinds
    }
}

extension StoredFacts.Kind {
    /// Whether the calls failed and reported nothing to price.
    var hasFailedWithoutUsage: Bool { flags.contains(.failed) && line.source == .nothing }

    /// Makes a kind from the numbers of its columns.
    init(_ numbers: [Int64], _ line: StoredFacts.Line, _ texts: StoredTexts) throws(RowReadingError) {
        self.line = line
        answered = try texts.text(numbers[1])
        requested = try texts.text(numbers[2])
        tier = try texts.text(numbers[3])
        region = try texts.text(numbers[4])
        server = try texts.text(numbers[5])
        error = try texts.text(numbers[6])
        dialect = try texts.text(numbers[7])
        tenant = try texts.text(numbers[8])
        // Rows also have why the book lacks a price where the cost is the reported one: such a cost is known.
        reason = line.source == .reported ? "" : try texts.text(numbers[9])
        flags = KindFlags(rawValue: numbers[10])
        card = numbers[11]
    }
}

extension StoredFacts.Line {
    /// The value of a fact of lines.
    func value(_ fact: GroupKey.Fact) -> String {
        switch fact {
        case .model: model
        case .provider: provider
        case .operation: operation
        case .source: source.name
        default: ""
        }
    }
}

extension StoredFacts.Kind {
    /// The value of a fact; that of ``GroupKey/Fact/trace`` is no fact of a kind.
    func value(_ fact: GroupKey.Fact) -> String {
        switch fact {
        case .model, .provider, .operation, .source: line.value(fact)
        case .answeredModel: answered
        case .requestedModel: requested
        case .tier: tier
        case .region: region
        case .server: server
        case .error: error
        case .dialect: dialect
        case .tenant: tenant
        case .unpricedReason: reason
        case .trace: ""
        }
    }
}

extension LineSource {
    /// The value of `source` in questions and answers.
    var name: String {
        switch self {
        case .computed: "computed"
        case .reported: "reported"
        case .estimated: "estimated"
        case .unpriced: "unpriced"
        case .nothing: "nothing"
        case .machine: "machine"
        }
    }
}
