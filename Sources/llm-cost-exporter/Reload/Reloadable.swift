// SPDX-License-Identifier: Apache-2.0
import Pricing

/// A part of the service that follows settings and prices while the service runs.
///
/// ``Assembly`` keeps the list of them, and a reload goes through it once, from the first to the last. The order is part of
/// the contract, since calls are read and priced by other threads between two steps:
///
/// 1. ``KnownValues``: the values on which the new prices depend are exempt from limits before anything interns them.
/// 2. ``TenantAttributes``: spans are read for the old and the new books, so that no call lacks an attribute that the book
///    which prices it asks for.
/// 3. ``MachineMeters``: there is a meter for every model whose machines the new book charges by the clock.
/// 4. ``BookInForce``: calls are priced by the new book.
/// 5. ``ShadowBooks``: calls are compared with the new shadow books.
/// 6. ``ShownBook``: the metrics about the book show the new one.
/// 7. The parts that other rooms add, in the order in which ``Assembly`` gets them.
protocol Reloadable: Sendable {
    /// Brings new settings and prices into force.
    ///
    /// It cannot fail: ``Loaded`` has checked settings and prices as a whole before the first part gets them.
    ///
    /// - Parameters:
    ///   - loaded: The prices from now on.
    ///   - settings: The settings from now on, of which only those with a `.live` key have changed.
    ///   - moment: The time of the reload, the same for each part: machines are charged by two books from it on, and the same
    ///     machines have to cost the same in both. `nil` without a clock.
    func apply(_ loaded: Loaded, _ settings: Settings, at moment: ClockMoment?)
}
