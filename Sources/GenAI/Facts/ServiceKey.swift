// SPDX-License-Identifier: Apache-2.0

/// The attribute of a resource that names its service; readers always keep it, although no call has it as a fact.
///
/// - SeeAlso: OpenTelemetry semantic conventions, resource attributes.
package enum ServiceKey {
    package static let name = "service.name"
}
