// SPDX-License-Identifier: Apache-2.0
import Reports

extension PageMaking {
    /// The page of one session: what it comes to, and its traces.
    func session(_ name: String, _ query: String?) throws(AnswerFailure) -> CostPages.Reply {
        try refuseParameters(query)
        let session = try answers.view(ofSession: name)
        var frame = try frame("Session", nil)
        frame.heading = "Session \(Markup.name(session.name))"
        frame.lead = """
            From \(time.element(microseconds: session.start)) to \(time.element(microseconds: session.end))\
            \(Self.open(session.isOpen))
            """
        let known = Dictionary(session.dimensions.map { ($0.name, $0.value) }) { first, _ in first }
        let count = session.traceCount == 1 ? "One trace" : "\(PageFigures.count(session.traceCount)) traces"
        frame.body = """
            \(tiles(
                session.bill, session.repriced, session.end - session.start,
                session.dimensions.filter { $0.name != "session" }))
            \(traceTable(
                Array(session.traces.prefix(Self.mostOfSession)), id: "traces", heading: "\(count)",
                more: "<a href=\"/api/v1\(PageAddress.path(ofSession: session.name))\">JSON</a>",
                caption: caption(session),
                known: known.merging(["session": session.name]) { _, name in name }))
            """
        return CostPages.Reply(status: 200, html: frame.html)
    }

    private func caption(_ session: SessionView) -> Markup {
        let order: Markup =
            session.traces.count > Self.mostOfSession || session.isTruncated
            ? "The first \(Self.mostOfSession) in the order of their start; the JSON has more"
            : "In the order of their start"
        return session.lacksCalls ? "\(order). Some calls of this session may not be kept" : order
    }

    /// Not a setting: some hundred kilobytes of HTML.
    private static let mostOfSession = 500
}
