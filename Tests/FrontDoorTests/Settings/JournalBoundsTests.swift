// SPDX-License-Identifier: Apache-2.0
import Billing
import Ingest
import Ledger
import Testing

@testable import llm_cost_exporter

/// The journal keeps what the rooms may still need, whatever the settings say.
@Suite struct JournalBoundsTests {
    @Test func `decisions of calls that wait for their prices are kept, also with the smallest window`() {
        var settings = Settings()
        (settings.billing.maxWaiting, settings.billing.rememberedKeys) = (256, 1_024)
        #expect(settings.journal.rememberedArrivals >= 4 * IngestConfiguration().mostUncounted)
    }

    @Test(arguments: [(20_000, 1_024, 80_000), (256, 500_000, 500_000)])
    func `arrivals are kept for as many spans as the window remembers`(waiting: Int, remembered: Int, kept: Int) {
        var settings = Settings()
        (settings.billing.maxWaiting, settings.billing.rememberedKeys) = (waiting, remembered)
        #expect(settings.journal.rememberedArrivals == kept)
    }
}
