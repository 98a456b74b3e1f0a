// SPDX-License-Identifier: Apache-2.0
import HTTPAPI
import Testing

@Suite struct MemoryLimitTests {
    private static func limit(_ files: [String: String]) -> Int? { MemoryLimit.bytes { files[$0] } }

    @Test func `a container's limit in version 2`() {
        #expect(
            Self.limit(["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "268435456\n"]) == 268_435_456)
    }

    @Test func `the smallest limit of a service's group and those around it, in version 2`() {
        var files = [
            "/proc/self/cgroup": "0::/system.slice/exporter.service\n",
            "/sys/fs/cgroup/system.slice/exporter.service/memory.max": "max\n",
            "/sys/fs/cgroup/system.slice/memory.max": "1073741824\n",
            "/sys/fs/cgroup/memory.max": "max\n",
        ]
        #expect(Self.limit(files) == 1 << 30)
        files["/sys/fs/cgroup/system.slice/exporter.service/memory.max"] = "536870912\n"
        #expect(Self.limit(files) == 512 << 20)
    }

    @Test func `a container's limit in version 1, whose path only the host sees`() {
        let files = [
            "/proc/self/cgroup": "12:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n1:name=systemd:/docker/abc\n0::/\n",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes": "134217728\n",
        ]
        #expect(Self.limit(files) == 128 << 20)
    }

    @Test func `a group's limit in version 1`() {
        let files = [
            "/proc/self/cgroup": "4:hugetlb,memory:/a/b\n",
            "/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes": "9223372036854771712\n",
            "/sys/fs/cgroup/memory/a/memory.limit_in_bytes": "1000000\n",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
        ]
        #expect(Self.limit(files) == 1_000_000)
    }

    @Test(arguments: ["", "0::/\n", "nonsense", "::::\n4:memory\n", "0::/\u{0}\n"])
    func `without groups there is no limit`(groups: String) {
        #expect(Self.limit(["/proc/self/cgroup": groups]) == nil)
        #expect(Self.limit([:]) == nil)
    }

    @Test(arguments: ["max", "", "-1", "0", "1.5G", "9223372036854771712", "99999999999999999999"])
    func `what is no limit is none`(text: String) {
        #expect(Self.limit(["/proc/self/cgroup": "0::/", "/sys/fs/cgroup/memory.max": text]) == nil)
    }

    @Test func `all bodies may take a quarter of the memory, and none more than all`() {
        func fitted(_ memory: Int?, _ change: (inout HTTPAPIConfiguration) -> Void = { _ in }) -> HTTPAPIConfiguration {
            var configuration = HTTPAPIConfiguration()
            change(&configuration)
            configuration.fit(into: memory)
            return configuration
        }
        for memory in [nil, 1 << 40, 1 << 30] {
            #expect(fitted(memory).inflightLimit == 256 << 20)
            #expect(fitted(memory).maxInflatedBytes == 64 << 20)
        }
        #expect(fitted(256 << 20).inflightLimit == 64 << 20)
        #expect(fitted(256 << 20).maxInflatedBytes == 64 << 20)
        #expect(fitted(128 << 20).inflightLimit == 32 << 20)
        #expect(fitted(128 << 20).maxInflatedBytes == 32 << 20)
        #expect(fitted(40 << 20).maxBodyBytes == 10 << 20)
        #expect(fitted(1).inflightLimit == 4 << 20)
        // What is asked for holds.
        let asked = fitted(128 << 20) { $0.maxInflightBytes = 100 << 20 }
        #expect(asked.inflightLimit == 100 << 20)
        #expect(asked.maxInflatedBytes == 64 << 20)
    }
}
