// SPDX-License-Identifier: Apache-2.0
import CMemory

/// Which span lies above which, of spans that do not wait: a bounded memory that forgets the oldest.
///
/// A set of four links is one cache line, the newest first; a fifth drives out the oldest of its set. So a link costs one
/// access to memory, and nothing is deleted or searched for.
///
/// Memory: 16 bytes a link; it begins small and grows while links are driven out.
@safe
struct Links: ~Copyable {
    private struct Link {
        var span: UInt64
        var parent: UInt64
    }

    // Sound: the block holds `sets` sets of four links, belongs to this table and is only indexed with a set's number
    // shifted to that length plus 0 to 3.
    private var pages: Pages
    private var links: UnsafeMutablePointer<Link>
    private var sets: Int
    private var shift: UInt64
    private let most: Int
    /// How many links were driven out.
    private(set) var forgotten: UInt64 = 0
    /// How many links are remembered.
    private(set) var count = 0

    /// Makes an empty memory.
    ///
    /// - Parameter most: How many links are remembered at most; rounded up to a power of two from 4 on.
    init(most: Int) {
        var rounded = 4
        while rounded < most { rounded *= 2 }
        self.most = rounded / 4
        sets = min(self.most, Self.fewestSets)
        shift = Self.shift(sets)
        pages = Pages(bytes: sets * 4 * MemoryLayout<Link>.stride)
        unsafe links = pages.base.bindMemory(to: Link.self, capacity: sets * 4)
    }

    /// Asks memory to bring near where a span belongs.
    @inline(__always)
    func fetch(_ span: UInt64) { unsafe prefetch_line(links + first(span)) }

    /// The span above one.
    ///
    /// - Returns: Its key, 0 when the span is a root, `nil` when that is not known.
    @inline(__always)
    func parent(of span: UInt64) -> UInt64? {
        let first = first(span)
        for index in first..<first + 4 where unsafe links[index].span == span {
            return unsafe links[index].parent
        }
        return nil
    }

    /// Remembers the span above one.
    @inline(__always)
    mutating func remember(_ span: UInt64, below parent: UInt64) {
        var first = first(span)
        var last = first
        while last < first + 3, unsafe links[last].span != 0, unsafe links[last].span != span { last += 1 }
        if unsafe links[last].span == 0 {
            count += 1
        } else if unsafe links[last].span != span {
            if sets < most {
                grow()
                return remember(span, below: parent)
            }
            forgotten += 1
        }
        while last > first {
            unsafe links[last] = links[last - 1]
            last -= 1
        }
        first = last
        unsafe links[first] = Link(span: span, parent: parent)
    }

    private mutating func grow() {
        var larger = Links(most: most * 4, sets: sets * 2)
        for index in stride(from: sets * 4 - 1, through: 0, by: -1) {
            let link = unsafe links[index]
            if link.span != 0 { larger.remember(link.span, below: link.parent) }
        }
        larger.forgotten += forgotten
        self = larger
    }

    private init(most: Int, sets: Int) {
        self.most = most / 4
        self.sets = sets
        shift = Self.shift(sets)
        pages = Pages(bytes: sets * 4 * MemoryLayout<Link>.stride)
        unsafe links = pages.base.bindMemory(to: Link.self, capacity: sets * 4)
    }

    @inline(__always)
    private func first(_ span: UInt64) -> Int { Int(truncatingIfNeeded: (span &>> 1) &>> shift) &* 4 }

    private static func shift(_ sets: Int) -> UInt64 { UInt64(63 - sets.trailingZeroBitCount) }
    private static let fewestSets = 1_024
}
