// SPDX-License-Identifier: Apache-2.0
import GenAI

/// A call where it lies, to be read without being copied.
@safe
struct CallPlace {
    // Sound: whoever makes one keeps the call where it is as long as the place is used, and does not change it.
    private let pointer: UnsafePointer<ModelCall>

    @unsafe @inline(__always)
    init(_ pointer: UnsafePointer<ModelCall>) { unsafe self.pointer = pointer }

    /// The call, read in place by whoever asks for a part of it.
    @inline(__always)
    var call: ModelCall { unsafeAddress { unsafe pointer } }

    /// Copies the call to a place that has none yet.
    @unsafe @inline(__always)
    func copy(to place: UnsafeMutablePointer<ModelCall>) { unsafe place.update(from: pointer, count: 1) }
}
