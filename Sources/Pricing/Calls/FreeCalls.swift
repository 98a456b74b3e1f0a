// SPDX-License-Identifier: Apache-2.0
import GenAI

/// Which calls may cost nothing.
///
/// Many emitters write a cost of 0 where they know no price, so that a 0 alone proves nothing. It is believed of a call
/// that its gateway answered from a cache, of a model whose name says that it is free, and of a model on the operator's
/// own machines, where nobody bills tokens.
enum FreeCalls {
    /// Whether a cost of 0 is believed because of who served which model.
    ///
    /// - Parameters:
    ///   - provider: The provider as reported; empty when absent.
    ///   - model: The model as reported.
    ///   - host: The host that was called; empty when unknown.
    /// - Returns: Whether the name says `free`, or the provider is software that runs on the operator's own machines. A
    ///   model whose name says `cloud`, or whose host is the vendor's, runs on the vendor's machines.
    static func mayBeFree(provider: String, model: String, host: String) -> Bool {
        let words = model.lowercased().split { !($0.isLetter || $0.isNumber) }
        if words.last == "free" { return true }
        let host = host.lowercased()
        let provider = String(provider.lowercased().filter { $0.isLetter || $0.isNumber })
        guard ownSoftware.contains(provider.removing(suffix: "chat")) else { return false }
        let isVendors = vendorHosts.contains { host == $0 || host.hasSuffix(".\($0)") }
        return !isVendors && !words.contains("cloud")
    }

    /// Where makers of such software serve models themselves, for money.
    private static let vendorHosts = ["ollama.com"]

    /// Servers for models on one's own machines, without separators.
    private static let ownSoftware: Set<String> = [
        "exllama", "exllamav2", "gpt4all", "koboldcpp", "lemonade", "llamacpp", "llamafile", "lmdeploy", "lmstudio",
        "localai", "mlx", "ollama", "oobabooga", "sglang", "tensorrtllm", "textgenerationinference", "tgi", "vllm",
        "xinference",
    ]
}

extension ModelCall {
    /// Whether the call's own figure is a price.
    ///
    /// - Parameter mayBeFree: Whether a cost of 0 is believed of this provider and model.
    /// - Returns: `false` without a figure, and for a 0 that only says that the emitter knows no price.
    func reportsPrice(mayBeFree: Bool) -> Bool {
        guard let reportedFemtodollars else { return false }
        return reportedFemtodollars > 0 || mayBeFree || costsNothing
    }

    /// Whether the span says that the call cost nothing since no model had to answer it.
    var costsNothing: Bool { isFromCache && reportedFemtodollars == 0 }
}

extension String {
    fileprivate func removing(suffix: String) -> String { hasSuffix(suffix) ? String(dropLast(suffix.count)) : self }
}
