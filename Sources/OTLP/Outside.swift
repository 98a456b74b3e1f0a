// SPDX-License-Identifier: Apache-2.0

/// A number from a sender: a count, an amount, a time.
///
/// A sender may send any number, and Swift's `+` ends the process if the sum does not fit. So an outside number has no
/// operators: arithmetic on it returns `nil` if the result does not fit. ``checked(in:)`` turns it into an ordinary number
/// within known bounds.
///
/// Public because only public declarations are inlined into other rooms, and these run several times for each span.
@frozen public struct Outside<Number: Comparable & Sendable>: Sendable {
    /// The number as sent, to show or hash; check it before you calculate with it.
    public let asSent: Number

    @inlinable @inline(__always)
    public init(_ number: Number) { asSent = number }

    /// The number, if it lies within bounds.
    ///
    /// - Parameter bounds: The bounds, both inclusive.
    /// - Returns: The number, or `nil` if it is outside the bounds or NaN.
    @inlinable @inline(__always)
    public func checked(in bounds: ClosedRange<Number>) -> Number? {
        asSent >= bounds.lowerBound && asSent <= bounds.upperBound ? asSent : nil
    }
}

extension Outside where Number: FixedWidthInteger {
    /// The sum, or `nil` when it does not fit.
    @inlinable @inline(__always)
    public func adding(_ other: Outside) -> Outside? {
        let (sum, overflow) = asSent.addingReportingOverflow(other.asSent)
        return overflow ? nil : Outside(sum)
    }

    /// The difference, or `nil` when it does not fit: for times, when `other` is later.
    @inlinable @inline(__always)
    public func subtracting(_ other: Outside) -> Outside? {
        let (difference, overflow) = asSent.subtractingReportingOverflow(other.asSent)
        return overflow ? nil : Outside(difference)
    }

    /// The product, or `nil` when it does not fit.
    @inlinable @inline(__always)
    public func multiplied(by factor: Number) -> Outside? {
        let (product, overflow) = asSent.multipliedReportingOverflow(by: factor)
        return overflow ? nil : Outside(product)
    }
}

extension Outside<Double> {
    /// The nearest `Double` to a whole number.
    @inlinable
    public init(_ number: Outside<Int64>) { self.init(Double(number.asSent)) }

    /// The number, if it is a whole one within bounds.
    @inlinable @inline(__always)
    public func whole(in bounds: ClosedRange<Int64>) -> Int64? {
        Int64(exactly: asSent).flatMap { Outside<Int64>($0).checked(in: bounds) }
    }

    /// The number times a factor, rounded to the nearest whole number.
    ///
    /// - Parameters:
    ///   - factor: The factor.
    ///   - bounds: The bounds of the product, before and after rounding.
    /// - Returns: The product, or `nil` if it is outside the bounds or NaN.
    @inlinable
    public func rounded(times factor: Double, in bounds: ClosedRange<Int64>) -> Int64? {
        let product = asSent * factor
        guard product >= Double(bounds.lowerBound), product <= Double(bounds.upperBound) else { return nil }
        return Outside<Double>(product.rounded()).whole(in: bounds)
    }
}

extension Outside: Equatable, Comparable {
    @inlinable @inline(__always)
    public static func == (left: Outside, right: Outside) -> Bool { left.asSent == right.asSent }

    @inlinable @inline(__always)
    public static func < (left: Outside, right: Outside) -> Bool { left.asSent < right.asSent }

    @inlinable @inline(__always)
    public static func <= (left: Outside, right: Outside) -> Bool { left.asSent <= right.asSent }

    @inlinable @inline(__always)
    public static func > (left: Outside, right: Outside) -> Bool { left.asSent > right.asSent }

    @inlinable @inline(__always)
    public static func >= (left: Outside, right: Outside) -> Bool { left.asSent >= right.asSent }
}

extension Outside: ExpressibleByIntegerLiteral where Number: ExpressibleByIntegerLiteral {
    @inlinable @inline(__always)
    public init(integerLiteral value: Number.IntegerLiteralType) { self.init(Number(integerLiteral: value)) }
}

extension Outside: ExpressibleByFloatLiteral where Number: ExpressibleByFloatLiteral {
    @inlinable @inline(__always)
    public init(floatLiteral value: Number.FloatLiteralType) { self.init(Number(floatLiteral: value)) }
}

extension Outside: CustomStringConvertible {
    public var description: String { "\(asSent)" }
}
