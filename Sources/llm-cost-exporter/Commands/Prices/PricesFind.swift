// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Notation
import Pricing

/// `prices find`: how a name is matched, step by step.
struct PricesFind: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find", abstract: "Show step by step how the book matches a model's name.",
        discussion: """
            If the name is unknown, it prints a price file to complete, and the exit code is 1; otherwise it is 0. A wrong flag \
            or value gives 64.
            """)

    @OptionGroup var files: PriceFilesFlag
    @OptionGroup var output: OutputFormatFlag
    @OptionGroup var time: MomentFlag
    @Option(help: "Provider, as spans report it.")
    var provider = ""
    @Option(help: "Host that was called; selects the provider if none is given.")
    var serverAddress = ""
    @Flag(help: "Accept the price of a similar name, as the setting prices.approximate does.")
    var approximate = false
    @Argument(help: "Model, as spans report it.")
    var model: String

    func validate() throws {
        guard !model.allSatisfy(\.isWhitespace) else { throw ValidationError("give the name of a model") }
    }

    func run() throws {
        let book = try files.book()
        let trace = MatchTrace()
        var question = PriceQuestion(model: model)
        question.provider = provider
        question.serverAddress = serverAddress
        question.allowsApproximate = approximate
        question.moment = time.moment
        let answer = book.price(question, trace: trace)
        if let card = answer.clockCard {
            show(trace, card.modelID, card.matched.rawValue, nil)
            StandardError.write("note: \(HostedModel.clockNote(card.modelID))\n")
            return
        }
        let suggestions = book.suggestions(provider: provider, host: serverAddress, model: model)
        switch answer.outcome {
        case .priced(let card, _): show(trace, card.modelID, card.matched.rawValue, nil)
        case .unpriced(.noRate), .reported, .nothingToPrice: show(trace, "", UnpricedReason.noRate.rawValue, nil)
        case .unpriced(let reason):
            for alias in book.aliases(named: model) {
                let tenant = alias.tenant.isEmpty ? "" : " for the calls of tenant \(alias.tenant)"
                trace.note(
                    "the name is an alias of \(alias.model)\(tenant) if the provider is \(alias.provider); "
                        + "try --provider \(alias.provider)")
            }
            show(trace, "", reason.rawValue, suggestions)
            throw ExitCode.failure
        }
    }

    private func show(_ trace: MatchTrace, _ id: String, _ word: String, _ suggestions: PriceSuggestions?) {
        guard output.format == .text else {
            var members = [
                ("model", id.isEmpty ? "null" : JSONText.quoted(id)),
                (id.isEmpty ? "reason" : "matched", JSONText.quoted(word)),
                ("steps", JSONText.list(trace.steps.map(JSONText.quoted))),
            ]
            if let suggestions {
                members.append(("closest", JSONText.list(suggestions.closest.map(JSONText.quoted))))
                members.append(("stub", JSONText.quoted(suggestions.stub)))
            }
            print(JSONText.object(members))
            return
        }
        for step in trace.steps { print(step) }
        if id.isEmpty { print("not matched: \(word)") }
        guard let suggestions else { return }
        if !suggestions.closest.isEmpty { print("nearest: " + suggestions.closest.joined(separator: ", ")) }
        print("a price file to complete:\n\n\(suggestions.stub)", terminator: "")
    }
}
