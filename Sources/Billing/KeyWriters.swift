// SPDX-License-Identifier: Apache-2.0

/// Who wrote the keys of one generation: those that wrote most have a tag of their own, all others share tag 0.
///
/// At most fifteen senders can have written a sixteenth of a generation each, and those get the tags; what one wrote
/// before that stays with the others'. Senders that are on the way there are counted in a small table that forgets the
/// lighter ones: what one wrote while it is forgotten is at most a thirty-second of the generation.
struct KeyWriters {
    private struct Writer {
        var peer: UInt64 = 0
        /// How many keys it wrote in this generation, with its tag and before it had one.
        var written = 0
        /// How many of them have its tag.
        var keys = 0
        /// How many keys of its own were carried over from older generations.
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
    ///   - capacity: How many keys it holds.
    ///   - began: When it begins, and the number of the next span then.
    init(capacity: Int, began: (time: UInt64, number: UInt32)) {
        self.began = began
        threshold = max(1, capacity / 16)
    }

    /// Begins the generation after another: those that wrote most of that one keep a tag from the start.
    init(capacity: Int, began: (time: UInt64, number: UInt32), after previous: KeyWriters) {
        self.init(capacity: capacity, began: began)
        for peer in previous.heaviest.prefix(Self.mostKept)
        where previous.tagged[previous.tag(of: peer)].written >= threshold {
            tagged[tags] = Writer(peer: peer)
            tags += 1
        }
    }

    /// Leaves as many for those that only begin to write.
    private static var mostKept: Int { 8 }

    /// The tag of a sender; 0 for one that has none.
    func tag(of peer: UInt64) -> Int {
        for tag in 1..<max(1, tags) where tagged[tag].peer == peer { return tag }
        return 0
    }

    /// The senders with a tag, those that wrote most first.
    var heaviest: [UInt64] {
        (1..<max(1, tags)).map { tagged[$0] }.sorted { $0.written > $1.written }.map(\.peer)
    }

    /// How many keys are tagged with a tag.
    func keys(_ tag: Int) -> Int { tagged[tag].keys + tagged[tag].carried }

    /// Counts a key that was carried over, which its sender did not write now.
    mutating func carry(_ tag: Int) { tagged[tag].carried += 1 }

    /// The sender behind a tag; `nil` for the others'.
    func peer(_ tag: Int) -> UInt64? { tag > 0 && tag < tags ? tagged[tag].peer : nil }

    /// Counts keys that a sender wrote.
    ///
    /// - Parameters:
    ///   - keys: How many.
    ///   - peer: The sender.
    ///   - tag: What they are tagged with.
    mutating func add(_ keys: Int, by peer: UInt64, tag: Int) {
        guard keys > 0 else { return }
        tagged[tag].keys += keys
        tagged[tag].written += keys
        guard tag == 0, tags < KeyTable.tags else { return }
        var free = -1
        for place in light.indices {
            if light[place].written > 0, light[place].peer == peer { return count(keys, at: place) }
            if light[place].written == 0 { free = place }
        }
        if free >= 0 {
            light[free] = Writer(peer: peer)
            count(keys, at: free)
        } else {
            for place in light.indices { light[place].written = max(0, light[place].written - keys) }
        }
    }

    /// Counts keys of a sender that has no tag, and gives it one when they are many.
    private mutating func count(_ keys: Int, at place: Int) {
        light[place].written += keys
        guard light[place].written >= threshold else { return }
        tagged[tags] = light[place]
        tags += 1
        light[place] = Writer()
    }
}
