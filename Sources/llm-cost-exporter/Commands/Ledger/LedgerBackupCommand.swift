// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Ledger
import Notation

/// `ledger backup`: copies the folder into one file.
struct LedgerBackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the folder into one tar file from which a start goes on exactly, also while the service runs.",
        usage: """
            llm-cost-exporter ledger backup <folder> <file> [<options>]
            For example: llm-cost-exporter ledger backup /var/lib/llm-cost-exporter ledger.tar
            """,
        discussion: """
            The copy is of one moment, however long it takes. To restore, stop the service, empty the folder, and unpack the \
            file in it with tar -xf.

            A file that exists is not replaced, and a copy that fails leaves no file. Next to the file, the command needs room \
            for the file and once more for the rows.

            The exit code is 0; 1 if the folder has no ledger or cannot be read, or the file cannot be \
            written; 64 for a wrong flag.
            """)

    @OptionGroup var flags: LedgerFolderFlags
    @Argument(
        help: ArgumentHelp(
            "Folder of the ledger, if no flag or setting names it, and the tar file to make.",
            valueName: "folder> <file"))
    var words: [String] = []

    func run() throws {
        let (folder, file) = try LedgerFolderFlags.split(words, last: "the tar file to make")
        let path = try flags.folder(of: try flags.settings(), argument: folder)
        let line = StepProgress()
        do throws(JournalError) {
            let report = try LedgerBackup(of: path, to: file) { done, all in
                line.show("copying \(path)", done, of: all)
            }.run()
            line.clear()
            let size = LedgerInfoForms.bytes(report.bytes)
            print(ShownText.escaped("\(file): \(Plural.of(report.files, "file")), \(size)"))
            if let counted = report.counted { print("counters up to record \(counted)") }
            if let position = report.position { print("rows up to record \(position)") }
            for name in report.leftOut { print(ShownText.escaped("left out: \(name)")) }
        } catch {
            line.clear()
            throw LedgerFolderFlags.refusal(error)
        }
    }
}
