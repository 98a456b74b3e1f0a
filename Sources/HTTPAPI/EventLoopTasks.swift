// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOPosix

/// An event loop as an executor of tasks; NIO itself offers it for actors only.
///
/// Each connection's task runs on the connection's own event loop, instead of on the threads that all tasks share. A request
/// then changes threads only for the work on its body, which saves about a third of the CPU that an empty request costs.
final class EventLoopTaskExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute {
            unsafe job.runSynchronously(on: self.asUnownedTaskExecutor())
        }
    }
}

extension MultiThreadedEventLoopGroup {
    /// Has event loops run as long as something needs them.
    ///
    /// - Parameters:
    ///   - count: The number of loops, each on a thread of its own.
    ///   - body: What needs the loops; nothing may use them once it has returned.
    /// - Throws: What the body throws.
    static func whileRunning(
        _ count: Int, _ body: (MultiThreadedEventLoopGroup) async throws -> Void
    ) async throws {
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: count)
        let result: Result<Void, any Error>
        do { result = .success(try await body(loops)) } catch { result = .failure(error) }
        try await loops.shutdownGracefully()
        try result.get()
    }
}
