// SPDX-License-Identifier: Apache-2.0
import Ledger
import Notation

/// What `ledger forget` has changed and what it leaves, for people.
enum ForgettingForms {
    /// Lines about a user who is forgotten.
    ///
    /// - Parameters:
    ///   - report: What was found.
    ///   - user: The user.
    ///   - isDry: Whether nothing was changed.
    /// - Returns: The lines.
    static func lines(_ report: LedgerForgetting.Report, _ user: ForgottenUser, isDry: Bool) -> [String] {
        changes(report, isDry) + rest(report, user, isDry)
    }

    private static func changes(_ report: LedgerForgetting.Report, _ isDry: Bool) -> [String] {
        guard report.hasFound else {
            return [report.isNamedStill ? "no label of users has this value" : "no file of the folder has this user"]
        }
        let rows = [
            Plural.of(report.calls, "call"), Plural.of(report.sets, "combination") + " of values",
            Plural.of(report.rollups, "roll-up"), Plural.of(report.sessions, "session"),
            Plural.of(report.traceNames, "name") + " of traces",
        ]
        let copies = report.copies.map { "  \(isDry ? "would remove" : "removed"): \($0)" }
        return [
            isDry ? "would change:" : "changed:", "  rows: \(rows.joined(separator: ", "))",
            "  journal: \(Plural.of(report.values, "value")) in \(Plural.of(report.segments, "segment"))",
            "  counters: \(Plural.of(report.counterValues, "value"))",
        ] + copies
    }

    /// What still names the user, and what the command cannot reach.
    private static func rest(
        _ report: LedgerForgetting.Report, _ user: ForgottenUser, _ isDry: Bool
    ) -> [String] {
        let verb = isDry ? "would stay" : "stays"
        var lines = report.mentions.map { mention in
            "\(verb): \(mention.kind) \"\(mention.text)\" in \(mention.files.sorted().joined(separator: ", ")); "
                + advice(mention, isWhole: user.texts.contains(mention.text))
        }
        if report.hasMoreMentions { lines.append("\(verb): more texts that name the user") }
        for file in report.otherFiles {
            lines.append("\(verb): the file \(file), which is not one of the ledger's, has the text")
        }
        lines.append(
            "not reached: copies and backups of the folder, what Prometheus has scraped, logs of the service and of senders, and "
                + "blocks that the disk has freed")
        return lines
    }

    private static func advice(_ mention: RemainingMention, isWhole: Bool) -> String {
        guard mention.isOfLabel else { return "it is no value of a label, so the command cannot forget it" }
        let label = "--label \(ShellWord.quoted(mention.kind))"
        // After `=`, a text may begin with a dash.
        return isWhole
            ? "to forget it, add \(label)"
            : "to forget it, run the command with --user=\(ShellWord.quoted(mention.text)) \(label)"
    }
}
