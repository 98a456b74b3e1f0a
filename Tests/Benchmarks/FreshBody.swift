// SPDX-License-Identifier: Apache-2.0
import TestData

/// A body whose trace and answer ids change each time, so that no span is a duplicate of an earlier one.
struct FreshBody {
    private(set) var bytes: [UInt8]
    /// The indices of the first bytes of trace ids, and of the digits of answer ids.
    private var traces: [Int] = []
    private var answers: [Int] = []
    private var random: SeededGenerator

    /// Makes a body of `BenchmarkBody`.
    init(_ bytes: [UInt8], seed: UInt64) {
        self.bytes = bytes
        random = SeededGenerator(seed: seed)
        let answer = Array("chatcmpl-".utf8)
        for index in 0..<bytes.count - 28 {
            // The tags and lengths of a trace id and of the span id behind it.
            if bytes[index] == 1 << 3 | 2, bytes[index + 1] == 16, bytes[index + 18] == 2 << 3 | 2,
                bytes[index + 19] == 8
            {
                traces.append(index + 2)
            } else if bytes[index] == answer[0], bytes[index..<index + answer.count].elementsEqual(answer) {
                answers.append(index + answer.count)
            }
        }
    }

    /// Changes all ids; spans of one trace stay in one trace.
    mutating func renew() {
        let change = random.next()
        for index in traces {
            for byte in 0..<8 { bytes[index + byte] ^= UInt8(truncatingIfNeeded: change >> UInt64(8 * byte)) }
        }
        for index in answers {
            let id = random.next()
            for digit in 0..<8 {
                bytes[index + digit] = 0x61 + UInt8(truncatingIfNeeded: id >> UInt64(4 * digit)) % 16
            }
        }
    }
}
