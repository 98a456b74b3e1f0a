// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import GenAI
import Notation
import Pricing

/// `prices list`: the models of the book with the rates of today.
struct PricesList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List models with their current default rates in dollars per million tokens.",
        discussion: """
            The exit code is 0; 1 for a provider that the book does not have, or a price file that cannot be used; 64 for a \
            wrong flag or value.
            """)

    @OptionGroup var files: PriceFilesFlag
    @OptionGroup var output: OutputFormatFlag
    @OptionGroup var time: MomentFlag
    @Option(help: "Only list models of this provider; any of its names is accepted.")
    var provider: String?

    func run() throws {
        let book = try files.book()
        if let provider, !book.knows(provider: provider) {
            let nearest = book.provider(nearestTo: provider).map { "; nearest is \($0)" } ?? ""
            StandardError.write("\(provider): no provider has this name\(nearest)\n")
            throw ExitCode.failure
        }
        let listings = book.listings(provider: provider)
        let moment = time.moment
        guard output.format == .text else {
            for listing in listings { print(listing.json(ratesAt: moment, figures: false)) }
            return
        }
        var rows = [["id", "input", "output", "cached", ""]]
        for listing in listings {
            let rates = listing.model.rates(at: moment)
            rows.append([
                listing.model.id, rates[.input]?.dollarsPerMillion ?? "-", rates[.output]?.dollarsPerMillion ?? "-",
                rates[.cacheRead]?.dollarsPerMillion ?? "-", listing.note,
            ])
        }
        print(AlignedColumns.text(rows), terminator: "")
    }
}

/// `prices show`: every figure of one model.
struct PricesShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the current rates and every figure of a model, by its id in the book.",
        discussion: """
            The exit code is 0; 1 for an id that the book does not have, or a price file that cannot be used; 64 for a wrong \
            flag or value.
            """)

    @OptionGroup var files: PriceFilesFlag
    @OptionGroup var output: OutputFormatFlag
    @OptionGroup var time: MomentFlag
    @Argument(help: "Id in the book, such as openai/gpt-4o; 'prices find' shows it.")
    var id: String

    func run() throws {
        let book = try files.book()
        let listings = book.listings(id: id)
        guard !listings.isEmpty else {
            let closest = book.suggestions(provider: "", model: id).closest.joined(separator: ", ")
            StandardError.write("\(id): no model has this id" + (closest.isEmpty ? "\n" : "; nearest are \(closest)\n"))
            throw ExitCode.failure
        }
        let moment = time.moment
        for listing in listings {
            guard output.format == .text else {
                print(listing.json(ratesAt: moment, figures: true))
                continue
            }
            print(listing.model.id + (listing.note.isEmpty ? "" : " (\(listing.note))"))
            if !listing.model.names.isEmpty { print("names: " + listing.model.names.joined(separator: ", ")) }
            let rates = listing.model.rates(at: moment)
            let inForce = TokenClass.allCases.compactMap { tokenClass in
                rates[tokenClass].map { "\(tokenClass.name) $\($0.dollarsPerMillion)" }
            }
            let discounted = listing.discounts.isEmpty ? "" : ", before the factors below"
            if !inForce.isEmpty {
                print("\(time.at.map { "at \($0)" } ?? "now"): \(inForce.joined(separator: ", "))\(discounted)")
            }
            print(
                AlignedColumns.text(listing.figures.map { [$0.subject, ($0.isDollars ? "$" : "") + $0.value] }),
                terminator: "")
        }
    }
}

extension PriceBook.Listing {
    /// Where the model comes from, where that is not the embedded book, and how machines of one's own are paid for.
    var note: String {
        let owner = tenant.isEmpty ? "" : "tenant \(tenant)"
        let origin = isOverride ? (owner.isEmpty ? "price file" : owner) : ""
        return model.hosted.map { "\(origin), hosted, \($0.mode.rawValue)" } ?? origin
    }

    /// The model as one line of JSON.
    ///
    /// - Parameters:
    ///   - moment: When the rates hold that are shown.
    ///   - figures: Whether every figure of the model is shown as well.
    /// - Returns: The line, without its end.
    func json(ratesAt moment: PriceMoment, figures: Bool) -> String {
        var members = [
            ("id", JSONText.quoted(model.id)), ("provider", JSONText.quoted(model.provider)),
            ("override", isOverride ? "true" : "false"), ("tenant", JSONText.quoted(tenant)),
            ("names", JSONText.list(model.names.map(JSONText.quoted))),
        ]
        let rates = model.rates(at: moment)
        for tokenClass in [TokenClass.input, .output, .cacheRead] {
            let rate = rates[tokenClass].map { JSONText.quoted($0.dollarsPerMillion) } ?? "null"
            members.append((tokenClass.name, rate))
        }
        if figures {
            let figures = self.figures.map { figure in
                JSONText.object([
                    ("subject", JSONText.quoted(figure.subject)), ("value", JSONText.quoted(figure.value)),
                ])
            }
            members.append(("figures", JSONText.list(figures)))
        }
        return JSONText.object(members)
    }
}
