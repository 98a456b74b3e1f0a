// SPDX-License-Identifier: Apache-2.0

/// What is kept of calls, for how long, and how it is written.
package struct RowConfiguration: Sendable, Equatable {
    /// Whether single calls are kept, with dropped spans, traces and sessions; otherwise roll-ups and totals only.
    ///
    /// Default true. File key `storage.calls`.
    package var keepsCalls = true
    /// How long single calls are kept, in seconds, by the end of the call; `nil` for ever.
    ///
    /// Default 100 days. File key `storage.retention.calls`.
    package var callSeconds: Int64? = 100 * 86_400
    /// How long roll-ups are kept, in seconds; `nil` for ever.
    ///
    /// Default 800 days. File key `storage.retention.rollups`.
    package var rollupSeconds: Int64? = 800 * 86_400
    /// The largest size of the database: at the ceiling the oldest calls go first, then the oldest roll-ups.
    ///
    /// Default 10 GiB. File key `storage.max_bytes`.
    package var mostBytes = 10 << 30
    /// The largest number of calls and dropped spans: at the ceiling the oldest go, and ``mostBytes`` is that of roll-ups; `nil`
    /// bounds their bytes alone.
    ///
    /// Without a folder, that of `storage.memory_calls`.
    package var mostSpans: Int?
    /// The number of waiting calls and dropped spans at which they are written, however short they have waited.
    ///
    /// Not a setting: 8,192, some 4 MB.
    package var transactionCalls = 8_192
    /// How long calls wait to be written together, in milliseconds.
    ///
    /// Not a setting: a second.
    package var waitMilliseconds = 1_000
    /// The time between two attempts when writing fails, in milliseconds.
    ///
    /// Not a setting: a second.
    package var retryMilliseconds = 1_000
    /// How long a transaction waits for the lock of another process, in milliseconds.
    ///
    /// Not a setting: five seconds.
    package var busyMilliseconds = 5_000
    /// The bytes of the write-ahead log from which it is copied into the database.
    ///
    /// Not a setting: 16 MiB.
    package var logBytes = 16 << 20
    /// How many of the latest traces are known without a look into the database.
    ///
    /// Not a setting: 65,536.
    package var recentTraces = 65_536
    /// The rows of a generation of the further traces of sessions.
    ///
    /// Not a setting: 65,536, some 300 pages.
    package var rowsOfGeneration = SessionTraces.rowsOfGeneration
    /// How long a wall clock that was set ahead must stay there before rows age by it, in seconds.
    ///
    /// Not a setting: an hour.
    package var clockPatienceSeconds: Int64 = 3_600
    /// The number of new texts after which texts that nothing refers to are removed.
    ///
    /// Not a setting: 262,144, some 30 MB.
    package var mostNewTexts: Int64 = 262_144

    package init() {}
}
