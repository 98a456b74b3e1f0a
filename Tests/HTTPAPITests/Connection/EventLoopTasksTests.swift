// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import HTTPAPI

@Suite struct EventLoopTasksTests {
    /// Notes that something was read.
    private final class Noting: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        let isRead: Flag

        init(_ isRead: Flag) { self.isRead = isRead }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { isRead.value.store(true, ordering: .relaxed) }
    }

    private final class Flag: Sendable {
        let value = Atomic(false)
    }

    @Test func `tasks that always have something to do leave the event loop time for its sockets`() async throws {
        try await EventLoops.whileRunning(1) { loops in
            let isRead = Flag()
            let listener = try await ServerBootstrap(group: loops.group)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Noting(isRead))
                    }
                }
                .bind(host: "127.0.0.1", port: 0).get()
            let client = try await RawClient(to: .loopback(port: try #require(listener.localAddress?.port)))

            let busy = (0..<4).map { _ in
                Task(executorPreference: loops.executor(of: listener)) {
                    while !isRead.value.load(ordering: .relaxed) { await Task.yield() }
                }
            }
            try await client.send("read me")
            for task in busy { await task.value }
            await client.close()
            try await listener.close()
        }
    }

    @Test func `jobs of one executor run one at a time, on its event loop`() async throws {
        try await EventLoops.whileRunning(2) { loops in
            let loop = loops.group.next()
            let channel = try await ServerBootstrap(group: loop).bind(host: "127.0.0.1", port: 0).get()
            let executor = loops.executor(of: channel)
            #expect(executor === loops.executor(of: channel))
            let isRunning = Flag()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<1000 {
                    group.addTask(executorPreference: executor) {
                        #expect(channel.eventLoop.inEventLoop)
                        let isAnotherRunning = isRunning.value.exchange(true, ordering: .relaxed)
                        #expect(!isAnotherRunning)
                        isRunning.value.store(false, ordering: .relaxed)
                        await Task.yield()
                        #expect(channel.eventLoop.inEventLoop)
                    }
                }
            }
            try await channel.close()
        }
    }
}
