// SPDX-License-Identifier: Apache-2.0
import GenAI

/// Decides which calls may cost nothing.
///
/// Many senders write a cost of 0 if they do not know the price, so that a 0 alone proves nothing. A 0 counts for a call that a
/// gateway answered from its cache, for a model whose name says that it is free, and for a model on the operator's own machines,
/// where tokens are not billed.
enum FreeCalls {
    /// Whether a reported cost of 0 counts because of the model and its provider.
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

    /// The hosts on which makers of such software serve models for money.
    private static let vendorHosts = ["ollama.com"]

    /// Servers for models on the operator's own machines, without separators.
    private static let ownSoftware: Set<String> = [
        "exllama", "exllamav2", "gpt4all", "koboldcpp", "lemonade", "llamacpp", "llamafile", "lmdeploy", "lmstudio",
        "localai", "mlx", "ollama", "oobabooga", "sglang", "tensorrtllm", "textgenerationinference", "tgi", "vllm",
        "xinference",
    ]
}

extension ModelCall {
    /// Whether the call's reported cost is a price.
    ///
    /// - Parameter mayBeFree: Whether a cost of 0 counts for this provider and model.
    /// - Returns: `false` without a reported cost, and for a 0 that means that the sender does not know the price.
    func reportsPrice(mayBeFree: Bool) -> Bool {
        guard let reportedFemtodollars else { return false }
        return reportedFemtodollars > 0 || mayBeFree || costsNothing
    }

    /// Whether the span says that the call cost nothing because a cache answered it.
    var costsNothing: Bool { isFromCache && reportedFemtodollars == 0 }
}

extension String {
    fileprivate func removing(suffix: String) -> String { hasSuffix(suffix) ? String(dropLast(suffix.count)) : self }
}
