// SPDX-License-Identifier: Apache-2.0
import Billing
import CallMetrics
import Compression
import GenAI
import Glibc
import Ingest
import Pricing
import Synchronization

/// The share of a body's time for which the settle window's lock is held.
///
/// Bodies on several cores wait for each other only for this share, so its inverse is the number of cores that one window can
/// keep busy.
enum HeldShare {
    /// The time for which a lock is held, in nanoseconds.
    private final class Hold: Sendable {
        private let state = Mutex((began: UInt64(0), total: UInt64(0)))

        func note(_ isHeld: Bool) {
            let now = HeldShare.now()
            state.withLock { state in
                if isHeld { state.began = now } else { state.total += now - state.began }
            }
        }

        func take() -> UInt64 {
            state.withLock { state in
                defer { state.total = 0 }
                return state.total
            }
        }
    }

    /// Prints the medians of many bodies, once the window is full.
    ///
    /// - Parameters:
    ///   - name: The name of the row.
    ///   - filling: The number of bodies that fill the window.
    ///   - bodies: The bodies, each with new ids each time.
    ///   - isCompressed: Whether the bodies are compressed with gzip.
    /// - Throws: What reading the price book or a body throws.
    static func report(_ name: String, filling: Int, _ bodies: inout [FreshBody], isCompressed: Bool = false) throws {
        guard Stopwatch.isWanted(name) else { return }
        let (symbols, store, hold) = (SymbolTable(), MetricsStore(), Hold())
        let pricer = Pricer(book: try PriceBook.embedded(), symbols: symbols)
        let pipeline = IngestPipeline(
            symbols: symbols, biller: Biller(onHold: { hold.note($0) }), pricer: pricer,
            sinks: [ModelCallMetrics(store: store, symbols: symbols)],
            fates: ServiceMetrics(store: store, build: nil), monotonicNanoseconds: { now() })
        let arrival = BodyArrival(form: BodyForm(coding: isCompressed ? .gzip : .identity))
        var (held, whole): ([UInt64], [UInt64]) = ([], [])
        for round in 0..<filling + 600 {
            bodies[round % bodies.count].renew()
            let plain = bodies[round % bodies.count].bytes
            let body = isCompressed ? Gzip.compress(plain) ?? [] : plain
            let began = now()
            let receipt = try pipeline.ingest(body.span, arrival: arrival, reserve: { _ in true })
            let time = now() - began
            precondition(receipt.acceptedSpans == 512)
            let part = hold.take()
            if round >= filling { (held, whole) = (held + [part], whole + [time]) }
        }
        Stopwatch.reportShare(name, of: held.sorted()[held.count / 2], in: whole.sorted()[whole.count / 2])
    }

    static func now() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
