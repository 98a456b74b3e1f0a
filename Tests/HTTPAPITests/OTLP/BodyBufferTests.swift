// SPDX-License-Identifier: Apache-2.0
import NIOCore
import Testing

@testable import HTTPAPI

/// What a buffer does when a channel writes into it, and when it does not.
@Suite struct BodyBufferTests {
    private static func roomy() -> InFlightShare { InFlightShare(of: InFlightBudget(limit: 1 << 20, largestBody: 0)) }

    /// A buffer that was opened for a body of six bytes, of which two came before.
    private static func opened(_ share: InFlightShare = roomy()) -> BodyBuffer {
        let buffer = BodyBuffer()
        buffer.begin()
        buffer.pass(2)
        var beginning = ByteBufferAllocator().buffer(capacity: 6)
        beginning.writeBytes([1, 2])
        #expect(buffer.open(behind: &beginning, of: 6, share))
        #expect(beginning.readableBytes == 0)
        return buffer
    }

    /// Reads as a channel does.
    private static func read(_ bytes: [UInt8], into buffer: BodyBuffer) {
        guard buffer.willRead(), var lent = buffer.lend() else { return }
        lent.writeBytes(bytes)
        buffer.giveBack(lent)
    }

    private static func whole(_ body: ReceivedBody?) -> [UInt8]? {
        if case .whole(let buffer) = body { Array(buffer.readableBytesView) } else { nil }
    }

    @Test func `a body lies behind what came before, without what follows it`() {
        let buffer = Self.opened()
        Self.read([3], into: buffer)
        #expect(buffer.receivedBytes == 3)
        #expect(Self.whole(buffer.take()) == nil)
        Self.read([4, 5, 6, 7, 8], into: buffer)
        #expect(buffer.receivedBytes == 6)
        #expect(!buffer.willRead())
        #expect(Self.whole(buffer.take()) == [1, 2, 3, 4, 5, 6])
    }

    @Test func `a next request does not disturb a body that has not been taken`() {
        let buffer = Self.opened()
        Self.read([3, 4, 5, 6], into: buffer)
        buffer.end()
        buffer.begin()
        buffer.pass(7)
        #expect(buffer.receivedBytes == 6)
        #expect(Self.whole(buffer.take()) == [1, 2, 3, 4, 5, 6])
    }

    @Test func `a buffer opens only when all that came has been read`() {
        let buffer = BodyBuffer()
        buffer.begin()
        buffer.pass(3)
        var beginning = ByteBufferAllocator().buffer(capacity: 6)
        beginning.writeBytes([1, 2])
        #expect(!buffer.open(behind: &beginning, of: 6, Self.roomy()))
        #expect(Array(beginning.readableBytesView) == [1, 2])
        #expect(!buffer.isOpen)
    }

    @Test func `a buffer that the channel does not give back ends without a body`() {
        let buffer = Self.opened()
        #expect(buffer.willRead())
        #expect(buffer.lend() != nil)
        // It reads into memory of its own from now on.
        #expect(!buffer.willRead())
        #expect(buffer.lend() == nil)
        buffer.giveBack(ByteBuffer(bytes: [3, 4, 5, 6]))
        buffer.end()
        #expect(Self.whole(buffer.take()) == nil)
        #expect(buffer.receivedBytes < 6)
    }

    @Test func `a body that finds no more room is refused, its reader is woken once, and the rest is dropped`() {
        let budget = InFlightBudget(limit: 100, largestBody: 0)
        let older = InFlightShare(of: budget)
        let share = InFlightShare(of: budget)
        #expect(older.grow(to: 95))
        let buffer = Self.opened(share)
        Self.read([3, 4, 5], into: buffer)
        #expect(buffer.receivedBytes == 5)
        #expect(budget.reservedBytes == 100)
        Self.read([6], into: buffer)
        #expect(buffer.isRefused)
        #expect(!buffer.isOpen)
        #expect(!buffer.willRead())
        #expect(buffer.isDiscarding)
        #expect(buffer.takeWake())
        #expect(!buffer.takeWake())
        #expect(buffer.receivedBytes == 5)
        #expect(Self.whole(buffer.take()) == nil)
        // The next request finds the buffer as ever.
        buffer.end()
        buffer.begin()
        #expect(!buffer.isDiscarding)
        buffer.pass(2)
        var beginning = ByteBufferAllocator().buffer(capacity: 6)
        beginning.writeBytes([1, 2])
        #expect(buffer.open(behind: &beginning, of: 3, Self.roomy()))
        Self.read([3], into: buffer)
        #expect(!buffer.isRefused)
        #expect(Self.whole(buffer.take()) == [1, 2, 3])
    }

    @Test func `only the request that was answered early loses the rest of its body`() {
        let buffer = BodyBuffer()
        buffer.begin()
        buffer.end()
        buffer.begin()
        buffer.discard(1)
        #expect(!buffer.isDiscarding)
        buffer.discard(2)
        #expect(buffer.isDiscarding)
        buffer.end()
        buffer.discard(2)
        #expect(!buffer.isDiscarding)
    }
}
