// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Synchronization

/// The requests that both listeners refused since the start: for each listener and kind how many, and the latest one in words.
///
/// `RefusalLog` notes them. There are as many entries as listeners and kinds.
package final class RefusedRequests: Sendable {
    /// A kind of refusal.
    package enum Kind: String, Sendable {
        case path, method, signal, contentType, contentCoding, tooLarge, unreadable, busy, unsynced, slow, host
        case wrongPort, http2, tls
        /// Spans at a path of metrics or logs.
        case misplaced
        /// Spans of a body that was taken.
        case spans
    }

    /// The refusals of one kind by one listener.
    package struct Entry: Sendable, Equatable {
        /// The listener.
        package var listener: ListenerName
        /// The kind.
        package var kind: Kind
        /// The status of the latest answer; `nil` to a peer that does not speak HTTP/1.
        package var status: Int?
        /// The number of refusals.
        package var count: UInt64 = 0
        /// When the latest one was refused, in nanoseconds since 1970 (UTC).
        package var lastNanoseconds: UInt64 = 0
        /// The IP address of the latest one's peer; empty if it has none.
        package var peer = ""
        /// The path of the latest one, as sent; as all its texts, cut short after ``longestText`` characters.
        package var path = ""
        /// The content type of the latest one; empty if it named none.
        package var contentType = ""
        /// What was wrong with the latest one.
        package var reason = ""
        /// What to do about it; empty if the reason says all.
        package var remedy = ""
    }

    private struct Key: Hashable {
        var listener: ListenerName
        var kind: Kind
    }

    /// The longest text of an entry, in characters.
    package static let longestText = 400

    private let entries = Mutex([Key: Entry]())

    /// Starts without refusals.
    package init() {}

    /// Adds a refusal.
    ///
    /// - Parameter refusal: It, as the latest entry of its kind; its count is not read.
    func note(_ refusal: Entry) {
        let key = Key(listener: refusal.listener, kind: refusal.kind)
        entries.withLock { entries in
            let count = entries[key]?.count ?? 0
            entries[key] = refusal
            entries[key]?.count = count + 1
        }
    }

    /// The refusals so far, the latest first.
    package var list: [Entry] {
        entries.withLock { Array($0.values) }.sorted {
            ($1.lastNanoseconds, $1.count, $0.kind.rawValue) < ($0.lastNanoseconds, $0.count, $1.kind.rawValue)
        }
    }
}
