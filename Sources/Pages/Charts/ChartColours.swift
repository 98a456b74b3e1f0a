// SPDX-License-Identifier: Apache-2.0
import Notation

/// Gives each series of a chart a colour that depends on its name, so that it has the same one on every page and day.
enum ChartColours {
    /// The number of colours; further series share one colour with all others.
    static let count = 7
    static let others = "rest"

    /// Chooses colours.
    ///
    /// - Parameter names: The names of the series, the most important first; at most ``count`` of them get a colour of their own.
    /// - Returns: The classes of the style sheet.
    static func classes(for names: [String]) -> [String] {
        var taken = Set<Int>()
        return names.map { name in
            guard taken.count < count else { return others }
            // The colour of a name that is taken by a more important one is the next that is free.
            var colour = place(of: name)
            while taken.contains(colour) { colour = (colour + 1) % count }
            taken.insert(colour)
            return "series\(colour)"
        }
    }

    /// FNV-1a, the same in every process.
    private static func place(of name: String) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Int(hash >> 8) % count
    }
}
