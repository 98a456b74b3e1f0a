// SPDX-License-Identifier: Apache-2.0

/// How attributes of a body are written, from the opening bracket to the content of the value: a key and the kind of its value.
///
/// The spans of a sender mostly have the same attributes in the same order. So each shape remembers the shape that came next
/// the last time, and the reader compares its bytes with those of the next attribute. If they are equal, the end of the key,
/// its meaning and the kind of the value are known without a search. A wrong guess costs the comparison.
///
/// The shapes are ranges of the present body, in a fixed number of places. Shapes that share places displace each other.
struct JSONAttributeShapes: Sendable {
    /// The places; the first one stays empty, and stands for the beginning of each list.
    private var places = [JSONAttributeShape](repeating: JSONAttributeShape(), count: Self.count)
    /// The place of the attribute before the next one.
    private var last = 0

    /// The number of places; the seven highest bits of a fingerprint select one.
    private static var count: Int { 128 }
    /// The number of places that a shape may be in.
    private static var reach: Int { 4 }
    /// The length of the longest shape that is remembered, in bytes.
    static var longest: Int { 96 }

    /// Forgets the shapes of the last body.
    mutating func removeAll() {
        last = 0
        for index in places.indices { places[index] = JSONAttributeShape() }
    }

    /// Goes before the first attribute of a list.
    @inline(__always)
    mutating func startList() { last = 0 }

    /// Goes behind the attribute whose shape has a place.
    @inline(__always)
    mutating func step(to place: Int) { last = place }

    /// The place of the shape that is expected next; 0 if there is none.
    @inline(__always)
    var expected: Int {
        // Sound: only `remember` sets `last` and `next`, and only to places of this array.
        unsafe Int(places.span[unchecked: last].next)
    }

    /// The shape in a place that ``expected`` returned; empty for place 0.
    @inline(__always)
    subscript(place: Int) -> JSONAttributeShape { unsafe places.span[unchecked: place] }

    /// Remembers a shape as the one that comes after the last one, and goes behind its attribute.
    ///
    /// - Parameter shape: The shape; one without a length, longer than ``longest``, is left out.
    @inline(never)
    mutating func remember(_ shape: JSONAttributeShape) {
        guard shape.length > 0 else { return }
        let first = Int(shape.fingerprint >> 25)
        var place = first
        for step in 0..<Self.reach {
            let candidate = (first + step) & (Self.count - 1)
            guard candidate > 0 else { continue }
            if places[candidate].length == 0 || places[candidate].fingerprint == shape.fingerprint {
                place = candidate
                break
            }
        }
        place = max(place, 1)
        let next = places[place].fingerprint == shape.fingerprint ? places[place].next : 0
        places[place] = shape
        places[place].next = next
        places[last].next = UInt8(place)
        last = place
    }
}

/// How one attribute is written.
struct JSONAttributeShape: Sendable {
    /// The offset in the body of an attribute that is written so.
    var start: UInt32 = 0
    /// A hash of the key and the form.
    ///
    /// Different shapes may have the same one, so their bytes are compared as well.
    var fingerprint: UInt32 = 0
    var key: AttributeKeyID = 0
    var keyLength: UInt16 = 0
    /// The number of bytes up to the content of the value; 0 for an empty place, and for a shape that is too long for one.
    var length: UInt8 = 0
    var form = JSONValueForm.text
    /// The place of the shape that came next the last time.
    var next: UInt8 = 0

    init() {}

    /// The shape of an attribute.
    ///
    /// - Parameters:
    ///   - start: Where it begins in the body.
    ///   - content: Where the content of its value begins.
    ///   - keyLength: The length of its key, at least 8 bytes.
    ///   - form: How its value is written.
    ///   - key: The number of the key.
    ///   - body: The body.
    @unsafe @inline(__always)
    init(
        from start: Int, to content: Int, keyLength: Int, _ form: JSONValueForm, _ key: AttributeKeyID,
        _ body: Span<UInt8>
    ) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.keyLength = UInt16(truncatingIfNeeded: keyLength)
        self.form = form
        self.key = key
        guard content &- start <= JSONAttributeShapes.longest else { return }
        length = UInt8(truncatingIfNeeded: content &- start)
        // Sound: a key of at least eight bytes begins behind the eight bytes before it.
        let words = unsafe KeyEnds(long: body, start &+ 8, keyLength)
        let kind = UInt64(truncatingIfNeeded: keyLength) << 8 | UInt64(form.rawValue)
        fingerprint = UInt32(truncatingIfNeeded: words.hash(0, kind &* 0x9E37_79B9_7F4A_7C15))
    }
}

/// How the content of a value is written.
enum JSONValueForm: UInt8 {
    case text, quotedInteger, integer, fraction, texts
}
