// SPDX-License-Identifier: Apache-2.0

extension UnpricedReason {
    /// Whether a price file gives such calls a price.
    package var isMendedByPrices: Bool {
        switch self {
        case .unknownProvider, .unknownModel, .opaqueDeployment, .noRate: true
        case .noModel, .noUsage, .invalidUsage: false
        }
    }

    /// What to do about such calls, in one sentence without a full stop.
    package var remedy: String {
        switch self {
        case .unknownProvider: "add the provider and the model to a price file"
        case .unknownModel: "add the model to a price file"
        case .opaqueDeployment: "the name does not identify the model: say which one it is, by an alias in a price file"
        case .noRate:
            "the price book has the model, but no rate for these tokens or units, or none at that time: add the model to a "
                + "price file, with all its rates"
        case .noModel:
            "no price file helps: let the sender name the model, in gen_ai.request.model or gen_ai.response.model"
        case .noUsage:
            "no price file helps: let the sender report tokens, in gen_ai.usage.input_tokens and gen_ai.usage.output_tokens; for "
                + "streamed answers of OpenAI: stream_options={\"include_usage\": true}"
        case .invalidUsage: "correct the counts"
        }
    }
}
