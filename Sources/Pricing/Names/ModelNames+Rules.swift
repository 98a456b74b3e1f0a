// SPDX-License-Identifier: Apache-2.0

/// The rules that turn one spelling into others. Each takes and returns names in lower case.
extension ModelNames {
    /// Whether the name identifies a deployment of an unknown model.
    static func isOpaque(_ name: String) -> Bool {
        let name = withoutService(name)
        if name.hasPrefix("arn:") {
            let handles = [
                ":application-inference-profile/", ":provisioned-model/", ":custom-model/", ":imported-model/",
                ":custom-model-deployment/", ":prompt-router/", ":endpoint/",
            ]
            return handles.contains { handle in name.utf8.firstRange(of: handle) != nil }
        }
        return (name.hasPrefix("projects/") && name.utf8.firstRange(of: "/endpoints/") != nil)
            || name.hasPrefix("endpoints/")
    }

    /// `arn:aws:bedrock:…:foundation-model/X` and `…:inference-profile/X` as X.
    static func bedrockResource(_ name: String) -> String? {
        guard let arn = name.utf8.firstRange(of: "arn:"), name.utf8.firstRange(of: ":bedrock:") != nil else {
            return nil
        }
        let resource =
            name[arn.lowerBound...].split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).last ?? ""
        for kind in ["inference-profile/", "foundation-model/"] where resource.hasPrefix(kind) {
            return String(resource.dropFirst(kind.utf8.count))
        }
        return nil
    }

    /// `//aiplatform.googleapis.com/projects/…` and `https://…/v1/projects/…` as `projects/…`; other names as they are.
    static func withoutService(_ name: String) -> String {
        guard name.hasPrefix("//") || name.hasPrefix("https://"),
            let resource = ["/projects/", "/publishers/"].lazy.compactMap({ name.utf8.firstRange(of: $0) }).first
        else { return name }
        return String(name[resource.lowerBound...].dropFirst())
    }

    /// `projects/…/publishers/P/models/X`, `publishers/P/models/X` and `models/X` as X.
    static func lastOfPath(_ name: String) -> String? {
        let name = withoutService(name)
        let isPath = ["projects/", "publishers/", "models/"].contains { name.hasPrefix($0) }
        guard isPath, let models = name.utf8.lastRange(of: "models/") else { return nil }
        return String(name[models.upperBound...])
    }

    /// The largest number of path segments that are left out: a gateway behind a gateway, a provider and an interface are four.
    static let mostPrefixes = 5

    /// The name with the first path segment left out, again and again, as long as it names a provider or a gateway.
    static func withoutPrefixes(_ name: String, isPrefix: (String) -> Bool) -> [String] {
        var names: [String] = []
        var rest = name[...]
        for _ in 0..<mostPrefixes {
            guard let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")), isPrefix(String(rest[..<slash])) else {
                break
            }
            rest = rest[rest.index(after: slash)...]
            names.append(String(rest))
            if let inner = lastOfPath(String(rest)) { names.append(inner) }
            if let inner = bedrockResource(String(rest)) { names.append(inner) }
        }
        return names
    }

    /// `X@20250929` as `X-20250929`, then X; nothing if no version follows the at sign.
    static func withoutAt(_ name: String) -> [String] {
        guard let at = name.lastIndex(of: "@"), RuleRest.isVersion(name[name.index(after: at)...]) else { return [] }
        return ["\(name[..<at])-\(name[name.index(after: at)...])", String(name[..<at])]
    }

    /// `ft:BASE:org:name:id` as `ft:BASE`; never as BASE, since tuned models cost more.
    static func tunedBase(_ name: String) -> String? {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count > 2, parts[0] == "ft", !parts[1].isEmpty else { return nil }
        return "ft:\(parts[1])"
    }

    /// A Bedrock name without `us-east-1/`.
    static func withoutRegion(_ name: String) -> [String] {
        // Government regions have prices of their own.
        guard let slash = name.firstIndex(of: "/"), CloudRegion.isAmazon(name[..<slash]),
            !name[..<slash].contains("-gov-")
        else { return [] }
        return [String(name[name.index(after: slash)...])]
    }

    /// `us-gov.X` as X in each of the regions that the geography has.
    static func inGovernmentRegions(_ name: String) -> [String] {
        guard name.hasPrefix("us-gov.") else { return [] }
        return ["us-gov-west-1/", "us-gov-east-1/"].map { $0 + name.dropFirst("us-gov.".utf8.count) }
    }

    /// The geographies of Bedrock's cross-region profiles whose prices may be those of the plain name.
    static let geographies = ["global", "us", "eu", "apac", "jp", "au", "ca", "in", "sa", "me", "af"]

    /// Whether a name, in lower case, has an Amazon Resource Name.
    static func isResource(_ name: String) -> Bool { name.utf8.firstRange(of: "arn:aws") != nil }

    /// Whether a name, in lower case, has a form that only Bedrock uses: an ARN, or a cross-region profile of geography, maker
    /// and model.
    static func isOfBedrock(_ name: String) -> Bool {
        if ["arn:aws:bedrock:", "arn:aws-us-gov:bedrock:", "arn:aws-cn:bedrock:"].contains(where: name.hasPrefix) {
            return true
        }
        let parts = name.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[2].isEmpty, Makers.words.contains(String(parts[1])) else { return false }
        return parts[0] == "us-gov" || geographies.contains(String(parts[0]))
    }

    /// A Bedrock name with `-v1:0`, with `-v1`, and without either.
    static func bedrockVersions(_ name: String) -> [String] {
        var bare = name[...]
        if let colon = bare.lastIndex(of: ":"), isDigits(bare[bare.index(after: colon)...]) { bare = bare[..<colon] }
        let revision = name[bare.endIndex...]
        var version = "-v1"
        if let dash = bare.utf8.lastRange(of: "-v"), isDigits(bare[dash.upperBound...]) {
            version = String(bare[dash.lowerBound...])
            bare = bare[..<dash.lowerBound]
        }
        let last = revision.isEmpty ? ":0" : String(revision)
        return ["\(bare)\(version)\(last)", "\(bare)\(version)", "\(bare)\(last)", String(bare)]
    }

    /// `X-20250929` as `X-2025-09-29`, and the other way round.
    static func otherDate(_ name: String) -> String? {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() where isDigits(part) {
            if part.utf8.count == 8, part.hasPrefix("20") {
                let dashed = "\(part.prefix(4))-\(part.dropFirst(4).prefix(2))-\(part.suffix(2))"
                return (parts[..<index] + [dashed[...]] + parts[(index + 1)...]).joined(separator: "-")
            }
            guard part.utf8.count == 4, part.hasPrefix("20"), index + 2 < parts.count else { continue }
            let rest = parts[index + 1...index + 2]
            if rest.allSatisfy({ $0.utf8.count == 2 && isDigits($0) }) {
                let compact = Substring(parts[index...index + 2].joined())
                return (parts[..<index] + [compact] + parts[(index + 3)...]).joined(separator: "-")
            }
        }
        return nil
    }

    /// Dots between digits as dashes, and dashes between short numbers as dots; dates stay as they are.
    static func otherPunctuation(_ name: String) -> [String] {
        let bytes = Array(name.utf8)
        // No rule distinguishes three digits from more.
        func digits(before index: Int) -> Int {
            bytes[max(0, index - 3)..<index].reversed().prefix(while: isDigit).count
        }
        func digits(after index: Int) -> Int { bytes[(index + 1)...].prefix(3).prefix(while: isDigit).count }
        var dashed = bytes
        var dotted = bytes
        let marks = [UInt8(ascii: "."), UInt8(ascii: "-")]
        for index in bytes.indices.dropFirst() where marks.contains(bytes[index]) {
            let before = digits(before: index)
            let after = digits(after: index)
            guard before > 0, after > 0 else { continue }
            if bytes[index] == UInt8(ascii: ".") { dashed[index] = UInt8(ascii: "-") }
            let isVersion = before <= 2 && after <= 2 && !isInsideDate(bytes, at: index, before: before, after: after)
            if bytes[index] == UInt8(ascii: "-"), isVersion { dotted[index] = UInt8(ascii: ".") }
        }
        return [dashed, dotted].filter { $0 != bytes }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether the dash is between month and day of a date such as `2025-09-29`.
    private static func isInsideDate(_ bytes: [UInt8], at index: Int, before: Int, after: Int) -> Bool {
        guard before == 2, after == 2, index >= 7, bytes[index - 3] == UInt8(ascii: "-") else { return false }
        return bytes[index - 7..<index - 3].allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isDigits(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isDigit)
    }
}

extension BidirectionalCollection where Element == UInt8 {
    /// The first occurrence of a text.
    func firstRange(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if let end = end(of: text, from: start) { return start..<end }
            formIndex(after: &start)
        }
        return nil
    }

    /// The last occurrence of a text.
    fileprivate func lastRange(of text: String) -> Range<Index>? {
        var start = endIndex
        while start > startIndex {
            formIndex(before: &start)
            if let end = end(of: text, from: start) { return start..<end }
        }
        return nil
    }

    private func end(of text: String, from start: Index) -> Index? {
        var index = start
        for byte in text.utf8 {
            guard index < endIndex, self[index] == byte else { return nil }
            formIndex(after: &index)
        }
        return index
    }
}
