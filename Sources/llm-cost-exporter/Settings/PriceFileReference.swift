// SPDX-License-Identifier: Apache-2.0
/// A price file that settings name.
struct PriceFileReference: Equatable {
    /// Its path, as far as the process is concerned.
    let path: String
    /// What names it; says nothing of the file itself.
    let source: SettingSource

    static func == (left: PriceFileReference, right: PriceFileReference) -> Bool { left.path == right.path }
}

/// A price book that settings name to compare with.
struct ShadowBookReference: Equatable {
    /// The value of the label `book`.
    let name: String
    let files: [PriceFileReference]
}
