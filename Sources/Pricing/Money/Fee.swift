// SPDX-License-Identifier: Apache-2.0

/// A unit that is billed in addition to tokens.
package enum FeeUnit: String, CaseIterable, Sendable {
    case request
    case webSearch = "web_search"
    case fileSearch = "file_search"
    case mapsSearch = "maps_search"
    case rerankSearch = "rerank_search"
    case codeSession = "code_session"
    case page
    case annotatedPage = "annotated_page"
    case image
    case inputImageUnit = "input_image_unit"
    case textMessage = "text_message"
    /// A million characters.
    case megaCharacter = "mchar"
    case audioHour = "audio_hour"
    case audioSecond = "audio_second"
    case inputAudioSecond = "input_audio_second"
    case inputVideoSecond = "input_video_second"
    case outputSecond = "output_second"
}

/// The price of one billed unit.
package struct Fee: Hashable, Sendable {
    package let unit: FeeUnit
    package let price: Dollars

    package init(unit: FeeUnit, price: Dollars) {
        self.unit = unit
        self.price = price
    }
}

/// The billed units of one call, in millionths of a unit.
package struct UnitCounts: Sendable, Equatable {
    private var millionths: [FeeUnit: Int64] = [:]

    /// Makes an empty count.
    package init() {}

    /// Whether nothing was counted.
    package var isEmpty: Bool { millionths.isEmpty }

    /// The units that were counted.
    package var units: [FeeUnit] { FeeUnit.allCases.filter { millionths[$0] != nil } }

    /// The count of a unit in millionths, or `nil` when it was not counted.
    package subscript(unit: FeeUnit) -> Int64? {
        get { millionths[unit] }
        set { millionths[unit] = newValue }
    }
}
