// SPDX-License-Identifier: Apache-2.0

/// Turns `ExportTraceServiceRequest` bodies from protobuf into OTLP/JSON for tests, in any spelling a sender may choose.
///
/// - SeeAlso: OTLP specification 1.9.0, section "JSON Protobuf Encoding".
package struct JSONRequestWriter {
    /// What senders do differently.
    package struct Spelling: Sendable {
        /// `start_time_unix_nano` instead of `startTimeUnixNano`.
        package var schemaNames = false
        /// One space behind each comma and colon.
        package var spaces = false
        /// Line breaks and tabs everywhere.
        package var manyLines = false
        /// 64-bit integers as numbers, where the mapping has them as strings.
        package var plainIntegers = false
        /// `SPAN_KIND_CLIENT` instead of 3.
        package var enumerationsByName = false
        /// Every character of a text as `\u….`, and of a name too.
        package var escapesAll = false
        /// The members of every object in any order.
        package var anyOrder = false
        /// Members that nobody knows, and `null`, beside the others.
        package var oddMembers = false
        package var uppercaseIDs = false

        package init() {}
    }

    package var spelling: Spelling
    private var random: SeededGenerator

    package init(_ spelling: Spelling = Spelling(), seed: UInt64 = 0) {
        self.spelling = spelling
        random = SeededGenerator(seed: seed)
    }

    /// The same request in OTLP/JSON; the protobuf has to be sound.
    package mutating func convert(_ protobuf: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        write(.request, protobuf[...], to: &text)
        return text
    }

    private mutating func write(_ message: Message, _ bytes: ArraySlice<UInt8>, to text: inout [UInt8]) {
        var members: [(field: Field, contents: [ArraySlice<UInt8>])] = []
        for (number, content) in ProtobufFields.read(bytes) {
            guard let field = message.fields[number] else { continue }
            if let index = members.firstIndex(where: { $0.field.name == field.name }) {
                // Of single values the last holds.
                members[index].contents = field.isList ? members[index].contents + [content] : [content]
            } else {
                members.append((field, [content]))
            }
        }
        if spelling.anyOrder { members.shuffle(using: &random) }
        open("{", &text)
        var isFirst = true
        for member in members {
            if spelling.oddMembers, Int.random(in: 0..<3, using: &random) == 0 {
                separate(&isFirst, &text)
                text += #""odd":[1,{"spans":[null,-1.5e+3,true,false,{}]},[],"\"}"],"traceState":null"#.utf8
            }
            separate(&isFirst, &text)
            name(member.field.name, &text)
            guard member.field.isList else {
                write(member.field.kind, member.contents[0], to: &text)
                continue
            }
            open("[", &text)
            var isFirst = true
            for content in member.contents {
                separate(&isFirst, &text)
                write(member.field.kind, content, to: &text)
            }
            text.append(UInt8(ascii: "]"))
        }
        text.append(UInt8(ascii: "}"))
    }

    private mutating func write(_ kind: Kind, _ content: ArraySlice<UInt8>, to text: inout [UInt8]) {
        let number = content.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        switch kind {
        case .message(let message): write(message, content, to: &text)
        case .text: string(content, &text)
        case .id: string(hexadecimal(content), &text)
        case .time: integer("\(number)", &text)
        case .int: integer("\(Int64(bitPattern: number))", &text)
        case .double:
            // JSON has no numbers for these, and OTLP/JSON words.
            let double = Double(bitPattern: number)
            text +=
                double.isNaN
                ? "\"NaN\"".utf8 : double.isInfinite ? "\"\(double < 0 ? "-" : "")Infinity\"".utf8 : "\(double)".utf8
        case .bool: text += (number == 0 ? "false" : "true").utf8
        case .enumeration(let names):
            guard spelling.enumerationsByName, number < names.count else {
                text += "\(number)".utf8
                return
            }
            string(Array(names[Int(number)].utf8)[...], &text)
        }
    }

    private func integer(_ digits: String, _ text: inout [UInt8]) {
        text += (spelling.plainIntegers ? digits : "\"\(digits)\"").utf8
    }

    private func hexadecimal(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = Array((spelling.uppercaseIDs ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
        return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }[...]
    }

    private mutating func name(_ name: String, _ text: inout [UInt8]) {
        let schema = name.map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }.joined()
        string(Array((spelling.schemaNames ? schema : name).utf8)[...], &text)
        text.append(UInt8(ascii: ":"))
        space(&text)
    }

    private func string(_ bytes: ArraySlice<UInt8>, _ text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        if spelling.escapesAll {
            for unit in String(decoding: bytes, as: UTF8.self).utf16 {
                let digits = String(unit, radix: 16)
                text += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
            }
        } else {
            for byte in bytes {
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
                case UInt8(ascii: "\n"): text += "\\n".utf8
                default: text.append(byte)
                }
            }
        }
        text.append(UInt8(ascii: "\""))
    }

    private func open(_ bracket: String, _ text: inout [UInt8]) {
        text += bracket.utf8
        if spelling.manyLines { text += "\r\n\t".utf8 }
    }

    private func separate(_ isFirst: inout Bool, _ text: inout [UInt8]) {
        if !isFirst {
            text.append(UInt8(ascii: ","))
            space(&text)
        }
        isFirst = false
    }

    private func space(_ text: inout [UInt8]) {
        if spelling.manyLines { text += " \n  ".utf8 } else if spelling.spaces { text.append(UInt8(ascii: " ")) }
    }
}
