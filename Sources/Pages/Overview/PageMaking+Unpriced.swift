// SPDX-License-Identifier: Apache-2.0
import Pricing
import Reports

extension PageMaking {
    /// The fact that says why a cost is not known.
    static let reasonKey = GroupKey.Fact.unpricedReason.rawValue

    /// The page at `/unpriced`: calls that are left out of sums, since their cost is not known, and those with an estimate.
    func unpriced(_ query: String?) throws(AnswerFailure) -> CostPages.Reply {
        let (scope, _) = try scope(query)
        var frame = try frame("Unpriced", .unpriced)
        frame.heading = "Calls without a price, and estimates"
        let byReason = scope.link("/unpriced") { $0.key = Self.reasonKey }
        frame.lead = """
            No sum includes calls without a price, since their cost is not known: <a href="\(byReason)">see the reasons</a>. Sums \
            include estimates, at a price that is not certain.
            """
        var (unpriced, estimated) = (scope, scope)
        unpriced.filters.append("source:unpriced")
        estimated.filters.append("source:estimated")
        let measures = ["cost", "calls", Measure.adjustedCost.name].joined(separator: ",")
        if let repriced = Totals(try costs(unpriced.question([("measures", measures)]))).repriced {
            let amount = PageFigures.headline(repriced)
            frame.lead = "\(frame.lead) Repricing has found \(amount) for calls of this period that had no price."
        }
        var choice = keyChoice(scope)
        choice.options.append((Self.reasonKey, Self.words(of: Self.reasonKey)))
        var body = filters(scope, "/unpriced", [choice])
        // The conditions of the two tables themselves are none of the reader's.
        let calls = scope.filters.isEmpty ? "No call of this time" : "No call of this time that fulfils the conditions"
        let without = try Breakdown(self, unpriced).html(
            self, unpriced, id: "unpriced-calls", "Without a price", hasMoney: false,
            nothing: "\(calls) is without a price.")
        body = "\(body)\(without)\(remedies)"
        // An estimate has no such reason.
        if scope.key != Self.reasonKey, !scope.filters.contains(where: { $0.hasPrefix("\(Self.reasonKey):") }) {
            let estimates = try Breakdown(self, estimated).html(
                self, estimated, id: "estimated-calls", "Estimated", nothing: "\(calls) has an estimated cost.")
            body = "\(body)\(estimates)"
        }
        frame.body = "\(body)\(html: surroundings.service)"
        return CostPages.Reply(status: 200, html: frame.html)
    }

    /// What to do about each reason.
    private var remedies: Markup {
        let rows = UnpricedReason.ofUnknownCosts.map { reason in
            PageParts.row("<code>\(reason.rawValue)</code>", PageParts.cell(HTMLText.escaped(reason.remedy)))
        }
        let table = PageParts.table(
            "remedies", "What to do about later calls",
            [.text("Reason"), .text("Remedy")], rows)
        let reprice = surroundings.reprice.map {
            "\n<code>\(HTMLText.escaped($0))</code> then prices earlier calls of this month."
        }
        return Markup(
            html: PageParts.section(
                "remedies", "What helps, by reason",
                """
                \(table)
                <p>Name a completed price file under <code>prices.files</code> and reload.\(reprice ?? "")</p>
                """))
    }
}
