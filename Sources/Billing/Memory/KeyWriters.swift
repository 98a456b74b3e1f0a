// SPDX-License-Identifier: Apache-2.0

/// Which senders wrote the keys of one generation: the heaviest have a tag each, all others share tag 0.
///
/// A sender gets a tag once it has written a sixteenth of a generation, which at most fifteen can; its keys up to then keep
/// tag 0. Senders below that are counted in a small table that forgets the lightest; what a sender writes uncounted that way
/// is at most a thirty-second of the generation.
struct KeyWriters {
    private struct Writer {
        var peer: UInt64 = 0
        /// Number of keys that the sender wrote in this generation, with its tag and before it had one.
        var written = 0
        /// Number of these that have its tag.
        var keys = 0
        /// Number of its keys that were carried over from older generations.
        var carried = 0
    }

    /// When the generation began, in monotonic nanoseconds, and the number of the next span then.
    var began: (time: UInt64, number: UInt32)
    private var tagged = InlineArray<16, Writer>(repeating: Writer())
    private var tags = 1
    private var light = InlineArray<32, Writer>(repeating: Writer())
    private let threshold: Int

    /// Begins a generation.
    ///
    /// - Parameters:
    ///   - capacity: The number of keys that it holds.
    ///   - began: When it begins, and the number of the next span then.
    init(capacity: Int, began: (time: UInt64, number: UInt32)) {
        self.began = began
        threshold = max(1, capacity / 16)
    }

    /// Begins the next generation: the heaviest senders of the previous one have a tag from the start.
    init(capacity: Int, began: (time: UInt64, number: UInt32), after previous: KeyWriters) {
        self.init(capacity: capacity, began: began)
        for peer in previous.heaviest.prefix(Self.mostKept)
        where previous.tagged[previous.tag(of: peer)].written >= threshold {
            tagged[tags] = Writer(peer: peer)
            tags += 1
        }
    }

    /// The number of tags that go to the heaviest senders of the previous generation; the rest is for new ones.
    private static var mostKept: Int { 8 }

    /// The tag of a sender; 0 for a sender without a tag of its own.
    func tag(of peer: UInt64) -> Int {
        for tag in 1..<max(1, tags) where tagged[tag].peer == peer { return tag }
        return 0
    }

    /// The senders with a tag, the heaviest first.
    var heaviest: [UInt64] {
        (1..<max(1, tags)).map { tagged[$0] }.sorted { $0.written > $1.written }.map(\.peer)
    }

    /// Number of keys with a tag.
    func keys(_ tag: Int) -> Int { tagged[tag].keys + tagged[tag].carried }

    /// Counts a key that was carried over from an older generation.
    mutating func carry(_ tag: Int) { tagged[tag].carried += 1 }

    /// The sender with a tag; `nil` for tag 0 and for unused tags.
    func peer(_ tag: Int) -> UInt64? { tag > 0 && tag < tags ? tagged[tag].peer : nil }

    /// Counts keys that a sender wrote.
    ///
    /// - Parameters:
    ///   - keys: Their number.
    ///   - peer: The sender.
    ///   - tag: The tag of the keys.
    mutating func add(_ keys: Int, by peer: UInt64, tag: Int) {
        guard keys > 0 else { return }
        tagged[tag].keys += keys
        tagged[tag].written += keys
        guard tag == 0, tags < KeyTable.tags else { return }
        var free = -1
        for index in light.indices {
            if light[index].written > 0, light[index].peer == peer { return count(keys, at: index) }
            if light[index].written == 0 { free = index }
        }
        if free >= 0 {
            light[free] = Writer(peer: peer)
            count(keys, at: free)
        } else {
            for index in light.indices { light[index].written = max(0, light[index].written - keys) }
        }
    }

    /// Counts keys of a sender without a tag, and gives it one once they reach the threshold.
    private mutating func count(_ keys: Int, at index: Int) {
        light[index].written += keys
        guard light[index].written >= threshold else { return }
        tagged[tags] = light[index]
        tags += 1
        light[index] = Writer()
    }
}
