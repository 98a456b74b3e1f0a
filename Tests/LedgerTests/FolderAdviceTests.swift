// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

@testable import Ledger

/// A folder that cannot be used is refused with a sentence that says what to do.
@Suite struct FolderAdviceTests {
    private static func refusal(_ path: String) -> String {
        do {
            _ = try LedgerFolder(path, holder: "process 7 of version 1")
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test func `a missing parent, a file, and a folder in use are refused with what to do`() throws {
        let folder = try TemporaryFolder()
        let place = folder.url.path
        #expect(
            Self.refusal("\(place)/no/folder")
                == "cannot make the folder \(place)/no/folder: No such file or directory; "
                + "make the folder above it first, or name another folder in storage.path")
        try Data().write(to: URL(filePath: "\(place)/file"))
        #expect(
            Self.refusal("\(place)/file")
                == "cannot open \(place)/file/lock: Not a directory; "
                + "\(place)/file, or a folder above it, is a file: name a folder in storage.path")
        let first = try LedgerFolder("\(place)/ledger", holder: "process 7 of version 1")
        #expect(
            Self.refusal("\(place)/ledger")
                == "cannot use the folder \(place)/ledger: it is in use by process 7 of version 1; "
                + "stop that process first, or name another folder for this one")
        withExtendedLifetime((first, folder)) {}
    }

    @Test func `a relative path is refused with the place where it leads`() {
        let path = "no-such-folder-\(UInt64.random(in: .min ... .max))/ledger"
        let place = FileManager.default.currentDirectoryPath
        #expect(
            Self.refusal(path).hasPrefix("cannot make the folder \(place)/\(path): No such file or directory; make"))
    }

    @Test func `a folder that a command reads and that does not exist, and that of a copy, are named`() throws {
        let folder = try RowsFixture(seed: 40)
        #expect {
            _ = try LedgerCheck(of: "\(folder.path)/no").run()
        } throws: {
            "\($0)"
                == "cannot open the folder \(folder.path)/no: it does not exist; name the folder of storage.path of "
                + "the service"
        }
        #expect {
            _ = try NewFile("\(folder.path)/no/copy.tar")
        } throws: {
            "\($0)"
                == "cannot make \(folder.path)/no/copy.tar: the folder \(folder.path)/no does not exist; make that folder, or "
                + "name a file in another one"
        }
    }

    @Test(arguments: [
        (EACCES, "give it to the user of the service, as by install -d -m 700 -o 64321 /data"),
        (EROFS, "name a folder on a file system that the service may write to"),
        (ENOSPC, "make room, or name a folder on another disk"),
        (EIO, "look at the disk, and restore a copy of the folder"),
    ])
    func `each error of the system has its remedy`(code: Int32, remedy: String) {
        let error = StorageError("open /data/lock", code: code, reason: "no")
        #expect("\(error)" == "cannot open /data/lock: no")
        #expect("\(error.advised(forFolder: "/data", user: 64321))".hasPrefix("cannot open /data/lock: no; \(remedy)"))
    }
}
