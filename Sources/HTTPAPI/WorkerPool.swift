// SPDX-License-Identifier: Apache-2.0
import NIOPosix

/// Threads for work that would hold up the event loops or the few threads that tasks share.
struct WorkerPool: Sendable {
    private let threads: NIOThreadPool

    /// - Parameter count: The number of threads, at least 1.
    init(count: Int) {
        threads = NIOThreadPool(numberOfThreads: count)
    }

    /// Runs something while the threads are up, and takes them down after it.
    ///
    /// - Parameter body: What needs the threads.
    /// - Throws: What the body throws.
    func whileRunning(_ body: () async throws -> Void) async throws {
        threads.start()
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        try await threads.shutdownGracefully()
        try result.get()
    }

    /// Does one piece of work on one of the threads.
    ///
    /// - Parameter work: What to do; it may take its time.
    /// - Returns: What the work returned.
    /// - Throws: `CancellationError` when the task was cancelled before the work began, or an error once the threads are
    ///   down.
    func run<Output: Sendable>(_ work: @escaping @Sendable () -> Output) async throws -> Output {
        try await threads.runIfActive(work)
    }
}
