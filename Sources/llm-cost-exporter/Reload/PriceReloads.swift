// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import GenAI
import Ingest
import Pricing

// The steps of a reload that bring prices into force; ``Reloadable`` says why they come in this order.

/// Exempts the values on which prices depend from limits.
struct KnownValues: Reloadable {
    let symbols: SymbolTable
    let tenants: TenantTable

    func apply(_ loaded: Loaded, _ settings: Settings, at moment: ClockMoment?) {
        symbols.know(
            BookValues(of: loaded.books, configuration: settings.pricing) { tenants.value(of: $1, in: $0) })
    }
}

/// Reads the attributes by which price books identify tenants.
///
/// Attributes that only the old book asks for are read until the reload after this one.
struct TenantAttributes: Reloadable {
    let pipeline: IngestPipeline
    let tenants: TenantTable
    let pricer: Pricer
    let shadows: ShadowPrices

    func apply(_ loaded: Loaded, _ settings: Settings, at moment: ClockMoment?) {
        // Even if no attribute changed, since the readers cache symbols from before the known values changed.
        pipeline.read(
            tenants.read(for: [pricer.book.tenants] + shadows.tenants + loaded.tenants) ?? tenants.reading)
    }
}

/// Charges for machines that are paid by the clock.
struct MachineMeters: Reloadable {
    let calls: ModelCallMetrics

    func apply(_ loaded: Loaded, _ settings: Settings, at moment: ClockMoment?) {
        if let moment { calls.charge(loaded.book.meteredModels, from: moment) }
    }
}

/// Prices calls by the book.
struct BookInForce: Reloadable {
    let pricer: Pricer

    func apply(_ loaded: Loaded, _ settings: Settings, at moment: ClockMoment?) {
        _ = pricer.replace(book: loaded.book, configuration: settings.pricing)
    }
}

/// Compares calls with the shadow books.
struct ShadowBooks: Reloadable {
    let shadows: ShadowPrices

    func apply(_ loaded: Loaded, _ settings: Settings, at moment: ClockMoment?) {
        shadows.replace(loaded.shadowBooks, pricing: settings.pricing, at: moment)
    }
}

/// Shows the book's version and size.
struct ShownBook: Reloadable {
    let books: BookMetrics

    func apply(_ loaded: Loaded, _ settings: Settings, at moment: ClockMoment?) { books.show(loaded.book) }
}
