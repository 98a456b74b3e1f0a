// SPDX-License-Identifier: Apache-2.0
import GenAI
import Synchronization

/// What spans are read with: the dialects, and the attributes that labels and prices ask for.
///
/// The tables of it are made once for each worker. When prices ask for other attributes, each worker makes its own anew
/// before its next body.
final class ReadingPlan: Sendable {
    private let configuration: IngestConfiguration
    private let dialects: [any Dialect]
    private let symbols: SymbolTable
    private let attributions: AttributionTable
    private let recordsAccounts: Bool
    private let tenants: Mutex<TenantReading>
    /// Grows with every change; told apart from ``tenants`` so that a look at it takes no lock.
    private let number = Atomic<Int>(0)

    init(
        configuration: IngestConfiguration, dialects: [any Dialect], symbols: SymbolTable,
        attributions: AttributionTable, tenants: TenantReading, recordsAccounts: Bool
    ) {
        self.configuration = configuration
        self.dialects = dialects
        self.symbols = symbols
        self.attributions = attributions
        self.recordsAccounts = recordsAccounts
        self.tenants = Mutex(tenants)
    }

    /// Has spans of bodies that are begun from now on read with other attributes.
    func read(_ tenants: TenantReading) {
        self.tenants.withLock { current in
            current = tenants
            number.wrappingAdd(1, ordering: .releasing)
        }
    }

    /// Tools for one worker.
    func makeTools() -> Workbench.Tools {
        let (tenants, plan) = self.tenants.withLock { ($0, number.load(ordering: .acquiring)) }
        return Workbench.Tools(
            reader: BodyReaders(
                dialects: dialects, labels: attributions.rules + tenants.values.rules, configuration: configuration),
            interpreter: Interpreter(
                dialects: dialects, symbols: symbols, attributions: attributions, tenants: tenants,
                recordsAccounts: recordsAccounts),
            plan: plan)
    }

    /// Makes tools anew that were made before the last change.
    @inline(__always)
    func renew(_ tools: inout Workbench.Tools) {
        if tools.plan != number.load(ordering: .acquiring) { tools = makeTools() }
    }
}
