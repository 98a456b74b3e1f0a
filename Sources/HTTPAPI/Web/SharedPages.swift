// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Renders pages, each once for all requests that wait for it.
///
/// A request joins the others that wait for the same page only while its rendering has not begun, so that no request gets a page
/// that is older than itself.
final class SharedPages<Key: Hashable & Sendable>: Sendable {
    private typealias Waiter = CheckedContinuation<SharedPage, any Error>

    private let workers: WorkerPool
    private let shelf: PageShelf
    private let render: @Sendable (Key) -> SharedPage
    private let waiting = Mutex([Key: [Waiter]]())

    /// - Parameters:
    ///   - workers: The threads that render.
    ///   - shelf: Bounds the bytes of pages.
    ///   - render: Makes a page.
    init(workers: WorkerPool, shelf: PageShelf, render: @escaping @Sendable (Key) -> SharedPage) {
        self.workers = workers
        self.shelf = shelf
        self.render = render
    }

    /// Waits for a page whose rendering begins after this call.
    ///
    /// - Parameter key: Identifies the page.
    /// - Returns: The page.
    /// - Throws: `CancellationError` when the listener closes before the page's turn comes.
    func page(_ key: Key) async throws -> SharedPage {
        try await withCheckedThrowingContinuation { continuation in
            let isFirst = waiting.withLock { waiting in
                waiting[key, default: []].append(continuation)
                return waiting[key]?.count == 1
            }
            guard isFirst else { return }
            workers.submit { [self] isRunning in
                let waiters = waiting.withLock { $0.removeValue(forKey: key) ?? [] }
                guard isRunning else {
                    for waiter in waiters { waiter.resume(throwing: CancellationError()) }
                    return
                }
                let page = render(key)
                shelf.add(page)
                for waiter in waiters { waiter.resume(returning: page) }
            }
        }
    }
}
