// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The names of the doors, as they stand in flags and in the "listening" log line.
package enum DoorName: String, Sendable {
    /// `POST /v1/traces`.
    case otlp
    /// Metrics and pages.
    case web
}

/// One listener: the framework's server around a function from request to answer.
///
/// It stands directly on the framework's core, without its router, request context, middleware or logger per request.
struct Door: Service {
    /// Makes the answer to one request, reading as much of its body as it needs.
    typealias Responder =
        @Sendable @concurrent (Request, inout BodyReader, borrowing ResponseWriter) async throws -> Answer

    let name: DoorName
    let address: ListenAddress
    let configuration: HTTPAPIConfiguration
    let logger: Logger
    let wallNanoseconds: @Sendable () -> UInt64
    let onListening: @Sendable (DoorName, String) async -> Void
    let respond: Responder

    let dates = DateHeader()

    func run() async throws {
        var failure: any Error = CancellationError()
        for host in address.candidateHosts {
            // Once it listens, the server throws no more.
            do { return try await serve(makeServer(host: host)) } catch { failure = error }
        }
        throw HTTPAPIError.cannotListen(door: name, address: "\(address)", reason: Self.reason(failure))
    }

    /// Runs the server until it has shut down, gracefully within ``HTTPAPIConfiguration/finishRequests``.
    private func serve(_ server: some Service) async throws {
        let limit = configuration.finishRequests
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask {
                // Both throw when the server ended first, or when the door is cancelled.
                do {
                    try await gracefulShutdown()
                    try await Task.sleep(for: limit)
                } catch {}
            }
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func makeServer(host: String) -> some Service {
        let configuration = configuration
        let (name, onListening) = (name, onListening)
        var logger = logger
        // At info the framework logs its own "listening" line; ours has a fixed form.
        if logger.logLevel > .debug { logger.logLevel = max(logger.logLevel, .warning) }
        logger.handler = UncancelledLog(logger.handler)
        return Server(
            childChannelSetup: OnEventLoop(
                base: HTTP1Channel(
                    responder: { try await exchange($0, $1, $2) },
                    configuration: HTTP1Channel.Configuration(
                        additionalChannelHandlers: [
                            BodyRate(bytesPerSecond: configuration.minBodyRate),
                            BodyGathering(),
                            ConnectionTimeouts(header: configuration.headerTimeout, body: configuration.bodyTimeout),
                        ],
                        idleTimeout: TimeAmount(configuration.idleTimeout)))),
            configuration: ServerConfiguration(
                address: .hostname(host, port: address.port),
                availableConnectionsDelegate: MaximumAvailableConnections(configuration.maxConnections, logger: logger)),
            onServerRunning: { channel in
                let bound = channel.localAddress
                await onListening(name, ListenAddress.text(host: bound?.ipAddress ?? host, port: bound?.port ?? 0))
            },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger)
    }

    /// Says what the system had against an address.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as IOError: error.errnoCode == EADDRINUSE ? "the address is in use" : "\(error)"
        default: "\(error)"
        }
    }
}
