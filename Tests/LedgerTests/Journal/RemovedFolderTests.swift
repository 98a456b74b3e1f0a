// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Ledger

/// A folder that somebody removes while the service writes into it.
@Suite struct RemovedFolderTests {
    private let path = FileManager.default.temporaryDirectory.appendingPathComponent("gone-\(UUID().uuidString)").path

    private func remove() throws { try FileManager.default.removeItem(atPath: path) }

    private func expectGone(_ reason: String, _ action: () throws -> Void) {
        #expect {
            try action()
        } throws: { error in
            let error = error as? StorageError
            return error?.reason == reason && error?.remedy.contains("start the service again") == true
        }
    }

    @Test func `a file that was removed takes no bytes`() throws {
        let file = try DiskFolder(path).create("a", roomAhead: 0)
        defer { file.close() }
        try file.write([1])
        try remove()
        expectGone("the file was removed") { try file.write([2]) }
    }

    @Test(arguments: [false, true])
    func `a folder that was removed, or has another one in its place, gets no files`(isReplaced: Bool) throws {
        let folder = try DiskFolder(path)
        try folder.replace("a", with: [1])
        // The new one is made first: the file system may give the number of a removed folder to the next one.
        let other = path + "-new"
        _ = try DiskFolder(other)
        try remove()
        if isReplaced { try FileManager.default.moveItem(atPath: other, toPath: path) }
        expectGone("the folder was removed") { _ = try folder.create("b", roomAhead: 0) }
        expectGone("the folder was removed") { try folder.replace("a", with: [2]) }
        try FileManager.default.removeItem(atPath: isReplaced ? path : other)
    }
}
