// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// `ledger`: what is in the folder of `storage.path`, whether it agrees, and its care.
struct LedgerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Look at the folder of storage.path, check it, copy it, and take care of it.",
        subcommands: [
            LedgerInfoCommand.self, LedgerCheckCommand.self, LedgerBackupCommand.self, LedgerCompactCommand.self,
            LedgerForgetCommand.self, LedgerDowngradeCommand.self,
        ])
}
