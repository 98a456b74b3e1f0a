// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Ledger

/// Somebody removes or moves the folder while the service writes into it.
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

    @Test func `a removed file takes no bytes, nor does one of a moved folder until that is back`() throws {
        let file = try DiskFolder(path).create("a", roomAhead: 0)
        defer { file.close() }
        try file.write([1])
        try FileManager.default.moveItem(atPath: path, toPath: path + "-moved")
        expectGone("the folder was removed") { try file.write([2]) }
        try FileManager.default.moveItem(atPath: path + "-moved", toPath: path)
        try file.write([2])
        try FileManager.default.removeItem(atPath: "\(path)/a")
        expectGone("the file was removed") { try file.write([3]) }
        try remove()
        expectGone("the folder was removed") { try file.write([3]) }
    }

    @Test func `a journal whose newest segment was removed stores nothing more, so that it has no gap`() throws {
        let folder = try DiskFolder(path)
        let writer = SegmentWriter(folder: folder, configuration: JournalConfiguration(), wallNanoseconds: { 0 })
        func chunk(_ number: UInt64) -> JournalBuffer.Chunk {
            var record = RecordBytes()
            record.endRecord(at: record.beginRecord(.decisions, number: number))
            var bytes = record.bytes
            RecordBytes.seal(&bytes)
            return JournalBuffer.Chunk(
                segment: 0, isFirst: number == 1, bytes: bytes, first: number, last: number)
        }
        try writer.store([chunk(1)]) { _ in [] }
        try FileManager.default.removeItem(atPath: "\(path)/\(SegmentHeader.name(1))")
        for _ in 0..<2 { expectGone("the file was removed") { try writer.store([chunk(2)]) { _ in [] } } }
        #expect(try folder.names() == [])
        writer.close()
        try remove()
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
