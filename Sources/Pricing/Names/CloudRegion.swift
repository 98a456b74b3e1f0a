// SPDX-License-Identifier: Apache-2.0

/// Finds the cloud region that answered a call.
enum CloudRegion {
    /// Whether a text has the form of a region of Amazon's: `eu-west-1`, `us-gov-east-1`.
    static func isAmazon(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (3...4).contains(parts.count), let number = parts.last, parts[0].utf8.count == 2 else { return false }
        return number.utf8.count <= 2 && !number.isEmpty && number.utf8.allSatisfy(NameMark.isDigit)
            && parts.dropLast().allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(NameMark.isLetter) }
    }

    /// The region that a call names, in lower case.
    ///
    /// - Parameters:
    ///   - model: The model as reported, in lower case; an ARN has a region.
    ///   - host: The host that was called, in any case; the name of an Amazon endpoint includes its region.
    ///   - stated: The region that an attribute states; empty if none does.
    ///   - known: The regions on which prices depend.
    /// - Returns: The region; `nil` if it is not one of these.
    static func region(model: String, host: String, stated: String, among known: Set<String>) -> String? {
        guard !known.isEmpty else { return nil }
        if let arn = model.utf8.firstRange(of: "arn:aws") {
            let fields = model[arn.lowerBound...].split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
            if fields.count > 4, !fields[3].isEmpty {
                return known.contains(String(fields[3])) ? String(fields[3]) : nil
            }
        }
        let host = host.trimmed.lowercased()
        if host.hasSuffix(".amazonaws.com") || host.hasSuffix(".api.aws") {
            let label = host.split(separator: ".").first { isAmazon($0) }
            if let label { return known.contains(String(label)) ? String(label) : nil }
        }
        let stated = stated.trimmed.lowercased()
        return known.contains(stated) ? stated : nil
    }
}
