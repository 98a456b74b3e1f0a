// SPDX-License-Identifier: Apache-2.0
import Doctor
import TestData
import Testing

@Suite struct HTTPAnswerTests {
    @Test(
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef", 200, "abc"),
            ("HTTP/1.0 404 Not Found\r\n\r\nnone", 404, "none"), ("HTTP/1.1 204\r\n\r\n", 204, ""),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n",
                200, "abc0123456789"
            ),
        ])
    func `an answer has a status and a body`(text: String, status: Int, body: String) {
        let answer = HTTPAnswer(Array(text.utf8))
        #expect(answer?.status == status)
        #expect(answer?.text == body)
    }

    @Test(
        arguments: [
            "", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\n\r", "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/2 200\r\n\r\n",
            "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 999 X\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcde\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n",
        ])
    func `anything else, and what is cut short, is no answer`(text: String) {
        #expect(HTTPAnswer(Array(text.utf8)) == nil)
    }

    @Test func `no bytes trap`() {
        var random = SeededGenerator(seed: 3)
        let whole = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nDate: x\r\n\r\n3\r\nabc\r\n0\r\n\r\n".utf8)
        for _ in 0..<5_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
            let answer = HTTPAnswer(bytes)
            #expect(answer == nil || (100...599).contains(answer?.status ?? 0))
        }
    }
}
