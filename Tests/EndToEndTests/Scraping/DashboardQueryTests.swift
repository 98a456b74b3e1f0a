// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The simulated company's week in a real Prometheus, and every query of the dashboards and rules on it.
@Suite struct DashboardQueryTests {
    @Test
    func `every query has a result, and the counters have what the sender spent, across a restart and two instances`()
        throws
    {
        let proof = try run(
            URL(filePath: "/usr/bin/env"),
            [
                "PYTHONPATH=\(Repository.root.appending(path: "grafana").path)", Repository.tool("python").path, "-B",
                "-m",
                "demo.proof", "--exporter", Repository.service.path, "--days", "15", "--volume", "0.2", "--step",
                "1800",
                "--requests", "1",
            ])
        #expect(proof.status == 0, "\(proof.log)\(proof.text)")
        #expect(proof.text.contains(" queries, "))
    }
}
