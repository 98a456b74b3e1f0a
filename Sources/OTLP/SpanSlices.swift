// SPDX-License-Identifier: Apache-2.0

/// How much of a body is held as spans at a time.
///
/// A reader that comes to this much hands over what it has and goes on with an empty batch, so that the memory for spans
/// follows this figure and not the body: a span of 30 bytes on the wire takes ten times that in memory.
package struct SliceSize: Sendable, Equatable {
    /// The number of spans, scopes or resources; also half the number of events.
    package var origins: Int
    /// The number of wanted attributes.
    ///
    /// The last span may go beyond it by what one span may have.
    package var attributes: Int

    package init(origins: Int, attributes: Int) {
        self.origins = max(1, origins)
        self.attributes = max(1, attributes)
    }

    /// All spans of any body.
    package static let whole = SliceSize(origins: .max / 2, attributes: .max)
}

/// What a body held before the slice that a batch holds.
struct EarlierSlices: Sendable {
    var slices = 0
    var spans = 0
    var resources = 0
    var scopes = 0
}

extension SpanBatch {
    /// The number of slices of the same body that were handed over before; 0 as long as the batch holds the whole body.
    package var earlierSlices: Int { earlier.slices }

    /// The number of bytes that the batch takes.
    package var memoryBytes: Int {
        spans.capacity * MemoryLayout<SpanRecord>.stride + attributes.capacity * MemoryLayout<AttributeRecord>.stride
            + events.capacity * MemoryLayout<EventRecord>.stride
            + resources.capacity * MemoryLayout<ResourceRecord>.stride
            + scopes.capacity * MemoryLayout<ScopeRecord>.stride
    }

    /// The number of bytes that what is in the batch takes.
    package var usedBytes: Int {
        spans.count * MemoryLayout<SpanRecord>.stride + attributes.count * MemoryLayout<AttributeRecord>.stride
            + events.count * MemoryLayout<EventRecord>.stride + resources.count * MemoryLayout<ResourceRecord>.stride
            + scopes.count * MemoryLayout<ScopeRecord>.stride
    }

    /// How many attributes of one resource, scope, span or event are kept; all dialects together know fewer keys.
    package static var mostAttributes: Int { 1024 }

    /// Whether the next span, scope or resource belongs to the next slice.
    @inline(__always)
    func isFull(_ slice: SliceSize) -> Bool {
        spans.count >= slice.origins || attributes.count >= slice.attributes || events.count / 2 >= slice.origins
            || resources.count >= slice.origins || scopes.count >= slice.origins
    }

    /// Hands over the spans that are there, and begins the next slice of the same body.
    ///
    /// - Parameters:
    ///   - continuesResource: Whether more of the last resource follows; it is the first one of the next slice then.
    ///   - continuesScope: Whether more of the last scope follows; it is the first one of the next slice then.
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

    /// Leaves out what one resource, scope, span or event has beyond ``mostAttributes``, and counts it.
    ///
    /// - Parameter first: Where its attributes begin.
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
