// SPDX-License-Identifier: Apache-2.0
import Pricing

/// The vertical axis of a chart of money: from zero to a round amount, with lines at round amounts.
struct ChartScale: Equatable {
    /// The amounts at the lines, the highest first and zero last.
    let marks: [Dollars]

    /// The number of lines above zero.
    private static let lines: Int128 = 4

    /// - Parameter highest: The amount that has to fit.
    init(upTo highest: Dollars) {
        let wanted = max(highest.femtodollars, 1)
        var step: Int128 = 1
        // Steps of 1, 2, 2.5 and 5 times a power of ten; 2.5 is left out where it is no whole number.
        while step * Self.lines < wanted, step < Int128.max / 100 {
            if let fitting = [step, step * 2, step % 2 == 0 ? step * 5 / 2 : step * 5, step * 5]
                .first(where: { $0 * Self.lines >= wanted })
            {
                step = fitting
                break
            }
            step *= 10
        }
        marks = (0...Self.lines).reversed().map { Dollars(femtodollars: step * $0) }
    }

    /// The amount at the top.
    var top: Dollars { marks[0] }

    /// The height of an amount in thousandths of the axis.
    func height(_ amount: Dollars) -> Int { PageFigures.permille(amount.femtodollars, of: top.femtodollars) }

    /// The texts of the marks: no more decimals than the steps need.
    var labels: [String] {
        let cent: Int128 = 10_000_000_000_000
        let step = marks[marks.count - 2].femtodollars
        return marks.map { mark in
            guard step % (100 * cent) == 0, mark.femtodollars > 0 else {
                return mark == .zero ? "$0" : PageFigures.dollars(mark)
            }
            return String(PageFigures.dollars(mark).dropLast(3))
        }
    }
}
