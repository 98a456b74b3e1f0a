// SPDX-License-Identifier: Apache-2.0

/// The size of a slice: the part of a body that is in memory as spans at a time.
///
/// A reader that reaches this size hands over its batch and continues with an empty one, so that the memory for spans depends on
/// this size and not on the body: a span of 30 bytes on the wire takes ten times that in memory.
package struct SliceSize: Sendable, Equatable {
    /// The largest number of spans, of scopes, and of resources; the largest number of events is twice as large.
    package var origins: Int
    /// The number of wanted attributes at which a slice is full; its last span may exceed it by its own attributes.
    package var attributes: Int

    package init(origins: Int, attributes: Int) {
        self.origins = max(1, origins)
        self.attributes = max(1, attributes)
    }

    /// A slice that holds any body whole.
    package static let whole = SliceSize(origins: .max / 2, attributes: .max)
}

/// The sizes of the slices of a body before the one that a batch holds.
struct EarlierSlices: Sendable {
    var slices = 0
    var spans = 0
    var resources = 0
    var scopes = 0
}

extension SpanBatch {
    /// The number of slices of the same body before this one; 0 while the batch has the whole body so far.
    package var earlierSlices: Int { earlier.slices }

    /// The bytes that the batch has allocated.
    package var memoryBytes: Int {
        spans.capacity * MemoryLayout<SpanRecord>.stride + attributes.capacity * MemoryLayout<AttributeRecord>.stride
            + events.capacity * MemoryLayout<EventRecord>.stride
            + resources.capacity * MemoryLayout<ResourceRecord>.stride
            + scopes.capacity * MemoryLayout<ScopeRecord>.stride
    }

    /// The bytes that the content of the batch takes.
    package var usedBytes: Int {
        spans.count * MemoryLayout<SpanRecord>.stride + attributes.count * MemoryLayout<AttributeRecord>.stride
            + events.count * MemoryLayout<EventRecord>.stride + resources.count * MemoryLayout<ResourceRecord>.stride
            + scopes.count * MemoryLayout<ScopeRecord>.stride
    }

    /// The largest number of attributes that are kept of one resource, scope, span or event.
    ///
    /// All dialects together know fewer keys.
    package static var mostAttributes: Int { 1024 }

    /// Whether the next span, scope or resource belongs to the next slice.
    @inline(__always)
    func isFull(_ slice: SliceSize) -> Bool {
        spans.count >= slice.origins || attributes.count >= slice.attributes || events.count / 2 >= slice.origins
            || resources.count >= slice.origins || scopes.count >= slice.origins
    }

    /// Whether the slice is full of spans; its resources and scopes were checked when the last of them began.
    @inline(__always)
    func isFullOfSpans(_ slice: SliceSize) -> Bool {
        spans.count >= slice.origins || attributes.count >= slice.attributes || events.count >= 2 &* slice.origins
    }

    /// Hands over the spans read so far, and begins the next slice of the same body.
    ///
    /// - Parameters:
    ///   - continuesResource: Whether more of the last resource follows; it then is the first resource of the next slice.
    ///   - continuesScope: Whether more of the last scope follows; it then is the first scope of the next slice.
    ///   - take: Gets the batch.
    @inline(never)
    mutating func handOver(continuesResource: Bool, continuesScope: Bool, _ take: (SpanBatch) -> Void) {
        take(self)
        earlier.slices += 1
        earlier.spans += spans.count
        earlier.resources += resources.count - (continuesResource ? 1 : 0)
        earlier.scopes += scopes.count - (continuesScope ? 1 : 0)
        self.continuesResource = continuesResource
        self.continuesScope = continuesScope
        refused = RefusedSpans()
        droppedAttributes = 0
        spans.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
        var kept: [AttributeRecord] = []
        func keep(_ range: AttributeRange) -> AttributeRange {
            let first = kept.count
            kept += attributes[range.indices]
            return AttributeRange(first: UInt32(first), count: range.count)
        }
        var (resource, scope) = (ResourceRecord(), ScopeRecord())
        if continuesResource, let last = resources.last {
            resource = last
            resource.attributes = keep(last.attributes)
        }
        if continuesScope, let last = scopes.last {
            scope = last
            scope.attributes = keep(last.attributes)
        }
        resources.removeAll(keepingCapacity: true)
        scopes.removeAll(keepingCapacity: true)
        attributes.removeAll(keepingCapacity: true)
        attributes.append(contentsOf: kept)
        if continuesResource { resources.append(resource) }
        if continuesScope { scopes.append(scope) }
    }

    /// Removes the attributes of one resource, scope, span or event beyond ``mostAttributes``, and counts them.
    ///
    /// - Parameter first: The index at which its attributes begin.
    @inline(__always)
    mutating func limitAttributes(from first: Int) {
        if attributes.count &- first > Self.mostAttributes { dropAttributes(beyond: first + Self.mostAttributes) }
    }

    @inline(never)
    private mutating func dropAttributes(beyond end: Int) {
        droppedAttributes += attributes.count - end
        attributes.removeLast(attributes.count - end)
    }
}
