// SPDX-License-Identifier: Apache-2.0
import Exposition
import Testing

@Suite struct AcceptHeaderTests {
    @Test(arguments: [
        "gzip", "GZIP", "x-gzip", "gzip, deflate, br", "deflate;q=0.5,gzip;q=0.1", "*", "*;q=0.5", "br, *;q=0.1",
        "identity;q=1, gzip ; q=0.001", "*;q=0,gzip", "gzip;q=1.000",
    ])
    func `a client that names gzip or everything accepts it`(header: String) {
        #expect(AcceptHeader.acceptsGzip(acceptEncoding: header))
    }

    @Test(
        arguments: [
            nil, "", "identity", "deflate, br", "gzip;q=0", "gzip;q=0.000", "gzip;q=0,*", "*;q=0", "gzipped", "gzip;q=",
            "gzip;q=-1", "gzip;q=2",
        ] as [String?])
    func `a client that does not, or with a weight of zero, does not accept it`(header: String?) {
        #expect(!AcceptHeader.acceptsGzip(acceptEncoding: header))
    }
}
