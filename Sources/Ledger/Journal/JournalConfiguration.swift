// SPDX-License-Identifier: Apache-2.0

/// The bounds of a journal.
package struct JournalConfiguration: Sendable {
    /// Whether the names of root spans are recorded, if their traces have calls.
    package var keepsTraceNames = false
    /// Whether the journal hands over spans that are not counted, in addition to counted calls.
    package var keepsDropped = false
    /// Whether a record counts as stored only after `fdatasync`, so that it outlives a power cut; otherwise it only outlives
    /// the process.
    package var syncs = true
    /// The bytes after which a segment is full.
    ///
    /// Not a setting: 32 MiB.
    package var segmentBytes = 32 << 20
    /// The bytes that may wait to be written; beyond them bodies are refused.
    ///
    /// Not a setting: 64 MiB.
    package var mostWaitingBytes = 64 << 20
    /// The bytes that wait to be written beyond which a large body pauses between its parts.
    ///
    /// Not a setting: 8 MiB.
    package var pausingBytes = 8 << 20
    /// The priced calls that wait beyond which the thread that decides calls pauses.
    ///
    /// Not a setting: 16,384, some 7 MB.
    package var pausingUncounted = 16_384
    /// The calls and dropped spans that wait, for the counters or for the rows, beyond which that thread and large bodies pause.
    ///
    /// Not a setting: 49,152, which the rows write in about a second.
    package var pausingWaiting = 49_152
    /// The longest pause of a thread, in milliseconds; it then goes on, so that counters do not wait for rows.
    ///
    /// Not a setting: a second.
    package var pauseMilliseconds = 1_000
    /// How long a large body may pause in all while the journal or the rows are at their ceiling, in milliseconds.
    ///
    /// Not a setting: a minute, longer than most senders wait for an answer; they send the body again. From then on, the body pauses
    /// like others, so that it does not hold a thread for ever.
    package var fullPauseMilliseconds = 60_000
    /// The calls and dropped spans that wait beyond which answers are held, so that senders wait instead of being refused.
    ///
    /// Not a setting: 32,768, some 14 MB.
    package var holdingWaiting = 32_768
    /// The longest time that an answer is held, in milliseconds.
    ///
    /// Not a setting: a second, much less than senders wait for an answer.
    package var holdingMilliseconds = 1_000
    /// The calls and dropped spans that may wait for their records to be stored, to be counted and to be in the rows; beyond them
    /// bodies are refused.
    ///
    /// Not a setting: 131,072, some 56 MB.
    package var mostUncounted = 131_072
    /// How many of the latest calls and aggregates that took a place in the settle window have their records kept, to rebuild
    /// the window; at least four times as many as may wait.
    package var rememberedArrivals = 262_144
    /// The bytes of stored segments beyond which the oldest go, even if the window remembers their spans; not while one waits.
    package var mostStoredBytes = 512 << 20
    /// How long, in nanoseconds, a segment with remembered spans stays however large the journal is.
    package var leastAge: UInt64 = 120_000_000_000
    /// The bytes of journal after which a checkpoint is due.
    ///
    /// Not a setting: 32 MiB.
    package var checkpointBytes = 32 << 20
    /// What a start must have read of the journal, in bytes, or counted, in calls, to take a checkpoint at once: should the process
    /// end soon, the next start has less to do.
    ///
    /// Not a setting: 32 MiB and 100,000 calls.
    package var promptBytes = 32 << 20
    package var promptCalls = 100_000
    /// The time between two attempts when writing fails, in milliseconds.
    package var retryMilliseconds = 1_000
    /// The version of the program, for people who read a segment.
    package var writer = ""

    package init() {}
}
