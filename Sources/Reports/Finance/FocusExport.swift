// SPDX-License-Identifier: Apache-2.0
import Ledger
import Synchronization

/// The cost of calls as a file of the FinOps Open Cost and Usage Specification, part by part.
///
/// Memory is bounded, and does not depend on the period: each day is added up on its own.
///
/// - SeeAlso: FinOps Open Cost and Usage Specification, version 1.2, dataset Cost and Usage.
final class FocusExport: ExportPieces {
    /// The value of the parameter `format`.
    static let form = "focus"

    private struct Place {
        /// Steps that are not done, the next one first.
        var steps: ArraySlice<FocusPlan.Step>
        /// The smallest id of the present step that is not added up.
        var next: Int64?
        /// The rows of the latest step that are not sent.
        var lines: ArraySlice<FocusLine> = []
        var isBegun = false
    }

    private let desk: QuestionDesk
    private let question: FocusQuestion
    private let arrivals: FocusArrivals
    /// The number of steps.
    private let all: Int
    private let place: Mutex<Place>

    private let limits: FocusLimits

    init(
        _ desk: QuestionDesk, query: String?, answers: StoredAnswers, limits: FocusLimits = FocusLimits()
    ) throws(AnswerFailure) {
        let question: FocusQuestion
        do { question = try FocusQuestion(query: query, answers: answers) } catch { throw .question(error) }
        let plan = try answers.reading {
            try answers.checkCalls(question.period)
            let statement = try answers.session.statement(FocusStatements.firstCall)
            let first = try statement.next() ? statement.numberIfAny(0).map(StoredTime.minute(ofID:)) : nil
            let hasRepricing = try answers.session.statement(FocusStatements.repricing).next()
            return try FocusPlan(
                question, FocusArrivals(answers.session), first: first, hasRepricing: hasRepricing)
        }
        // An error about the time of machines comes before the file and not within it.
        var lines = FocusLines(question, answers)
        try lines.addMachines(question.period.minutes.lowerBound..<question.period.minutes.lowerBound + 1)
        (self.desk, self.question, self.limits, arrivals) = (desk, question, limits, plan.arrivals)
        all = plan.steps.count
        place = Mutex(Place(steps: plan.steps[...]))
    }

    let contentType = "text/csv; charset=utf-8"
    let fileName = "focus.csv"

    var progress: (done: Int, all: Int) { (all - place.withLock { $0.steps.count }, all) }

    func next() throws(AnswerFailure) -> [UInt8]? {
        // Taken out and put back, so that its lists are not copied.
        var place = place.withLock { state in
            let taken = state
            state = Place(steps: [])
            return taken
        }
        defer { self.place.withLock { [place] in $0 = place } }
        if !place.isBegun {
            place.isBegun = true
            return Array((FocusColumn.head + "\n").utf8)
        }
        while place.lines.isEmpty {
            guard let step = place.steps.first else { return nil }
            try add(step, &place)
        }
        let piece = place.lines.prefix(limits.rows)
        place.lines = place.lines.dropFirst(limits.rows)
        let type = question.subAccount?.name
        return Array(piece.map { $0.row(subAccountType: type).text + "\n" }.joined().utf8)
    }

    /// Adds up a step, or as much of it as there is memory for.
    private func add(_ step: FocusPlan.Step, _ place: inout Place) throws(AnswerFailure) {
        var sums = FocusSums(question, arrivals, limits)
        var next = place.next ?? StoredTime.id(ofMinute: step.minutes.lowerBound)
        repeat {
            let (read, rest) = try desk.ask { [sums] answers throws(AnswerFailure) in
                try answers.reading {
                    var sums = sums
                    let rest = try sums.read(step, from: next, answers)
                    return (sums, rest)
                }
            }
            sums = read
            guard let rest else {
                place.lines = try lines(sums, step, isEnd: true)
                place.steps.removeFirst()
                place.next = nil
                return
            }
            next = rest
        } while !sums.isFull
        place.lines = try lines(sums, step, isEnd: false)
        place.next = next
    }

    private func lines(_ sums: FocusSums, _ step: FocusPlan.Step, isEnd: Bool) throws(AnswerFailure) -> ArraySlice<
        FocusLine
    > {
        try desk.ask { answers throws(AnswerFailure) in
            var lines = FocusLines(question, answers)
            try answers.reading { try lines.add(sums, step) }
            if isEnd, !step.isLate, case .calls = step.what { try lines.addMachines(step.minutes) }
            return lines.sorted[...]
        }
    }
}
