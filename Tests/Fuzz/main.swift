// SPDX-License-Identifier: Apache-2.0

// Usage: Fuzz [BODIES [SEED [FILE]]]
//
// Takes generated bodies in several worlds one after the other, and checks after each thousand that nothing was lost and
// that a known batch is counted exactly. A seed stands for 50,000 bodies. FILE gets each body before it is taken: after a
// trap it holds the one that did it.

import Foundation
import Fuzzing

let arguments = CommandLine.arguments.dropFirst().map(\.self)
let bodies = arguments.first.flatMap { Int($0) } ?? 1_000_000
let firstSeed = arguments.dropFirst().first.flatMap { UInt64($0) } ?? 1
let lastBody = arguments.dropFirst(2).first.map { URL(fileURLWithPath: $0) }
let bodiesOfOneSeed = 50_000

/// Writes a line at once, since nothing that waits in memory outlives a trap.
func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

let began = ContinuousClock.now
var (done, spans, seed) = (0, 0, firstSeed)
do {
    let files = try FuzzRun.priceFiles(bodies / 100, seed: firstSeed)
    say("\(files) of \(bodies / 100) price files were taken")
    while done < bodies {
        let count = min(bodiesOfOneSeed, bodies - done)
        say("seed \(seed): \(count) bodies")
        spans += try FuzzRun(seed: seed, bodies: count, checkEvery: 1_000).run { _, body in
            if let lastBody { try? Data(body).write(to: lastBody) }
        }
        done += count
        seed += 1
    }
} catch {
    say("seed \(seed): \(error)")
    exit(1)
}
say("\(done) bodies with \(spans) spans in \(ContinuousClock.now - began): no trap, every sum exact")
