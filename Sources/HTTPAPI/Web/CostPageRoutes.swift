// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import NIOCore
import Pages

extension WebPages {
    /// The rows of the pages about stored calls, and the page at `/`, which without stored calls shows the counters alone.
    var pageRoutes: [Route] {
        guard let pages = actions.pages, pages.rule != .off else { return [.onWorker(.read, "/") { landing(for: $0) }] }
        let busy = { @Sendable (request: WebRequest) in
            Answer(page: pages.busy(request.path + (request.query.map { "?" + $0 } ?? ""), surroundings()))
        }
        return [.asking("/", busy: busy) { overview(pages, for: $0) }]
            + PageAddress.paths.map { path in
                .asking(path, busy: busy) { request in
                    guard let address = PageAddress(path: request.path) else {
                        return .line("The path is not percent-encoded UTF-8.", status: .badRequest)
                    }
                    // Below stored calls of any time, those of this process, with price files to complete.
                    let service = address == .unpriced ? landingPage(for: request).unpricedSection ?? "" : ""
                    return Answer(page: pages.reply(address, query: request.query, surroundings(service: service)))
                }
            }
    }

    /// The overview, with the figures of this process below it.
    private func overview(_ pages: CostPages, for request: WebRequest) -> Answer {
        let page = landingPage(for: request)
        var answer = Answer(
            page: pages.reply(.overview, query: request.query, surroundings(service: page.belowOverview)))
        answer.headers[.vary] = "Host"
        return answer
    }

    private func surroundings(service: String = "") -> CostPages.Surroundings {
        var surroundings = CostPages.Surroundings()
        (surroundings.service, surroundings.telemetryPath) = (service, telemetryPath)
        surroundings.reprice = actions.reprice
        return surroundings
    }
}

extension Answer {
    /// A page with the headers that all pages have.
    init(html: String, status: HTTPResponse.Status = .ok) {
        self.init(status: status, contentType: Answer.html, body: ByteBuffer(string: html))
        headers[.contentSecurityPolicy] = PageStyle.policy
        headers[.xContentTypeOptions] = "nosniff"
        headers[.cacheControl] = "no-store"
        if let policy = HTTPField.Name("Referrer-Policy") { headers[policy] = "no-referrer" }
    }

    fileprivate init(page: CostPages.Reply) {
        self.init(html: page.html, status: HTTPResponse.Status(code: page.status))
        if let location = page.location { headers[.location] = location }
        if page.status == 503 { headers[.retryAfter] = "1" }
    }
}
