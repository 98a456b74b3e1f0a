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
}
