// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// One listener, with event loops of its own, around a function from request to answer.
///
/// It uses NIO and the framework's connections, without the framework's server, router, request context, middleware or logger
/// per request.
struct Listener: Service {
    /// Makes the answer to one request, reading as much of its body as it needs.
    typealias Responder =
        @Sendable @concurrent (Request, inout BodyReader, borrowing ResponseWriter) async throws -> Answer

    typealias Shortcut = @Sendable (BodyGathering) -> SmallBodies

    let name: ListenerName
    let address: ListenAddress
    let configuration: HTTPAPIConfiguration
    let connections: Connections
    let events: ConnectionEvents
    /// The answers to peers that do not speak HTTP/1.
    let protocols: ForeignProtocols
    /// The number of event loops.
    let loops: Int
    let logger: Logger
    let wallNanoseconds: @Sendable () -> UInt64
    let onListening: @Sendable (ListenerName, String) async -> Void
    var dates = DateHeader()
    /// Makes the handler that answers a connection's small bodies before they reach its task; `nil` for none.
    var shortcut: Shortcut?
    /// Called when requests that have not finished are cut off at shutdown, or when all have finished.
    var whenCutOff: (@Sendable () -> Void)?
    let respond: Responder

    /// The largest number of connections in the system's queue, up to the system's own limit.
    ///
    /// A peer that finds it full tries again after a second.
    private static let backlog: Int32 = 1024
    /// The wait before a listener that the system closed is opened again.
    private static let reopening = Duration.seconds(1)

    func run() async throws {
        try await EventLoops.whileRunning(loops) { loops in
            var failure: any Error = CancellationError()
            for host in address.candidateHosts {
                let server: any Channel
                do { server = try await open(host, address.port, on: loops) } catch {
                    failure = error
                    continue
                }
                return await serve(server, host: host, on: loops)
            }
            throw HTTPAPIError.cannotListen(
                listener: name, address: "\(address)", reason: PortAdvice.reason(failure, port: address.port))
        }
    }

    /// Serves until shutdown, and then until requests in flight are answered, at most
    /// ``HTTPAPIConfiguration/finishRequests``.
    private func serve(_ server: any Channel, host: String, on loops: EventLoops) async {
        let bound = server.localAddress
        await onListening(name, ListenAddress.text(host: bound?.ipAddress ?? host, port: bound?.port ?? 0))
        var server = server
        while await !isAskedToClose(server) {
            logger.error(
                "the system closed the listener; the service reopens it", metadata: ["door": "\(name.rawValue)"])
            guard let again = await reopen(host, bound?.port ?? address.port, on: loops) else { break }
            server = again
        }
        connections.quiesce()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await connections.emptied() }
            group.addTask { [limit = configuration.finishRequests, whenCutOff] in
                // Sleeps less when the connections end earlier, or when the listener is cancelled.
                try? await Task.sleep(for: limit)
                connections.cutOff()
                whenCutOff?()
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// Waits until shutdown begins or the listener closes.
    ///
    /// - Returns: Whether shutdown has begun; the listener is closed in either case.
    private func isAskedToClose(_ server: any Channel) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                // This throws when the listener is cancelled.
                try? await gracefulShutdown()
                return true
            }
            group.addTask {
                try? await server.closeFuture.get()
                return false
            }
            let isAsked = await group.next() ?? true
            group.cancelAll()
            server.close(promise: nil)
            return isAsked
        }
    }

    private func reopen(
        _ host: String, _ port: Int, on loops: EventLoops
    ) async -> (any Channel)? {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do { return try await open(host, port, on: loops) } catch {
                logger.error(
                    "cannot listen",
                    metadata: ["door": "\(name.rawValue)", "reason": "\(PortAdvice.reason(error, port: port))"])
            }
            try? await Task.sleep(for: Self.reopening)
        }
        return nil
    }

    private func open(_ host: String, _ port: Int, on loops: EventLoops) async throws -> any Channel {
        try await ServerBootstrap(group: loops.group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // One at a time, so that no more connections are accepted than there is room for.
            .serverChannelOption(.maxMessagesPerRead, value: 1)
            .serverChannelInitializer { [connections, events] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptGate(connections, events: events))
                }
            }
            .childChannelInitializer { begin($0, on: loops) }
            .bind(host: host, port: port).get()
    }

    /// Sets up a connection and starts the task that serves it.
    private func begin(_ channel: any Channel, on loops: EventLoops) -> EventLoopFuture<Void> {
        guard let connection = connections.arrival(on: channel) else {
            return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
        }
        let ended: @Sendable () -> Void = { [connections, events] in
            events.closed()
            connections.remove(connection)
        }
        let handlers = ConnectionChannel(
            configuration: configuration, connection: connection, events: events, protocols: protocols,
            shortcut: shortcut
        ) {
            try await exchange($0, $1, $2)
        }
        let result = handlers.setup(channel: channel, logger: logger).map { [logger] value in
            connection.begin(
                Task.detached(executorPreference: loops.executor(of: channel)) {
                    await handlers.handle(value: value, logger: logger)
                    ended()
                })
        }
        result.whenFailure { _ in ended() }
        return result
    }
}
