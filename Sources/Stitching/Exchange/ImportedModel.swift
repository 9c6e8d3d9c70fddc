/// Where the parameters of an imported run came from: stored with it.
public struct ImportedModel: Sendable, Equatable, Codable {
    /// Name of the file, without its folder.
    public var file: String
    /// SHA-256 of the file's bytes.
    public var fileHash: String

    enum CodingKeys: String, CodingKey {
        case file
        case fileHash = "file_sha256"
    }
}
