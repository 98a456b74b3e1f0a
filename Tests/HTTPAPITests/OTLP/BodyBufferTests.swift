// SPDX-License-Identifier: Apache-2.0
import NIOCore
import Testing

@testable import HTTPAPI

/// What a room does when a channel writes into it, and when it does not.
@Suite struct BodyRoomTests {
    private static func roomy() -> InFlightShare { InFlightShare(of: InFlightBudget(limit: 1 << 20, largestBody: 0)) }

    /// A room that was opened for a body of six bytes, of which two came before.
    private static func opened(_ share: InFlightShare = roomy()) -> BodyRoom {
        let room = BodyRoom()
        room.begin()
        room.pass(2)
        var beginning = ByteBufferAllocator().buffer(capacity: 6)
        beginning.writeBytes([1, 2])
        #expect(room.open(behind: &beginning, of: 6, share))
        #expect(beginning.readableBytes == 0)
        return room
    }

    /// Reads as a channel does.
    private static func read(_ bytes: [UInt8], into room: BodyRoom) {
        guard room.willRead(), var lent = room.lend() else { return }
        lent.writeBytes(bytes)
        room.giveBack(lent)
    }

    private static func whole(_ body: ReceivedBody?) -> [UInt8]? {
        if case .whole(let buffer) = body { Array(buffer.readableBytesView) } else { nil }
    }

    @Test func `a body lies behind what came before, without what follows it`() {
        let room = Self.opened()
        Self.read([3], into: room)
        #expect(room.receivedBytes == 3)
        #expect(Self.whole(room.take()) == nil)
        Self.read([4, 5, 6, 7, 8], into: room)
        #expect(room.receivedBytes == 6)
        #expect(!room.willRead())
        #expect(Self.whole(room.take()) == [1, 2, 3, 4, 5, 6])
    }

    @Test func `a next request does not disturb a body that has not been taken`() {
        let room = Self.opened()
        Self.read([3, 4, 5, 6], into: room)
        room.end()
        room.begin()
        room.pass(7)
        #expect(room.receivedBytes == 6)
        #expect(Self.whole(room.take()) == [1, 2, 3, 4, 5, 6])
    }

    @Test func `a room opens only when all that came has been read`() {
        let room = BodyRoom()
        room.begin()
        room.pass(3)
        var beginning = ByteBufferAllocator().buffer(capacity: 6)
        beginning.writeBytes([1, 2])
        #expect(!room.open(behind: &beginning, of: 6, Self.roomy()))
        #expect(Array(beginning.readableBytesView) == [1, 2])
        #expect(!room.isOpen)
    }

    @Test func `a room that the channel does not give back ends without a body`() {
        let room = Self.opened()
        #expect(room.willRead())
        #expect(room.lend() != nil)
        // It reads into memory of its own from now on.
        #expect(!room.willRead())
        #expect(room.lend() == nil)
        room.giveBack(ByteBuffer(bytes: [3, 4, 5, 6]))
        room.end()
        #expect(Self.whole(room.take()) == nil)
        #expect(room.receivedBytes < 6)
    }

    @Test func `a body that finds no more room is refused, its reader is woken once, and the rest is dropped`() {
        let budget = InFlightBudget(limit: 100, largestBody: 0)
        let older = InFlightShare(of: budget)
        let share = InFlightShare(of: budget)
        #expect(older.grow(to: 95))
        let room = Self.opened(share)
        Self.read([3, 4, 5], into: room)
        #expect(room.receivedBytes == 5)
        #expect(budget.reservedBytes == 100)
        Self.read([6], into: room)
        #expect(room.isRefused)
        #expect(!room.isOpen)
        #expect(!room.willRead())
        #expect(room.isDiscarding)
        #expect(room.takeWake())
        #expect(!room.takeWake())
        #expect(room.receivedBytes == 5)
        #expect(Self.whole(room.take()) == nil)
        // The next request finds the room as ever.
        room.end()
        room.begin()
        #expect(!room.isDiscarding)
        room.pass(2)
        var beginning = ByteBufferAllocator().buffer(capacity: 6)
        beginning.writeBytes([1, 2])
        #expect(room.open(behind: &beginning, of: 3, Self.roomy()))
        Self.read([3], into: room)
        #expect(!room.isRefused)
        #expect(Self.whole(room.take()) == [1, 2, 3])
    }

    @Test func `only the request that was answered early loses the rest of its body`() {
        let room = BodyRoom()
        room.begin()
        room.end()
        room.begin()
        room.discard(1)
        #expect(!room.isDiscarding)
        room.discard(2)
        #expect(room.isDiscarding)
        room.end()
        room.discard(2)
        #expect(!room.isDiscarding)
    }
}
