// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// `prices`: what the price book knows, and what price files change about it.
struct Prices: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Search the price book and check price files.",
        subcommands: [
            PricesList.self, PricesShow.self, PricesFind.self, PricesCheck.self, PricesDiff.self, PricesUpdate.self,
        ])
}
