// SPDX-License-Identifier: Apache-2.0
import GenAI

/// What a SKU of a model counts.
enum FocusMeter: Hashable, Sendable {
    case tokens(TokenClass)
    case unit(BilledUnits.Unit)
    /// The fee for an answer.
    case requests
    /// The time of calls that are billed by time.
    case callTime
    /// Calls whose cost is that which their spans state.
    case reportedCost
    /// Calls whose cost is not the product of the prices that are kept.
    case wholeCalls
    /// Calls without a price that state no tokens.
    case unpricedCalls
    /// The time of machines that are billed by the clock.
    case machineTime
    /// What repricing has changed.
    case adjustment

    /// The column `SkuMeter`.
    var name: String {
        switch self {
        case .tokens(let tokenClass): Self.name(of: tokenClass) + " Tokens"
        case .unit(.webSearch): "Web Searches"
        case .unit(.fileSearch): "File Searches"
        case .unit(.mapsSearch): "Maps Searches"
        case .unit(.rerankSearch): "Rerank Searches"
        case .unit(.codeSession): "Code Sessions"
        case .requests: "Requests"
        case .callTime: "Call Time"
        case .reportedCost: "Reported Cost"
        case .wholeCalls: "Model Calls"
        case .unpricedCalls: "Unpriced Calls"
        case .machineTime: "Machine Time"
        case .adjustment: "Model Calls"
        }
    }

    /// The last part of `SkuId`.
    var id: String {
        switch self {
        case .tokens(let tokenClass): tokenClass.name
        case .unit(let unit): unit.name
        case .requests: "request"
        case .callTime: "call_time"
        case .reportedCost: "reported_cost"
        case .wholeCalls: "call"
        case .unpricedCalls: "unpriced_call"
        case .machineTime: "machine_time"
        case .adjustment: "call"
        }
    }

    /// The column `ConsumedUnit`, and the number of decimals of the counts.
    var consumed: (unit: String, decimals: Int) {
        switch self {
        case .tokens, .reportedCost: ("Tokens", 0)
        case .unit(.codeSession): ("Sessions", 0)
        case .unit: ("Searches", 0)
        case .requests: ("Requests", 0)
        case .wholeCalls, .unpricedCalls: ("Calls", 0)
        // Counted in microseconds.
        case .callTime: ("Seconds", 6)
        case .machineTime, .adjustment: ("USD", 15)
        }
    }

    /// What the price is for.
    enum Pricing { case millionTokens, piece, dollar }

    var pricing: Pricing {
        switch self {
        case .tokens: .millionTokens
        case .unit, .requests, .unpricedCalls: .piece
        case .callTime, .reportedCost, .wholeCalls, .machineTime, .adjustment: .dollar
        }
    }

    /// The column `PricingUnit`.
    var pricingUnit: String {
        switch pricing {
        case .millionTokens: "1000000 Tokens"
        case .piece: consumed.unit
        case .dollar: "USD"
        }
    }

    private static func name(of tokenClass: TokenClass) -> String {
        switch tokenClass {
        case .input: "Input"
        case .output: "Output"
        case .cacheRead: "Cache Read Input"
        case .cacheWrite: "Cache Write Input"
        case .cacheWrite1h: "Cache Write 1 Hour Input"
        case .cacheWrite12h: "Cache Write 12 Hours Input"
        case .reasoning: "Reasoning Output"
        case .inputAudio: "Audio Input"
        case .outputAudio: "Audio Output"
        case .cacheReadAudio: "Cache Read Audio Input"
        case .inputImage: "Image Input"
        case .outputImage: "Image Output"
        case .cacheReadImage: "Cache Read Image Input"
        case .inputVideo: "Video Input"
        case .outputVideo: "Video Output"
        }
    }
}
