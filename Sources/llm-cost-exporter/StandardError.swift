// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Where messages to the person at the keyboard go.
enum StandardError {
    static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
