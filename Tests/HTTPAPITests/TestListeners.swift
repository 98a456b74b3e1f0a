// SPDX-License-Identifier: Apache-2.0
import Aggregation
import CallMetrics
import Exposition
import HTTPAPI
import Ingest
import Logging
import OTLP
import ServiceLifecycle
import Synchronization

/// Both listeners on free ports, each with a stub behind it.
struct TestListeners {
    /// The time of day at both listeners: Sun, 06 Nov 1994 08:49:37 GMT.
    static let nanoseconds: UInt64 = 784_111_777_000_000_000

    let otlp: ListenAddress
    let web: ListenAddress
    let counters: RecordingCounters
    let group: ServiceGroup

    /// Opens the listeners, runs a test, and shuts them down in order.
    static func open(
        _ configure: (inout HTTPAPIConfiguration) -> Void = { _ in }, ingest: any BodyIngesting = StubIngest(),
        render: @escaping @Sendable (ExpositionFormat) -> [UInt8] = { _ in Array("up 1\n".utf8) },
        page: (@Sendable (ExpositionFormat, BirthHorizon?) -> RenderedPage)? = nil,
        finalScrape: FinalScrape<ManualClock> = FinalScrape(limit: .zero, clock: ManualClock()),
        routes: [Route] = [], cores: Int = 2, cutShort: (@Sendable () async -> Void)? = nil,
        refused: RefusedRequests = RefusedRequests(), endQuestions: (@Sendable () -> Void)? = nil,
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        _ test: (TestListeners) async throws -> Void
    ) async throws {
        var configuration = HTTPAPIConfiguration()
        configuration.otlpAddress = .loopback(port: 0)
        configuration.webAddress = .loopback(port: 0)
        // What the requests of most tests say.
        configuration.allowedHosts = ["test"]
        // On a busy machine a test may let a body wait for long.
        configuration.minBodyRate = 0
        configure(&configuration)
        try configuration.validate()

        var actions = WebActions()
        (actions.refused, actions.endQuestions) = (refused, endQuestions)
        let plan = try ConnectionPlan(configuration, descriptors: nil, cores: cores)
        let (counters, readiness) = (RecordingCounters(), Readiness())
        let (addresses, opened) = AsyncStream.makeStream(of: (ListenerName, ListenAddress).self)
        let onListening: @Sendable (ListenerName, String) -> Void = { listener, text in
            if let address = try? ListenAddress(text) { opened.yield((listener, address)) }
        }
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    WebListener(
                        configuration: configuration,
                        render: page ?? { format, _ in RenderedPage(text: render(format)) }, counters: counters,
                        plan: plan,
                        connectionCounters: counters, readiness: readiness, actions: actions, routes: routes,
                        version: "1.2.3 <test>",
                        logger: logger,
                        wallNanoseconds: { Self.nanoseconds },
                        finalScrape: finalScrape, cutShort: cutShort, onListening: onListening),
                    OTLPListener(
                        configuration: configuration, ingest: ingest, counters: counters, plan: plan,
                        connectionCounters: counters, readiness: readiness, refused: refused, logger: logger,
                        wallNanoseconds: { Self.nanoseconds }, onListening: onListening),
                ], logger: logger))

        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { opened.finish() }
                try await group.run()
            }
            var bound = [ListenerName: ListenAddress]()
            for await (listener, address) in addresses {
                bound[listener] = address
                if bound.count == 2 { break }
            }
            if let otlp = bound[.otlp], let web = bound[.web] {
                try await test(TestListeners(otlp: otlp, web: web, counters: counters, group: group))
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}

/// Records what the listeners count.
final class RecordingCounters: ListenerCounting, ConnectionCounting {
    struct Body: Equatable {
        var outcome: ServiceMetrics.BodyOutcome
        var receivedBytes: Int
        var inflatedBytes: Int
    }

    struct Other: Equatable {
        var signal: OtherSignal
        var survey: SignalSurvey
        var receivedBytes: Int
    }

    private let others = Mutex([Other]())
    /// The bodies of metrics and logs that were not kept.
    var otherBodies: [Other] { others.withLock { $0 } }

    private let counted = Mutex((bodies: [Body](), nanoseconds: [Int64](), scrapes: 0))
    private let connections = Mutex(
        (
            open: [ConnectionMetrics.Listener: Int](), opened: 0, limits: [ConnectionMetrics.Listener: Int](),
            events: [ConnectionMetrics.Event]()
        ))
    private let connectionNews = AsyncStream.makeStream(of: Void.self)
    private let news = AsyncStream.makeStream(of: Body.self)

    var bodies: [Body] { counted.withLock { $0.bodies } }
    /// How long each body took, from its headers to its answer.
    var nanoseconds: [Int64] { counted.withLock { $0.nanoseconds } }
    var scrapes: Int { counted.withLock { $0.scrapes } }

