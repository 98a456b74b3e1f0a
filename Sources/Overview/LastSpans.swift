// SPDX-License-Identifier: Apache-2.0
package import GenAI
package import Ingest
import Notation
package import OTLP
import Synchronization

/// Remembers when the last span of each service arrived, so that a service that falls silent is noticed.
package final class LastSpans: BatchObserver {
    private struct State {
        var services: [ServiceFigures] = []
        /// By the hash of the name.
        var rows: [UInt64: Int] = [:]
        var overflow: Int?
        var overflows: UInt64 = 0
        /// The first spans that were not handed to the log yet.
        var untold: [FirstSpan] = []
    }

    /// The default of the largest number of services, `__overflow__` excluded.
    package static let mostServices = 200
    /// The longest name, in bytes; services with longer ones share `__overflow__`.
    package static let longestName = 128

    private let limit: Int
    private let salt = UInt64.random(in: .min ... .max)
    private let state = Mutex(State())

    /// Starts without a service.
    ///
    /// - Parameter limit: The largest number of services; those that come later share `__overflow__`.
    package init(limit: Int = LastSpans.mostServices) { self.limit = limit }

    /// The services in the order in which they came.
    package var services: [ServiceFigures] { state.withLock { $0.services } }

    /// How often spans came from a service for which there was no room; a service may count again.
    package var overflows: UInt64 { state.withLock { $0.overflows } }

    /// Takes the first spans of the services that came since the last call of this function.
    ///
    /// All services for which there is no room have one, under the name `__overflow__`.
    package func takeNew() -> [FirstSpan] {
        state.withLock { state in
            guard !state.untold.isEmpty else { return [] }
            defer { state.untold = [] }
            return state.untold
        }
    }

    package func observe(
        _ batch: SpanBatch, body: Span<UInt8>, arrival: BodyArrival, spans: borrowing InterpretedSpans
    ) {
        let new = note(batch, body, arrival).map { FirstSpan(service: $0.service) }
        if !new.isEmpty { state.withLock { $0.untold += new } }
    }

    package func observe(
        _ batch: SpanBatch, body: Span<UInt8>, arrival: BodyArrival, spans: borrowing InterpretedSpans,
        by interpreter: borrowing Interpreter
    ) {
        let new = note(batch, body, arrival)
        guard !new.isEmpty else { return }
        var firsts: [FirstSpan] = []
        for (service, resource) in new {
            firsts.append(FirstSpan(service: service, resource: resource, of: batch, body, as: spans, by: interpreter))
        }
        state.withLock { [firsts] in $0.untold += firsts }
    }

    /// Notes the services of a batch.
    ///
    /// - Returns: The new ones, each with the number of its resource.
    private func note(
        _ batch: SpanBatch, _ body: Span<UInt8>, _ arrival: BodyArrival
    ) -> [(service: String, resource: Int)] {
        guard let now = arrival.nanoseconds, !batch.spans.isEmpty else { return [] }
        return state.withLock { state in
            var new: [(service: String, resource: Int)] = []
            // The slice before has noted the resource that goes on in this one.
            let first = batch.continuesResource ? 1 : 0
            for number in batch.resources.indices.dropFirst(first) {
                let known = state.services.count
                note(ServiceName.range(in: batch.resources[number], of: batch, body), body, at: now, in: &state)
                if state.services.count > known { new.append((state.services[known].name, number)) }
            }
            return new
        }
    }

    private func note(_ name: ByteRange?, _ body: Span<UInt8>, at now: UInt64, in state: inout State) {
        let hash = name.map { body.hash(at: Int($0.offset), length: Int($0.length), salt: salt) } ?? 0
        let row = state.rows[hash] ?? row(for: name, body, hash, in: &state)
        state.services[row].lastNanoseconds = max(state.services[row].lastNanoseconds, now)
    }

    private func row(for name: ByteRange?, _ body: Span<UInt8>, _ hash: UInt64, in state: inout State) -> Int {
        guard state.rows.count < limit, name?.length ?? 0 <= Self.longestName else {
            state.overflows += 1
            if let overflow = state.overflow { return overflow }
            state.services.append(ServiceFigures(name: OverflowValue.text))
            state.overflow = state.services.count - 1
            return state.services.count - 1
        }
        let text = name.map { LabelText.read($0, in: body) } ?? ""
        state.services.append(ServiceFigures(name: text.isEmpty ? ServiceName.unknown : text))
        state.rows[hash] = state.services.count - 1
        return state.services.count - 1
    }
}

/// A service that sent spans.
package struct ServiceFigures: Sendable, Equatable {
    /// The value of `service.name`; `unknown_service` for spans without it, `__overflow__` for all services for which there is
    /// no room.
    package let name: String
    /// When its last span arrived, in nanoseconds since 1970 (UTC).
    package var lastNanoseconds: UInt64

    package init(name: String, lastNanoseconds: UInt64 = 0) {
        self.name = name
        self.lastNanoseconds = lastNanoseconds
    }
}

/// Finds the name of the service in the attributes of a resource.
///
/// - SeeAlso: OpenTelemetry semantic conventions, resource attributes, `service.name`; SDKs send `unknown_service` for a
///   service without a name.
enum ServiceName {
    static let unknown = "unknown_service"

    /// The range of the value; `nil` without one.
    static func range(in resource: ResourceRecord, of batch: SpanBatch, _ body: Span<UInt8>) -> ByteRange? {
        for index in resource.attributes.indices {
            let attribute = batch.attributes[index]
            guard case .string(let value) = attribute.value, value.length > 0,
                isServiceName(attribute.keyRange, in: body)
            else { continue }
            return value
        }
        return nil
    }

    private static func isServiceName(_ key: ByteRange, in body: Span<UInt8>) -> Bool {
        guard key.length == UInt32(ServiceKey.name.utf8.count) else { return false }
        var index = Int(key.offset)
        for byte in ServiceKey.name.utf8 {
            guard body[index] == byte else { return false }
            index += 1
        }
        return true
    }
}
