// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP
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
    private let current: Mutex<Current>
    /// Grows with every change; told apart from ``current`` so that a look at it takes no lock.
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
        current = Mutex(Current(tenants: tenants, keys: Self.keys(dialects, attributions, tenants)))
    }

    /// What changes with the prices.
    private struct Current {
        var tenants: TenantReading
        /// The attributes that are read.
        var keys: AttributeKeys
    }

    private static func keys(
        _ dialects: [any Dialect], _ attributions: AttributionTable, _ tenants: TenantReading
    ) -> AttributeKeys {
        Interpreter.keys(of: dialects, labels: attributions.rules + tenants.values.rules)
    }

    /// The attributes that bodies are read for which are begun from now on.
    var keys: AttributeKeys { current.withLock { $0.keys } }

    /// Has spans of bodies that are begun from now on read with other attributes.
    func read(_ tenants: TenantReading) {
        let keys = Self.keys(dialects, attributions, tenants)
        current.withLock { current in
            current = Current(tenants: tenants, keys: keys)
            number.wrappingAdd(1, ordering: .releasing)
        }
    }

    /// Tools for one worker.
    func makeTools() -> Workbench.Tools {
        let (current, plan) = current.withLock { ($0, number.load(ordering: .acquiring)) }
        return Workbench.Tools(
            reader: BodyReaders(keys: current.keys, dialects: dialects, configuration: configuration),
            interpreter: Interpreter(
                dialects: dialects, symbols: symbols, attributions: attributions, tenants: current.tenants,
                recordsAccounts: recordsAccounts),
            plan: plan)
    }

    /// Makes tools anew that were made before the last change.
    @inline(__always)
    func renew(_ tools: inout Workbench.Tools) {
        if tools.plan != number.load(ordering: .acquiring) { tools = makeTools() }
    }
}
