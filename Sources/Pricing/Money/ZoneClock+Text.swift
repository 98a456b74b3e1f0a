// SPDX-License-Identifier: Apache-2.0

extension ZoneClock {
    /// Reads a time zone from a flag; `nil` for an unknown one.
    ///
    /// - Parameter text: `UTC`, an offset such as `+08:00`, or a name in the IANA data base such as `America/New_York`.
    package init?(text: String) {
        guard let clock = ZoneClock(fixed: text) ?? ZoneClock(named: text) else { return nil }
        self = clock
    }

    /// The name of a zone that may have been meant by an unknown text, or `nil` if none is near.
    package static func name(nearestTo text: String) -> String? { nearestName(to: text) }

    /// The day of a time in this zone.
    ///
    /// - Parameter nanoseconds: Nanoseconds since 1970 (UTC).
    /// - Returns: Days since 1 January 1970.
    package func day(ofNanoseconds nanoseconds: UInt64) -> Int32 {
        let minute = Int64(nanoseconds / 60_000_000_000)
        let local = minute + Int64(offset(at: minute))
        return Int32(clamping: local >= 0 ? local / 1_440 : -1)
    }
}
