// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Pricing

/// The moment whose prices a command shows.
struct MomentFlag: ParsableArguments {
    @Option(help: "Use the prices at this UTC time, 2026-05-01 or 2026-05-01T10:00:00Z, instead of the current ones.")
    var at: String?

    func validate() throws {
        guard let at, PriceMoment(timestamp: at) == nil else { return }
        throw ValidationError("--at must be a UTC time such as 2026-05-01 or 2026-05-01T10:00:00Z, not \(at)")
    }

    /// The moment asked for, or now.
    var moment: PriceMoment {
        at.flatMap(PriceMoment.init(timestamp:))
            ?? PriceMoment(nanoseconds: UInt64(max(0, Date().timeIntervalSince1970)) * 1_000_000_000)
    }
}
