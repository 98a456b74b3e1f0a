// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import GenAI

extension Checkpoint {
    /// Takes a user out: series of the user are added to those without a user, so no sum changes.
    ///
    /// - Parameter user: The user.
    /// - Returns: How many values were taken out.
    mutating func forget(_ user: ForgottenUser) -> Int {
        var values = 0
        for index in families.indices { values += families[index].forget(user) }
        for label in labels.keys where user.isUser(label) {
            let before = labels[label]?.count ?? 0
            labels[label]?.removeAll { user.texts.contains($0) }
            values += before - (labels[label]?.count ?? 0)
        }
        // A value of another label stays in the vocabulary that all labels share.
        let others = Set(labels.filter { !user.isUser($0.key) }.values.joined().map { Array($0.utf8) })
        let before = vocabularies[Self.labelVocabulary]?.count ?? 0
        vocabularies[Self.labelVocabulary]?.removeAll { user.texts.contains($0) && !others.contains(Array($0.utf8)) }
        values += before - (vocabularies[Self.labelVocabulary]?.count ?? 0)
        traces?.forget(user)
        return values
    }

    /// Notes the texts that name a user.
    func note(_ mentions: inout RemainingMentions) {
        for family in families { family.note(&mentions, in: Self.name) }
        for (label, values) in labels {
            for value in values { mentions.note(value, as: label, in: Self.name) }
        }
        for text in (vocabularies.filter { $0.key != Self.labelVocabulary }.values.joined()) {
            mentions.note(text, as: RemainingMention.fact, in: Self.name)
        }
        for text in unknownModels + matchedModels { mentions.note(text, as: RemainingMention.fact, in: Self.name) }
        for values in traces?.labels ?? [] {
            for (label, value) in zip(traces?.labelNames ?? [], values) {
                mentions.note(value, as: label, in: Self.name)
            }
        }
    }

    private static let labelVocabulary = Vocabulary.label.rawValue
}

extension RecordedFamily {
    /// Takes a user out of the labels of the series.
    ///
    /// - Parameter user: The user.
    /// - Returns: The number of series that had the user.
    mutating func forget(_ user: ForgottenUser) -> Int {
        let places = labels.indices.filter { user.isUser(labels[$0]) }
        guard !places.isEmpty else { return 0 }
        let forgotten = series.indices.filter { index in
            places.contains { user.texts.contains(series[index].labels[$0]) }
        }
        guard !forgotten.isEmpty else { return 0 }
        var kept: [[String]: Int] = [:]
        var merged: [Series] = []
        let isForgotten = Set(forgotten)
        // The others first, so that they keep their places.
        for index in series.indices where !isForgotten.contains(index) {
            kept[series[index].labels] = merged.count
            merged.append(series[index])
        }
        for index in forgotten {
            var one = series[index]
            for place in places where user.texts.contains(one.labels[place]) { one.labels[place] = "" }
            if let same = kept[one.labels] {
                merged[same].add(one)
            } else {
                kept[one.labels] = merged.count
                merged.append(one)
            }
        }
        series = merged
        return forgotten.count
    }

    /// Notes the values of labels that name a user.
    func note(_ mentions: inout RemainingMentions, in file: String) {
        for place in labels.indices {
            let kind = mentions.kind(ofLabel: ForgottenUser.plain(labels[place]))
            for text in Set(series.map { $0.labels[place] }) { mentions.note(text, as: kind, in: file) }
        }
    }
}

extension TraceState {
    /// Takes a user out of the labels of open traces.
    fileprivate mutating func forget(_ user: ForgottenUser) {
        let places = labelNames.indices.filter { user.isUser(labelNames[$0]) }
        for index in labels.indices {
            for place in places where user.texts.contains(labels[index][place]) { labels[index][place] = "" }
        }
    }
}

extension RecordedFamily.Series {
    /// Adds another series of the same family.
    fileprivate mutating func add(_ other: Self) {
        let (sum, isOver) = value.addingReportingOverflow(other.value)
        value = isOver ? .max : sum
        for index in buckets.indices where index < other.buckets.count {
            let (count, isOver) = buckets[index].addingReportingOverflow(other.buckets[index])
            buckets[index] = isOver ? .max : count
        }
        if other.created != 0, created == 0 || other.created < created { created = other.created }
    }
}
