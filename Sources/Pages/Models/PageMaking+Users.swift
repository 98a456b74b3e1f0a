// SPDX-License-Identifier: Apache-2.0
import Reports

extension PageMaking {
    /// The page at `/users`: what each user costs.
    func users(_ query: String?) throws(AnswerFailure) -> CostPages.Reply {
        var frame = try frame("Users", .users)
        guard answers.context.dimensions.contains("user") else {
            frame.body = Template.failure.filled([
                "heading": "Users are not kept", "href": "/", "link": "To the overview",
                "message": "The setting <code>ledger.users</code> says that calls are stored without their users.",
            ])
            return CostPages.Reply(status: 200, html: frame.html)
        }
        let (scope, _) = try scope(query, key: "user")
        let breakdown = try Breakdown(self, scope)
        frame.lead = """
            Users as spans name them (<code>user.id</code>, <code>enduser.id</code> and others). \
            The name of a user leads to what was spent on them.
            """
        frame.body = """
            \(filters(scope, "/users", []))\(try chart(scope, breakdown, id: "chart"))\
            \(breakdown.html(self, scope, id: "breakdown"))
            """
        return CostPages.Reply(status: 200, html: frame.html)
    }

    /// The page at `/unpriced`: calls that are left out of sums, since their price is not known, and those with an estimate.
    func unpriced(_ query: String?) throws(AnswerFailure) -> CostPages.Reply {
        let (scope, _) = try scope(query)
        var frame = try frame("Unpriced", .unpriced)
        frame.heading = "Calls without a price, and estimates"
        frame.lead = """
            The first have tokens and no dollars: complete a price file and name it under <code>prices.files</code>; \
            later calls then have a price, and <code>llm-cost-exporter reprice --storage.path FOLDER --config.file FILE --from now/M</code> \
            prices earlier ones of this month. Calls with the reason <code>no_usage</code> report no tokens, so no price helps: \
            let the sender report them. Estimates are counted, at a price that is not certain.
            """
        var (unpriced, estimated) = (scope, scope)
        unpriced.filters.append("source:unpriced")
        estimated.filters.append("source:estimated")
        let measures = ["cost", "calls", Measure.adjustedCost.name].joined(separator: ",")
        if let repriced = Totals(try costs(unpriced.question([("measures", measures)]))).repriced {
            let amount = PageFigures.headline(repriced)
            frame.lead = "\(frame.lead) Repricing has found \(amount) for calls of this period that had no price."
        }
        var body = filters(scope, "/unpriced", [keyChoice(scope)])
        body =
            "\(body)\(try Breakdown(self, unpriced).html(self, unpriced, id: "unpriced-calls", "Without a price", hasMoney: false))"
        body = "\(body)\(try Breakdown(self, estimated).html(self, estimated, id: "estimated-calls", "Estimated"))"
        frame.body = "\(body)\(html: surroundings.service)"
        return CostPages.Reply(status: 200, html: frame.html)
    }
}
