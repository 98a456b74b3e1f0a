// SPDX-License-Identifier: Apache-2.0
import Exposition
import Testing

@Suite struct ExpositionFormatTests {
    private static let prometheus3 = """
        application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
        application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,\
        text/plain;version=0.0.4;q=0.3,*/*;q=0.2
        """
    private static let prometheus3Protobuf = """
        application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,\
        application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,\
        application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,\
        text/plain;version=0.0.4;q=0.2,*/*;q=0.1
        """

    @Test(arguments: [
        prometheus3, prometheus3Protobuf,
        "application/openmetrics-text; version=1.0.0,application/openmetrics-text; version=0.0.1;q=0.75,"
            + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        "application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        "application/openmetrics-text", "Application/OpenMetrics-Text ; Version=\"1.0.0\"",
        "text/plain;q=0.2, application/openmetrics-text;q=0.201", "*/*, application/openmetrics-text",
        "application/openmetrics-text, text/plain", "text/plain;q=0,application/openmetrics-text;q=0.001,*/*",
        "text/html,,application/openmetrics-text;version=2.0.0;q=1,application/openmetrics-text;q=0.5",
        "x/y;a=\"b,c;q=0\";q=0.1, application/openmetrics-text",
    ])
    func `who names OpenMetrics and likes it best gets it`(accept: String) {
        #expect(ExpositionFormat.negotiate(accept: accept) == .openMetrics)
    }

    @Test(
        arguments: [
            nil, "", ",", "*/*", "text/plain", "text/*", "application/*", "text/html,application/xhtml+xml,*/*;q=0.8",
            "text/plain;version=0.0.4", "application/json", "text/plain, application/openmetrics-text",
            "application/openmetrics-text;q=0.3,text/plain;q=0.5", "application/openmetrics-text;q=0",
            "application/openmetrics-text;q=0,*/*", "application/openmetrics-text;version=2.0.0",
            "application/openmetrics-text;version=2.0.0,text/plain;q=0.1", "application/openmetrics-text;q=loud",
            "application/openmetrics-text;q=0.0001", "application/openmetrics-text;q=1.5",
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
            "x/y;a=\",application/openmetrics-text\"", "application/openmetrics-text;q=0.1,*/*;q=0.2",
        ] as [String?])
    func `everyone else gets plain text`(accept: String?) {
        #expect(ExpositionFormat.negotiate(accept: accept) == .prometheusText)
    }

    @Test func `each format says its type and version`() {
        #expect(ExpositionFormat.prometheusText.contentType == "text/plain; version=0.0.4; charset=utf-8")
        #expect(
            ExpositionFormat.openMetrics.contentType == "application/openmetrics-text; version=1.0.0; charset=utf-8")
    }
}
