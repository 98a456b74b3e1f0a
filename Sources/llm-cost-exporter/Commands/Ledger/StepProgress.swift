// SPDX-License-Identifier: Apache-2.0
import Dispatch

/// Says on a terminal how far a long command is; a pipe or file never gets it.
final class StepProgress {
    private let isShown: Bool
    private let now: () -> UInt64
    private let write: (String) -> Void
    private let began: UInt64
    private var lastShown: UInt64 = 0
    private var isVisible = false

    /// The time before the first line, and between two lines, in nanoseconds.
    private static let (wait, pause): (UInt64, UInt64) = (1_000_000_000, 200_000_000)

    init(
        isShown: Bool = ProgressLine.fitsTerminal,
        now: @escaping () -> UInt64 = { DispatchTime.now().uptimeNanoseconds },
        write: @escaping (String) -> Void = { StandardError.write($0) }
    ) {
        (self.isShown, self.now, self.write) = (isShown, now, write)
        began = now()
    }

    /// Shows a step, if a line is due.
    ///
    /// - Parameters:
    ///   - step: What is done.
    ///   - done: How much of it.
    ///   - all: All of it; 0 if that is not known.
    func show(_ step: String, _ done: Int, of all: Int) {
        guard isShown else { return }
        let time = now()
        guard time &- began >= Self.wait, time &- lastShown >= Self.pause else { return }
        lastShown = time
        isVisible = true
        let share = all > 0 ? ", \(min(100, done / max(1, all / 100))) %" : ""
        write("\r\u{1B}[K\(step)\(share)")
    }

    /// Takes the line away.
    func clear() {
        guard isVisible else { return }
        isVisible = false
        write("\r\u{1B}[K")
    }
}
