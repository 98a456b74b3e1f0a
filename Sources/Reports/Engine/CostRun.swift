// SPDX-License-Identifier: Apache-2.0
package import Ledger
package import Pricing

/// What answers depend on beside the rows.
package struct ReportsConfiguration: Sendable {
    /// The zone of questions that name none.
    ///
    /// Default UTC. File key `tz`.
    package var zone = ZoneClock.utc
    /// How long a call may still change after its end, in seconds: the settle window, and the time until rows are written.
    package var settleSeconds: Int64 = 10
    /// The same for a call without a model, which waits a second settle window for a span above it that names one.
    package var longestSettleSeconds: Int64 = 20
    /// Whether single calls are kept.
    package var keepsCalls = true
    /// Where calls are kept.
    package var storage = Storage.folder
    /// The dimensions of the settings: until the first call of a folder, and of a new setting, no row names them.
    package var dimensions: [RowTexts.Dimension] = []

    package init() {}

    /// Where calls are kept.
    package enum Storage: String, Sendable {
        case folder, memory

        /// What bounds how far single calls go back.
        var boundOfCalls: String {
            switch self {
            case .folder: "storage.retention.calls"
            case .memory: "storage.memory_calls"
            }
        }

        /// What bounds how far sums go back.
        var boundOfRollups: String {
            switch self {
            case .folder: "storage.retention.rollups"
            case .memory: "in memory; a folder keeps more, storage.path"
            }
        }
    }
}

/// Answers questions from one state of the stored rows.
package struct StoredAnswers {
    let session: RowSession
    let configuration: ReportsConfiguration
    /// Seconds since 1970.
    let now: Int64
    let texts: StoredTexts
    let dimensions: StoredDimensions

    /// - Parameters:
    ///   - session: The rows.
    ///   - configuration: What answers depend on beside them.
    ///   - now: Seconds since 1970.
    /// - Throws: ``AnswerFailure`` if the rows cannot be read.
    package init(_ session: RowSession, configuration: ReportsConfiguration, now: Int64) throws(AnswerFailure) {
        (self.session, self.configuration, self.now) = (session, configuration, now)
        texts = StoredTexts(session)
        do {
            dimensions = try StoredDimensions(session, settings: configuration.dimensions)
        } catch { throw .reading(error) }
    }

    /// What the words of questions mean at this moment.
    package var context: QuestionContext {
        QuestionContext(now: now, zone: configuration.zone, dimensions: dimensions.entries.map(\.name))
    }

    /// The minute since 1970 from which on rows may still change.
    var settled: Int64 { (now - configuration.settleSeconds).floorDivided(by: 60) }

    /// Answers a question about costs.
    ///
    /// - Parameter query: The query of the URL.
    /// - Returns: The answer.
    /// - Throws: ``AnswerFailure`` when the question is wrong, what it needs is not kept, or the rows cannot be read.
    package func costs(query: String?) throws(AnswerFailure) -> CostAnswer {
        let question: CostQuestion
        do { question = try CostQuestion(query: query, context: context) } catch { throw .question(error) }
        return try costs(question)
    }

    /// Answers a question about costs.
    package func costs(_ question: CostQuestion) throws(AnswerFailure) -> CostAnswer {
        let sums = try sums(question)
        return try CostAnswer(question, sums, settled: settled, storage: configuration.storage)
    }

    /// Adds up what a question asks for, without order or limit.
    func sums(_ question: CostQuestion) throws(AnswerFailure) -> CostSums {
        for key in question.keys + question.filter.clauses.map(\.key) where key == .fact(.trace) {
            if question.filter.clauses.contains(where: { $0.key == key }) {
                throw .question(
                    QuestionError(
                        "where", "calls cannot be chosen by their trace; ask for /api/v1/traces/{id}",
                        example: "model:gpt-*"))
            }
        }
        let horizon: Horizon
        do {
            horizon = try Horizon(session, keepsCalls: configuration.keepsCalls, in: configuration.storage)
        } catch { throw .reading(error) }
        let plan = try CostPlan(question, dimensions, horizon, session)
        if plan.readsCalls, question.measures.contains(.savings) {
            throw .question(
                QuestionError(
                    "measures", "savings are kept by model, provider, operation, source and one dimension only",
                    example: "cost,tokens,calls"))
        }
        var columns: [SumColumn] = []
        for column in question.measures.flatMap(\.columns) where !columns.contains(column) { columns.append(column) }
        var whole = question.period
        whole.minutes = plan.minutes
        let begins: [Int64]
        do { begins = try whole.begins(question.granularity, limit: Self.mostPeriods) } catch { throw .question(error) }
        do {
            var scan = try GroupScan(question, plan, columns: columns, begins: begins, session, texts, dimensions)
            for part in plan.parts { try scan.read(part) }
            return CostSums(scan: scan, columns: columns, minutes: plan.minutes, readsCalls: plan.readsCalls)
        } catch let error as AnswerFailure {
            throw error
        } catch let error as RowReadingError {
            throw .reading(error)
        } catch {
            throw .reading(.failed("\(error)"))
        }
    }

    /// Not a setting: more than a year of hours.
    static let mostPeriods = 10_000
}

/// The sums of all groups of a question.
struct CostSums {
    let scan: GroupScan
    let columns: [SumColumn]
    /// The time that was added up.
    let minutes: Range<Int64>
    let readsCalls: Bool

    /// The number of groups.
    var count: Int { scan.groups.keys.count }

    /// The figures of a group.
    func figures(of group: Int) -> Figures { Figures(columns: columns, sums: Array(scan.groups.sums(of: group))) }

    /// The begin of a group's period.
    func begin(of group: Int) -> Int64 { scan.begins[Int(scan.groups.keys[group].period)] }

    func names(of group: Int) throws(RowReadingError) -> [String] { try scan.names(of: scan.groups.keys[group]) }
}
