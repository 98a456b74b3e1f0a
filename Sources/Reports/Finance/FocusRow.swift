// SPDX-License-Identifier: Apache-2.0
import Notation

/// The columns of FOCUS, in their order.
///
/// - SeeAlso: FinOps Open Cost and Usage Specification, version 1.2, dataset Cost and Usage.
enum FocusColumn: String, CaseIterable {
    case availabilityZone, billedCost, billingAccountId, billingAccountName, billingAccountType, billingCurrency
    case billingPeriodEnd, billingPeriodStart, capacityReservationId, capacityReservationStatus, chargeCategory
    case chargeClass, chargeDescription, chargeFrequency, chargePeriodEnd, chargePeriodStart
    case commitmentDiscountCategory, commitmentDiscountId, commitmentDiscountName, commitmentDiscountQuantity
    case commitmentDiscountStatus, commitmentDiscountType, commitmentDiscountUnit, consumedQuantity, consumedUnit
    case contractedCost, contractedUnitPrice, effectiveCost, invoiceId, invoiceIssuerName, listCost
    case listUnitPrice, pricingCategory, pricingCurrency, pricingCurrencyContractedUnitPrice
    case pricingCurrencyEffectiveCost, pricingCurrencyListUnitPrice, pricingQuantity, pricingUnit, providerName
    case publisherName, regionId, regionName, resourceId, resourceName, resourceType, serviceCategory
    case serviceName, serviceSubcategory, skuId, skuMeter, skuPriceDetails, skuPriceId, subAccountId
    case subAccountName, subAccountType, tags

    /// The name in the head of the file.
    var name: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

    /// Whether its cells are numbers or times of ours, which need no protection from spreadsheets.
    var isPlain: Bool {
        switch self {
        case .billedCost, .effectiveCost, .listCost, .contractedCost, .listUnitPrice, .contractedUnitPrice,
            .consumedQuantity, .pricingQuantity, .commitmentDiscountQuantity, .pricingCurrencyContractedUnitPrice,
            .pricingCurrencyEffectiveCost, .pricingCurrencyListUnitPrice, .billingPeriodStart, .billingPeriodEnd,
            .chargePeriodStart, .chargePeriodEnd:
            true
        default: false
        }
    }

    /// The first line of a file.
    static let head: String = {
        var line = CSVLine()
        for column in allCases { line.add(text: column.name) }
        return line.text
    }()
}

/// One row of a FOCUS file; a column without a value is null, an empty cell.
struct FocusRow {
    private var cells: [FocusColumn: String] = [:]

    subscript(column: FocusColumn) -> String? {
        get { cells[column] }
        set { cells[column] = newValue.flatMap { $0.isEmpty ? nil : $0 } }
    }

    /// The row as comma-separated values, without a line end.
    var text: String {
        var line = CSVLine()
        for column in FocusColumn.allCases {
            if column.isPlain { line.add(number: cells[column]) } else { line.add(text: cells[column] ?? "") }
        }
        return line.text
    }
}
