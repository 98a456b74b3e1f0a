// SPDX-License-Identifier: Apache-2.0

/// What to do about differences.
enum CheckRemedy {
    /// For rows that do not agree.
    static let rows =
        "restore a copy of the folder, or stop the service and move \(RowStore.fileName) out of the folder: counters go on, and "
        + "calls are kept from then on"
    /// For a journal or checkpoint that a start refuses.
    static let folder = "restore a copy of the folder, or start another one"
}
