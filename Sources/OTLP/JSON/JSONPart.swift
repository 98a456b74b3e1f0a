// SPDX-License-Identifier: Apache-2.0

/// A part of a JSON text that the reader expected, as error messages name it.
package enum JSONPart: String, Sendable {
    case value = "a value"
    case object = "an object"
    case list = "a list"
    case name = "a name in quotes"
    case colon = "a colon"
    case commaOrBracket = "a comma or the closing bracket"
    case number = "a number"
    case escape = "an escape that JSON knows"
    case end = "the end of the body"
}
