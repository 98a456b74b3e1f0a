// SPDX-License-Identifier: Apache-2.0
import TestData

/// Requests in JSON as exporters write them: few shapes of spans that repeat, with rare deviations, made from a seed.
struct RandomUsualJSON {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// Keys of every length around 8, 16, 32 and the longest that is remembered.
    private static let keys: [String] = {
        let lengths = [1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 40, 60, 61, 62, 63, 64, 80, 300]
        let usual = ["gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.input_tokenz"]
        return lengths.map { key(length: $0) } + usual
    }()

    private static func key(length: Int) -> String {
        let letters = (0..<length).map { index in UInt8(97 + (index * 7 + length) % 26) }
        return String(decoding: letters, as: UTF8.self)
    }

    /// Every second key.
    static let wanted: Set<String> = Set(stride(from: 0, to: keys.count, by: 2).map { keys[$0] })

    /// A body that is sound.
    mutating func body(spans: Int) -> [UInt8] {
        let shapes = (0..<3).map { _ in shape() }
        let texts = (0..<spans).map { _ in span(shapes[below(10) < 7 ? 0 : below(3)]) }
        let scope = #"{"scope":{"name":"s"},"spans":[\#(texts.joined(separator: ","))]}"#
        let resource = #"{"attributes":[\#(attributes(shape()))]}"#
        return Array(#"{"resourceSpans":[{"resource":\#(resource),"scopeSpans":[\#(scope)]}]}"#.utf8)
    }

    /// The body with up to three bytes changed, inserted, removed or doubled, mostly at places that matter.
    mutating func damage(_ body: [UInt8]) -> [UInt8] {
        var body = body
        let telling = Array(#"{}[]",:\u0e-.19tfn "#.utf8)
        for _ in 0...below(3) {
            let index = below(body.count)
            switch below(5) {
            case 0: body[index] = UInt8.random(in: 0...255, using: &random)
            case 1: body[index] = telling[below(telling.count)]
            case 2: body.insert(telling[below(telling.count)], at: index)
            case 3: body.insert(contentsOf: body[index..<min(index + below(80), body.count)], at: index)
            default: body.removeSubrange(index..<min(index + 1 + below(4), body.count))
            }
        }
        return body
    }

    private mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }

    private mutating func isRare() -> Bool { below(40) == 0 }

    /// Which attributes a kind of spans has, and how their values are written.
    private mutating func shape() -> [(key: String, form: Int)] {
        (0..<below(12)).map { _ in (Self.keys[below(Self.keys.count)], below(8)) }
    }

    private mutating func span(_ shape: [(key: String, form: Int)]) -> String {
        var members = [#""traceId":"\#(hex(32))""#, #""spanId":"\#(hex(16))""#]
        if isRare() { members.append(#""traceState":"a=1""#) }
        switch below(4) {
        case 0: break
        case 1: members.append(#""parentSpanId":"""#)
        default: members.append(#""parentSpanId":"\#(hex(16))""#)
        }
        if isRare() { members.append(#""flags":257"#) }
        members.append(#""name":"\#(text())""#)
        let names = ["INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER", "UNSPECIFIED", "CLIENTS"]
        switch below(3) {
        case 0: break
        case 1: members.append(#""kind":\#(isRare() ? "12" : String(below(6)))"#)
        default: members.append(#""kind":"SPAN_KIND_\#(names[below(7)])""#)
        }
        for name in ["startTimeUnixNano", "endTimeUnixNano"] {
            let time = isRare() ? String(below(1_000)) : "17900000\(10_000_000_000 + below(10_000_000_000))"
            members.append(#""\#(name)":\#(isRare() ? time : "\"\(time)\"")"#)
        }
        members.append(#""attributes":[\#(attributes(shape))]"#)
        if below(4) == 0 {
            members.append(#""events":[{"timeUnixNano":"5","name":"exception","attributes":[\#(attributes(shape))]}]"#)
        }
        if below(3) == 0 { members.append(#""status":{"code":\#(below(3))}"#) }
        if isRare() { members.swapAt(below(members.count), below(members.count)) }
        // The last of two holds.
        if isRare() { members.append(members[below(members.count)]) }
        let space = isRare() ? " " : ""
        return "{\(space)\(members.joined(separator: ",\(space)"))}"
    }

    private mutating func attributes(_ shape: [(key: String, form: Int)]) -> String {
        shape.filter { _ in !isRare() }
            .map { key, form in
                let key = isRare() ? #"\u0061"# + key.dropFirst() : key
                let value = value(isRare() ? below(8) : form)
                return isRare() ? #"{"value":\#(value),"key":"\#(key)"}"# : #"{"key":"\#(key)","value":\#(value)}"#
            }
            .joined(separator: ",")
    }

    private mutating func value(_ form: Int) -> String {
        switch form {
        case 0, 1: #"{"stringValue":"\#(text())"}"#
        case 2, 3: #"{"intValue":"\#(number())"}"#
        case 4: #"{"intValue":\#(number())}"#
        case 5: #"{"doubleValue":\#(number()).\#(below(100))}"#
        case 6: #"{"arrayValue":{"values":[{"stringValue":"\#(text())"},{"stringValue":"\#(text())"}]}}"#
        default: isRare() ? "null" : #"{"boolValue":true}"#
        }
    }

    private mutating func number() -> String {
        let digits = (0..<below(isRare() ? 19 : 9)).map { _ in String(below(10)) }.joined()
        return (isRare() ? "-" : "") + String(1 + below(9)) + digits
    }

    private mutating func text() -> String {
        let letters = Array("abcxyzäß日🙂._ ")
        let plain = String((0..<below(isRare() ? 200 : 40)).map { _ in letters[below(letters.count)] })
        return isRare() ? plain + #"\"\n\u00e9"# : plain
    }

    private mutating func hex(_ count: Int) -> String {
        let digits = Array(isRare() ? "0123456789ABCDEF" : "0123456789abcdef")
        return "1" + String((1..<count).map { _ in digits[below(16)] })
    }
}
