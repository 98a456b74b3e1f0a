// SPDX-License-Identifier: Apache-2.0
import Ledger
import Notation
import Pricing

/// What the charges of one row have in common.
struct FocusGroup: Hashable {
    let times: FocusSums.Times
    let isLate: Bool
    let provider: String
    let model: String
    let tier: String
    let region: String
    let source: LineSource
    /// Empty for none.
    let subAccount: ExactText
    /// A JSON object.
    let tags: ExactText
    let meter: FocusMeter
    let price: Dollars
}

/// One row of a FOCUS file before it is text.
struct FocusLine {
    let group: FocusGroup
    var consumed: Int128
    var cost: Dollars

    /// Rows of a day in the order of provider, model, meter and price, and then of everything else, so that the same calls
    /// make the same file.
    static func precedes(_ left: FocusLine, _ right: FocusLine) -> Bool {
        let (one, other) = (left.group, right.group)
        if one.times != other.times {
            return (one.times.charge.lowerBound, one.times.billing.lowerBound)
                < (other.times.charge.lowerBound, other.times.billing.lowerBound)
        }
        for (text, otherText) in zip(one.words, other.words) where text != otherText { return text < otherText }
        return one.price < other.price
    }

    /// Makes the row.
    ///
    /// - Parameter subAccountType: What sub accounts are.
    /// - Returns: All its cells.
    func row(subAccountType: String?) -> FocusRow {
        let names = FocusNames(provider: group.provider, model: group.model)
        var row = FocusRow()
        let isAdjustment = group.meter == .adjustment
        row[.chargeCategory] = isAdjustment ? "Adjustment" : "Usage"
        row[.chargeClass] = group.isLate ? "Correction" : nil
        row[.chargeFrequency] = isAdjustment ? "One-Time" : "Usage-Based"
        row[.chargeDescription] = description
        row[.pricingCategory] = isAdjustment ? nil : "Standard"
        row[.serviceCategory] = "AI and Machine Learning"
        row[.serviceSubcategory] = "Generative AI"
        row[.serviceName] = names.service
        row[.providerName] = names.provider
        row[.publisherName] = names.publisher
        row[.invoiceIssuerName] = names.provider
        row[.billingAccountId] = names.provider
        row[.billingAccountName] = names.provider
        row[.billingAccountType] = "Provider"
        row[.regionId] = group.region
        row[.regionName] = group.region
        row[.tags] = group.tags.text
        if !group.subAccount.text.isEmpty {
            row[.subAccountId] = group.subAccount.text
            row[.subAccountName] = group.subAccount.text
            row[.subAccountType] = subAccountType
        }
        writeTimes(to: &row)
        writeSKU(to: &row)
        writeMoney(to: &row)
        return row
    }

    private func writeTimes(to row: inout FocusRow) {
        let utc = ZoneCalendar(.utc)
        row[.billingPeriodStart] = utc.text(group.times.billing.lowerBound)
        row[.billingPeriodEnd] = utc.text(group.times.billing.upperBound)
        row[.chargePeriodStart] = utc.text(group.times.charge.lowerBound)
        row[.chargePeriodEnd] = utc.text(group.times.charge.upperBound)
    }

    private func writeSKU(to row: inout FocusRow) {
        let sku = [group.provider, group.model].map { $0.isEmpty ? "unknown" : $0 }.joined(separator: "/")
        let price = [group.tier, group.region].filter { !$0.isEmpty }
        row[.skuId] = "\(sku)/\(group.meter.id)"
        row[.skuMeter] = group.meter.name
        // Nothing is counted or priced by the piece where only a cost changes.
        guard group.meter != .adjustment else { return }
        row[.skuPriceId] =
            "\(sku)/\(([group.meter.id] + price).joined(separator: "/"))@"
            + (isUnpriced ? "unpriced" : group.price.description)
        var details = JSONLine()
        details.add("x_ModelId", said: group.model)
        details.add("x_Meter", group.meter.id)
        if !group.tier.isEmpty { details.add("x_Tier", group.tier) }
        row[.skuPriceDetails] = details.text
    }

    private func writeMoney(to row: inout FocusRow) {
        row[.billingCurrency] = "USD"
        row[.pricingCurrency] = "USD"
        let costs: [FocusColumn] = [
            .billedCost, .effectiveCost, .listCost, .contractedCost, .pricingCurrencyEffectiveCost,
        ]
        for column in costs { row[column] = Self.decimal(cost.femtodollars, 15) }
        guard group.meter != .adjustment else { return }
        let consumed = group.meter.consumed
        row[.consumedQuantity] = Self.decimal(self.consumed, consumed.decimals)
        row[.consumedUnit] = consumed.unit
        row[.pricingQuantity] =
            switch group.meter.pricing {
            case .millionTokens: Self.decimal(self.consumed, 6)
            case .piece: Self.decimal(self.consumed, 0)
            case .dollar: Self.decimal(cost.femtodollars, 15)
            }
        row[.pricingUnit] = group.meter.pricingUnit
        let prices: [FocusColumn] = [
            .listUnitPrice, .contractedUnitPrice, .pricingCurrencyListUnitPrice, .pricingCurrencyContractedUnitPrice,
        ]
        for column in prices { row[column] = Self.decimal(group.price.femtodollars, 15) }
    }

    private var isUnpriced: Bool { group.source == .unpriced }

    private var description: String {
        if group.meter == .adjustment {
            return "\(group.model.isEmpty ? "unknown model" : group.model), difference by repricing"
        }
        let what = "\(group.model.isEmpty ? "unknown model" : group.model), \(group.meter.name.lowercased())"
        let tier = group.tier.isEmpty ? "" : ", \(group.tier) tier"
        let source =
            switch group.source {
            case .unpriced:
                ": their cost is not known; what repricing finds later is in an Adjustment row"
            case .estimated: ", in part an estimate"
            case .reported: ", as spans report it"
            default: ""
            }
        return what + tier + source
    }

    /// A number with a decimal point, by which readers that guess the types of columns know decimals.
    static func decimal(_ units: Int128, _ decimals: Int) -> String {
        let text = DecimalText.text(of: units, decimals: decimals)
        return text.contains(".") ? text : text + ".0"
    }
}

extension FocusGroup {
    fileprivate var words: [String] {
        [
            provider, model, meter == .adjustment ? "~" : meter.id, tier, region, source.name, subAccount.text,
            tags.text,
        ]
    }
}
