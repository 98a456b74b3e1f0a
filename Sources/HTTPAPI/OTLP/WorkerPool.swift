// SPDX-License-Identifier: Apache-2.0
import Glibc
import NIOPosix

/// Threads for work that would hold up the event loops or the few threads that tasks share.
package struct WorkerPool: Sendable {
    private let threads: NIOThreadPool

    /// - Parameter count: The number of threads, at least 1.
    package init(count: Int) {
        threads = NIOThreadPool(numberOfThreads: count)
    }

    /// Runs a function while the threads are up, and ends them after it.
    ///
    /// - Parameter body: The function that needs the threads.
    /// - Throws: The error of the function.
    package func whileRunning(_ body: () async throws -> Void) async throws {
        startThreads()
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        try await threads.shutdownGracefully()
        try result.get()
    }

    /// Starts the threads with the policy `SCHED_BATCH`: a thread that wakes does not interrupt others (Linux, sched(7)).
    ///
    /// An event loop that hands over a body goes on reading, and the processor changes threads once for several bodies.
    private func startThreads() {
        // A new thread takes over the policy of the one that starts it.
        let isBatch = Self.setPolicy(from: SCHED_OTHER, to: Self.batch)
        threads.start()
        if isBatch { _ = Self.setPolicy(from: Self.batch, to: SCHED_OTHER) }
    }

    /// Changes the scheduling policy of this thread if it is the one expected.
    private static func setPolicy(from old: Int32, to new: Int32) -> Bool {
        var (policy, parameters) = (Int32(0), sched_param())
        return unsafe pthread_getschedparam(pthread_self(), &policy, &parameters) == 0 && policy == old
            && pthread_setschedparam(pthread_self(), new, &parameters) == 0
    }

    /// `SCHED_BATCH` of Linux's `sched.h`, which Glibc's module leaves out.
    private static var batch: Int32 { 3 }

    /// Queues work for one of the threads without waiting for it; drops the work once the threads are down.
    ///
    /// - Parameter work: The work.
    func submit(_ work: @escaping @Sendable () -> Void) {
        threads.submit { state in
            if case .active = state { work() }
        }
    }

    /// Runs one piece of work on one of the threads.
    ///
    /// - Parameter work: The work; it may take seconds.
    /// - Returns: The result of the work.
    /// - Throws: `CancellationError` when the task was cancelled before the work began, or an error once the threads are
    ///   down.
    package func run<Output: Sendable>(_ work: @escaping @Sendable () -> Output) async throws -> Output {
        try await threads.runIfActive(work)
    }

    /// Queues work for one of the threads without waiting for it.
    ///
    /// - Parameter work: The work; its argument says whether the threads are still up.
    func submit(_ work: @escaping @Sendable (_ isRunning: Bool) -> Void) {
        threads.submit { state in work(state == .active) }
    }
}
