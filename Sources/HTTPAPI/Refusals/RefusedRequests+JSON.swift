// SPDX-License-Identifier: Apache-2.0
import Notation

extension RefusedRequests {
    /// The refusals as a JSON object, the latest first, for programs such as `doctor`.
    var json: String { JSONText.object([("refused", JSONText.list(list.map(\.json)))]) }
}

extension RefusedRequests.Entry {
    fileprivate var json: String {
        JSONText.object([
            ("listener", JSONText.quoted(listener.rawValue)), ("kind", JSONText.quoted(kind.rawValue)),
            ("status", status.map(String.init) ?? "null"), ("count", String(count)),
            ("last_seen", JSONText.quoted(Timestamp(nanoseconds: lastNanoseconds).toSeconds)),
            ("peer", JSONText.quoted(peer)), ("path", JSONText.quoted(path)),
            ("content_type", JSONText.quoted(contentType)), ("reason", JSONText.quoted(reason)),
            ("remedy", JSONText.quoted(remedy)),
        ])
    }
}
