// SPDX-License-Identifier: Apache-2.0
package import Pricing
package import Reports

/// The pages about stored calls: each is one HTML document without a script, made of answers of the engine of `Reports`.
package struct CostPages: Sendable {
    /// A page, or where to go instead.
    package struct Reply: Sendable {
        /// The status of HTTP.
        package let status: Int
        package let html: String
        /// The address of another page, for the status 303.
        package var location: String?
    }

    /// What the service itself adds to a page.
    package struct Surroundings: Sendable {
        /// Sections of HTML below those of the overview.
        package var service = ""
        /// Where metrics are.
        package var telemetryPath = "/metrics"
        /// The command that prices the stored calls of this month again; `nil` where there is no folder with calls.
        package var reprice: String?

        package init() {}
    }

    private let desk: QuestionDesk
    /// Which pages there are.
    package let rule: PageRule
    /// The price book in force.
    let book: @Sendable () -> PriceBook?

    /// - Parameters:
    ///   - desk: Answers the questions of the pages.
    ///   - rule: Which pages there are.
    ///   - book: The price book in force.
    package init(_ desk: QuestionDesk, rule: PageRule, book: @escaping @Sendable () -> PriceBook?) {
        (self.desk, self.rule, self.book) = (desk, rule, book)
    }

    /// Makes a page; all its figures are of one state of the rows.
    ///
    /// - Parameters:
    ///   - address: Which page.
    ///   - query: The query of the URL, percent-encoded; `nil` without one.
    ///   - surroundings: What the service itself adds.
    /// - Returns: The page, or one that says why there is none.
    package func reply(_ address: PageAddress, query: String?, _ surroundings: Surroundings = Surroundings()) -> Reply {
        guard rule != .off, rule == .all || !address.showsUsers else { return closed(surroundings) }
        do throws(AnswerFailure) {
            return try desk.ask { answers throws(AnswerFailure) in
                let making = PageMaking(answers, pages: self, surroundings)
                switch address {
                case .overview: return try making.overview(query)
                case .traces: return try making.traces(query)
                case .trace(let id): return try making.trace(id, query)
                case .session(let name): return try making.session(name, query)
                case .users: return try making.users(query)
                case .model(let name): return try making.model(name, query)
                case .unpriced: return try making.unpriced(query)
                }
            }
        } catch { return failure(error, address, surroundings) }
    }

    /// Says that too many questions wait for this one to be answered.
    ///
    /// - Parameters:
    ///   - link: The path and query of the page, as sent.
    ///   - surroundings: What the service itself adds.
    /// - Returns: The page.
    package func busy(_ link: String, _ surroundings: Surroundings) -> Reply {
        var frame = PageFrame(title: "Busy", current: nil, rule, surroundings)
        frame.body = Template.failure.filled([
            "heading": "Too many questions at once",
            "message": """
            Too many pages and questions wait for an answer. Load the page again in a few \
            seconds.
            """,
            "href": "\(link)", "link": "Load the page again",
        ])
        return Reply(status: 503, html: frame.html)
    }

    /// Says that the setting hides a page.
    private func closed(_ surroundings: Surroundings) -> Reply {
        var frame = PageFrame(title: "Hidden page", current: nil, rule, surroundings)
        frame.body = Template.failure.filled([
            "heading": "This page is hidden",
            "message": """
            Pages that name users are off, since anyone who reaches this address could read them. The setting \
            <code>web.pages: all</code> shows them; by default they are shown on the loopback address alone.
            """,
            "href": "/", "link": "To the overview",
        ])
        return Reply(status: 403, html: frame.html)
    }

    private func failure(_ failure: AnswerFailure, _ address: PageAddress, _ surroundings: Surroundings) -> Reply {
        var frame = PageFrame(title: "No answer", current: nil, rule, surroundings)
        let isOverview = address == .overview
        frame.body = Template.failure.filled([
            "heading": .text(failure.status == 404 ? "Not found" : "This question has no answer"),
            "message": "\(failure.message).", "href": "/",
            "link": .text(isOverview ? "The overview of the last 30 days" : "To the overview"),
        ])
        // The parts that need no stored calls are there all the same.
        if isOverview { frame.body = "\(frame.body)\(html: surroundings.service)" }
        return Reply(status: failure.status, html: frame.html)
    }
}
