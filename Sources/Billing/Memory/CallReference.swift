// SPDX-License-Identifier: Apache-2.0
import GenAI

/// A reference to a call in memory, which is read without being copied.
@safe
struct CallReference {
    // Sound: the caller that makes a reference neither moves nor changes the call while the reference is used.
    private let pointer: UnsafePointer<ModelCall>

    @unsafe @inline(__always)
    init(_ pointer: UnsafePointer<ModelCall>) { unsafe self.pointer = pointer }

    /// The call; only the fields that are read are loaded.
    @inline(__always)
    var call: ModelCall { unsafeAddress { unsafe pointer } }

    /// Copies the call to a slot that has none yet.
    @unsafe @inline(__always)
    func copy(to slot: UnsafeMutablePointer<ModelCall>) { unsafe slot.update(from: pointer, count: 1) }
}
