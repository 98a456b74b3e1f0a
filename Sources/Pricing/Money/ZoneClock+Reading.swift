// SPDX-License-Identifier: Apache-2.0
package import Documents

extension ZoneClock {
    /// Reads a time zone.
    ///
    /// - Parameter node: `UTC`, an offset such as `+08:00`, or a name in the IANA data base such as `America/New_York`.
    /// - Throws: ``DocumentError`` for any other value, with the nearest name if one is near.
    package init(_ node: DocumentNode) throws(DocumentError) {
        let text = try node.string()
        if let clock = ZoneClock(fixed: text) ?? ZoneClock(named: text) {
            self = clock
            return
        }
        let hint = ZoneClock.nearestName(to: text).map { " (did you mean \($0)?)" } ?? ""
        throw node.unexpected("be UTC, an offset such as +08:00 or a time zone such as America/New_York\(hint)")
    }
}
