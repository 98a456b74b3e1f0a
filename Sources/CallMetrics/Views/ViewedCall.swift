// SPDX-License-Identifier: Apache-2.0
import Aggregation
import GenAI

/// The facts about a call that views have as label values.
struct ViewedCall: Hashable {
    let operation: Symbol
    let provider: Symbol
    let requestModel: Symbol
    let responseModel: Symbol
    /// The service that made the call, and where that service runs; absent unless a view reads them.
    let service: Symbol
    let environment: Symbol

    /// Takes the facts from a call.
    ///
    /// - Parameters:
    ///   - call: The call.
    ///   - hidesModel: Whether the names of its model are over their limit.
    ///   - origin: The values of ``OpenLITView/origin``; empty unless they are read.
    init(_ call: borrowing ModelCall, hidesModel: Bool, origin: ArraySlice<Symbol>) {
        operation = call.operation
        provider = call.provider
        requestModel = hidesModel ? .overflow : call.requestModel
        responseModel = hidesModel ? .overflow : call.responseModel
        service = origin.first ?? .absent
        environment = origin.last ?? .absent
    }

    /// The values of some labels.
    func values(of labels: [ViewLabel], _ symbols: SymbolTable) -> LabelValues {
        var values = LabelValues()
        for label in labels {
            switch label {
            case .sdk: values.append(ViewLabel.openLIT)
            case .operation, .type: values.append(operation, in: .operation, symbols)
            case .system, .provider: values.append(provider, in: .provider, symbols)
            case .requestModel: values.append(requestModel, in: .model, symbols)
            case .responseModel: values.append(responseModel, in: .model, symbols)
            case .application, .service: values.append(origin: service, symbols)
            case .environment, .deployment: values.append(origin: environment, symbols)
            }
        }
        return values
    }
}

/// A label of a view, by the name that dashboards ask for.
enum ViewLabel: String {
    case operation = "gen_ai_operation_name"
    case provider = "gen_ai_provider_name"
    case requestModel = "gen_ai_request_model"
    case responseModel = "gen_ai_response_model"
    // The following ones are OpenLIT's, which has changed its names: each generation of dashboards has its own.
    case sdk = "telemetry_sdk_name"
    case system = "gen_ai_system"
    case type = "gen_ai_type"
    case application = "gen_ai_application_name"
    case service = "service_name"
    case environment = "gen_ai_environment"
    case deployment = "deployment_environment"

    /// The value of `telemetry_sdk_name`, by which the dashboards select.
    static let openLIT = "openlit"

    /// The label in a family.
    var name: LabelName {
        switch self {
        case .sdk: .fixed(rawValue, [Self.openLIT])
        case .operation, .type: .fixed(rawValue)
        default: .open(rawValue)
        }
    }
}

extension LabelValues {
    /// Adds a value that spans report.
    mutating func append(_ symbol: Symbol, in vocabulary: Vocabulary, _ symbols: SymbolTable) {
        let text = symbols.text(of: symbol)
        append(text, isKnown: symbols.isStandIn(symbol) || symbols.knows(text, in: vocabulary))
    }

    /// Adds the name of a service or of an environment; OpenLIT's word for one without a name is `default`.
    fileprivate mutating func append(origin symbol: Symbol, _ symbols: SymbolTable) {
        guard symbol != .absent else { return append("default") }
        append(symbols.text(of: symbol), isKnown: false)
    }
}
