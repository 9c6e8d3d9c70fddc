/// How a model knows a session: by its name, and by its units, the leading ones of which the encoder sees.
public struct SessionShape: Sendable, Equatable {
    /// Keys the session's tensors and its random draws.
    public let name: String
    /// Leading units that the encoder sees.
    public let encodedUnitCount: Int
    /// Reconstructed units.
    public let unitCount: Int

    /// Describes a session to a model.
    ///
    /// - Parameters:
    ///   - name: keys the session's tensors and its random draws.
    ///   - encodedUnitCount: leading units that the encoder sees.
    ///   - unitCount: all units, which are reconstructed.
    public init(name: String, encodedUnitCount: Int, unitCount: Int) {
        self.name = name
        self.encodedUnitCount = encodedUnitCount
        self.unitCount = unitCount
    }
}
