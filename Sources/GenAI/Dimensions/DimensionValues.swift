// SPDX-License-Identifier: Apache-2.0

/// The values of one set of dimensions, in memory that is used again for the next one.
package struct DimensionValues: Sendable {
    /// A value.
    package struct Value: Sendable {
        /// The index of the dimension in ``DimensionTable/rules``.
        package let rule: Int
        /// The hash of the text by the secret of the process: equal ones are taken for equal texts.
        package let hash: UInt64
        fileprivate let text: Range<Int>
    }

    /// The values, in the order of the dimensions.
    package private(set) var values: [Value] = []
    private var bytes: [UInt8] = []

    package init() {}

    /// The text of a value.
    package func text(of value: Value) -> String { String(decoding: bytes[value.text], as: UTF8.self) }

    mutating func removeAll() {
        values.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    mutating func append(_ rule: Int, _ hash: UInt64, _ text: ArraySlice<UInt8>) {
        values.append(Value(rule: rule, hash: hash, text: bytes.count..<(bytes.count + text.count)))
        bytes += text
    }
}
