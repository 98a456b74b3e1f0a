// SPDX-License-Identifier: Apache-2.0
import HTTPAPI
import Testing

struct ReadinessTests {
    @Test func `asking does not make the next answer slower or deeper`() {
        let readiness = Readiness()
        readiness.watch { false }
        // So many wrappers around the function would not fit on a stack.
        for _ in 0..<500_000 where readiness.isStoring { Issue.record("it stores") }
        #expect(!readiness.isStoring)
    }
}