    /// What went against peers, in the order in which it happened.
    var events: [ConnectionMetrics.Event] { connections.withLock { $0.events } }
    var limits: [ConnectionMetrics.Listener: Int] { connections.withLock { $0.limits } }

    /// The number of open connections.
    func open(_ listener: ConnectionMetrics.Listener) -> Int { connections.withLock { $0.open[listener] ?? 0 } }

    /// How many connections were ever opened.
    var opened: Int { connections.withLock { $0.opened } }

    /// Waits until a listener has so many open connections.
    func waitUntilOpen(_ count: Int, _ listener: ConnectionMetrics.Listener) async {
        await wait { $0.open(listener) == count }
    }

    /// Waits until something holds that an opened, closed or counted connection changes; one caller at a time.
    func wait(until holds: (RecordingCounters) -> Bool) async {
        if holds(self) { return }
        for await _ in connectionNews.stream where holds(self) { return }
    }

    func limit(_ limit: Int, of listener: ConnectionMetrics.Listener) {
        connections.withLock { $0.limits[listener] = limit }
    }

    func open(_ change: Int, of listener: ConnectionMetrics.Listener) {
        connections.withLock { connections in
            connections.open[listener, default: 0] += change
            if change > 0 { connections.opened += 1 }
        }
        connectionNews.continuation.yield()
    }

    func count(_ event: ConnectionMetrics.Event, at listener: ConnectionMetrics.Listener) {
        connections.withLock { $0.events.append(event) }
        connectionNews.continuation.yield()
    }

    /// Waits for the next body to be counted.
    func nextBody() async -> Body? {
        for await body in news.stream { return body }
        return nil
    }

    func countBody(
        _ outcome: ServiceMetrics.BodyOutcome, receivedBytes: Int, inflatedBytes: Int, nanoseconds: Int64
    ) {
        let body = Body(outcome: outcome, receivedBytes: receivedBytes, inflatedBytes: inflatedBytes)
        counted.withLock {
            $0.bodies.append(body)
            $0.nanoseconds.append(nanoseconds)
        }
        news.continuation.yield(body)
    }

    func countOther(_ signal: OtherSignal, _ survey: SignalSurvey, receivedBytes: Int) -> [String] {
        others.withLock { others in
            others.append(Other(signal: signal, survey: survey, receivedBytes: receivedBytes))
            return others.count == 1 ? survey.services : []
        }
    }

    func countScrape(nanoseconds: Int64, bytes: Int) {
        counted.withLock { $0.scrapes += 1 }
    }
}

/// Takes bodies as a closure says; by default each is one accepted span.
struct StubIngest: BodyIngesting {
    typealias Work = @Sendable ([UInt8], ContentCoding, (Int) -> Bool) throws(IngestError) -> IngestReceipt

    var work: Work = { body, _, _ throws(IngestError) in .accepted(bytes: body.count) }
    /// From which size on bodies are stripped, of every attribute of a span.
    var stripsFrom = Int.max
    /// Whether event loops may take small bodies themselves.
    var takesNow = true
    /// Why no body is taken.
    var refusal: IngestError?
    /// Called on a connection's event loop before its body is read.
    var begins: (@Sendable () -> Void)?
    /// Gets what is known of each body.
    var met: (@Sendable (BodyArrival) -> Void)?

    func ingest(
        _ body: Span<UInt8>, arrival: BodyArrival, reserve: (Int) -> Bool
    ) throws(IngestError) -> IngestReceipt {
        met?(arrival)
        let bytes = unsafe body.withUnsafeBufferPointer { unsafe Array($0) }
        return try work(bytes, arrival.form.coding, reserve)
    }

    /// A stub whose work waits for its test, so that it needs a worker.
    static func waiting(_ work: @escaping Work) -> StubIngest { StubIngest(work: work, takesNow: false) }

    func ingestNow(
        _ body: Span<UInt8>, arrival: BodyArrival, reserve: (Int) -> Bool
    ) throws(IngestError) -> IngestReceipt? {
        takesNow ? try ingest(body, arrival: arrival, reserve: reserve) : nil
    }

    func ingest(
        _ request: StrippedRequest, arrival: BodyArrival, reserve: (Int) -> Bool
    ) throws(IngestError) -> IngestReceipt {
        met?(arrival)
        return try work(request.bytes, .identity, reserve)
    }

    func stripper(for arrival: BodyArrival, bytes: Int) -> AttributeStripper? {
        begins?()
        return bytes >= stripsFrom
            ? AttributeStripper(for: TraceRequestReader(keys: AttributeKeys()), wholeBytes: bytes) : nil
    }
}

extension IngestReceipt {
    static func accepted(bytes: Int) -> IngestReceipt {
        IngestReceipt(acceptedSpans: 1, rejectedSpans: 0, message: "", inflatedBytes: bytes)
    }
}
