// SPDX-License-Identifier: Apache-2.0

/// The classes as numbers, by which the reader of spans knows them.
extension KeyClass {
    /// Every class.
    static let all: [KeyClass] = {
        let counts: [UsageMeaning] = Fact.counts.map { .fact($0) } + [.part]
        let costs = CostMeaning.Share.allCases.flatMap { share in
            CostMeaning.Unit.allCases.map { CostMeaning(share: share, unit: $0) }
        }
        let models: [Fact] = [.model, .requestModel, .responseModel]
        return Namespace.allCases.flatMap { namespace in
            counts.map { KeyClass.usage($0, namespace) } + costs.map { .cost($0, namespace) }
                + models.map { .model($0, namespace) } + [.provider(namespace)]
        } + [.kind, .object, .tokens]
    }()

    /// The index of the class in ``all``.
    var number: Int { Self.numbers[self] ?? 0 }

    private static let numbers = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1, $0) })
}

extension Fact {
    /// The facts that are token counts, in the order of ``ReportedUsage/Count``.
    static let counts = allCases.filter {
        $0.rawValue >= Fact.input.rawValue
            && Int($0.rawValue - Fact.input.rawValue) < ReportedUsage.Count.allCases.count
    }
}
