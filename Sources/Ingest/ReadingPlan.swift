// SPDX-License-Identifier: Apache-2.0
import GenAI
import Synchronization

/// The dialects, and the attributes of labels and prices, with which threads read spans.
///
/// Each ``ScratchMemory`` has its own interpreter. After a change of the attributes, it gets a new one before its next body.
final class ReadingPlan: Sendable {
    private let configuration: IngestConfiguration
    private let dialects: [any Dialect]
    private let symbols: SymbolTable
    private let attributions: AttributionTable
    private let dimensions: DimensionReading?
    private let recordsAccounts: Bool
    private let current: Mutex<Current>
    /// Grows with every change; kept outside ``current`` so that reading it takes no lock.
    private let number = Atomic<Int>(0)

    init(
        configuration: IngestConfiguration, dialects: [any Dialect], symbols: SymbolTable,
        attributions: AttributionTable, tenants: TenantReading, dimensions: DimensionReading?, recordsAccounts: Bool
    ) {
        self.configuration = configuration
        self.dialects = dialects
        self.symbols = symbols
        self.attributions = attributions
        self.dimensions = dimensions
        self.recordsAccounts = recordsAccounts
        let readers = Self.readers(dialects, attributions, tenants, dimensions, configuration)
        current = Mutex(Current(tenants: tenants, readers: readers))
    }

    /// What changes with the prices.
    private struct Current {
        var tenants: TenantReading
        var readers: BodyReaders
    }

    private static func readers(
        _ dialects: [any Dialect], _ attributions: AttributionTable, _ tenants: TenantReading,
        _ dimensions: DimensionReading?, _ configuration: IngestConfiguration
    ) -> BodyReaders {
        BodyReaders(
            dialects: dialects, labels: attributions.rules + tenants.values.rules,
            dimensions: dimensions?.table.rules ?? [], configuration: configuration)
    }

    /// What reads the bodies that are begun from now on.
    var readers: BodyReaders { current.withLock { $0.readers } }

    /// Changes the attributes that identify tenants, for bodies that threads begin from now on.
    func read(_ tenants: TenantReading) {
        let readers = Self.readers(dialects, attributions, tenants, dimensions, configuration)
        current.withLock { current in
            current = Current(tenants: tenants, readers: readers)
            number.wrappingAdd(1, ordering: .releasing)
        }
    }

    /// Tools for one ``ScratchMemory``.
    func makeTools() -> ScratchMemory.Tools {
        let (current, plan) = current.withLock { ($0, number.load(ordering: .acquiring)) }
        return ScratchMemory.Tools(
            reader: current.readers,
            interpreter: Interpreter(
                dialects: dialects, symbols: symbols, attributions: attributions, tenants: current.tenants,
                dimensions: dimensions, recordsAccounts: recordsAccounts),
            plan: plan)
    }

    /// Makes tools anew that were made before the last change.
    @inline(__always)
    func renew(_ tools: inout ScratchMemory.Tools) {
        guard tools.plan != number.load(ordering: .acquiring) else { return }
        let keptBytes = tools.keptBytes
        tools = makeTools()
        tools.keptBytes = keptBytes
    }
}
