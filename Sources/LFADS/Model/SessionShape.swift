/// How a model knows a session: by its name, and by its units, the leading ones of which the encoder sees.
public struct SessionShape: Sendable, Equatable {
    /// Keys the session's tensors and its random draws.
    public let name: String
    public let encodedUnitCount: Int
    /// Reconstructed units.
    public let unitCount: Int

    public init(name: String, encodedUnitCount: Int, unitCount: Int) {
        self.name = name
        self.encodedUnitCount = encodedUnitCount
        self.unitCount = unitCount
    }
}
