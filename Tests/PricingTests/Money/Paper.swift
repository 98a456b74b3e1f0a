// SPDX-License-Identifier: Apache-2.0

/// A whole number as decimal digits, four at a time and the last ones first: nothing like the arithmetic that it checks.
struct Paper: Equatable {
    private var groups: [Int] = []

    init(_ text: String) {
        var rest = Array(text.utf8)
        while !rest.isEmpty {
            groups.append(rest.suffix(4).reduce(0) { $0 * 10 + Int($1) - 48 })
            rest.removeLast(min(4, rest.count))
        }
    }

    func times(_ number: Int64) -> Paper {
        let other = Paper(String(number))
        var product = Paper("")
        product.groups = [Int](repeating: 0, count: groups.count + other.groups.count + 1)
        for left in groups.indices {
            for right in other.groups.indices { product.groups[left + right] += groups[left] * other.groups[right] }
        }
        product.carry()
        return product
    }

    mutating func add(_ other: Paper) {
        while groups.count < other.groups.count { groups.append(0) }
        for index in other.groups.indices { groups[index] += other.groups[index] }
        groups.append(0)
        carry()
    }

    /// The quotient rounded to the nearest whole number, a half to the even one; by long division.
    func divided(by divisor: Int64) -> Paper {
        var quotient = Paper("0")
        quotient.groups = [Int](repeating: 0, count: groups.count)
        var rest = 0
        for index in groups.indices.reversed() {
            rest = rest * 10_000 + groups[index]
            quotient.groups[index] = rest / Int(divisor)
            rest %= Int(divisor)
        }
        if 2 * rest > Int(divisor) || (2 * rest == Int(divisor) && quotient.groups[0] % 2 == 1) {
            quotient.add(Paper("1"))
        }
        quotient.carry()
        return quotient
    }

    private mutating func carry() {
        for index in groups.indices.dropLast() {
            groups[index + 1] += groups[index] / 10_000
            groups[index] %= 10_000
        }
        while groups.count > 1, groups.last == 0 { groups.removeLast() }
    }

    /// The number as dollars, if it counts units of 1e-15.
    var dollars: String {
        let text = groups.reversed().map { String(String($0 + 10_000).dropFirst()) }.joined()
        let digits = String(repeating: "0", count: max(0, 16 - text.utf8.count)) + text
        var fraction = digits.suffix(15)
        while fraction.last == "0" { fraction.removeLast() }
        var whole = digits.dropLast(15)
        while whole.count > 1, whole.first == "0" { whole.removeFirst() }
        return fraction.isEmpty ? String(whole) : "\(whole).\(fraction)"
    }
}
