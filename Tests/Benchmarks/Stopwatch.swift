// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Measures CPU time of repeated work.
enum Stopwatch {
    /// How often work is repeated, for counting instructions: the second argument, or `nil` for about half a second.
    private static let wantedRounds = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) }

    /// Whether the command's first argument, the beginning of a row's name, asks for this row; all rows without one.
    static func isWanted(_ name: String) -> Bool { CommandLine.arguments.dropFirst().first.map(name.hasPrefix) ?? true }

    /// Repeats the work if its row is wanted, and prints what one time took, and one span of it.
    static func report(_ name: String, spans: Int, _ work: () -> Void) {
        work()
        guard isWanted(name) else { return }
        var rounds = 0
        let start = cpuNanoseconds()
        var used: Int64 = 0
        repeat {
            work()
            rounds += 1
            used = cpuNanoseconds() - start
        } while wantedRounds.map { rounds < $0 } ?? (used < 500_000_000)
        let each = Double(used) / Double(rounds)
        print(
            "\(pad(name, 34)) \(fixed(each / 1e6, 4)) ms a body, \(fixed(each / Double(spans), 1)) ns a span, \(rounds) rounds"
        )
    }

    /// Prints a part of a time as a share of the whole, both in nanoseconds.
    static func reportShare(_ name: String, of part: UInt64, in whole: UInt64) {
        let share = Double(part) / Double(max(1, whole)) * 100
        print(
            "\(pad(name, 34)) \(fixed(share, 1))% of a body, \(fixed(Double(part) / 1e3, 1)) of \(fixed(Double(whole) / 1e3, 1)) µs"
        )
    }

    static func cpuNanoseconds() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func fixed(_ value: Double, _ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int64((value * scale).rounded())
        let text = String(scaled % Int64(scale))
        return "\(scaled / Int64(scale))." + String(repeating: "0", count: digits - text.count) + text
    }
}
