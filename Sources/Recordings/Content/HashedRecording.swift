/// A recording with the hash of its content, which is computed once: it takes a while on a long day.
public struct HashedRecording: Sendable {
    /// What was hashed.
    public let recording: Recording
    /// See `Recording.contentHash`.
    public let contentHash: String

    /// Hashes the content of a recording.
    public init(_ recording: Recording) {
        self.recording = recording
        contentHash = recording.contentHash
    }
}
