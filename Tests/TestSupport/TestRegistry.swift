public import Recordings
public import Registry
public import Stitching

/// A fresh workspace that is removed with everything in it.
public func withRegistry(_ body: (SessionRegistry) throws -> Void) throws {
    try withTemporaryFolder { try body(try SessionRegistry.create(at: $0 + "/sessions")) }
}

extension SessionRegistry {
    /// In the order given.
    public func register(_ days: [Recording]) throws {
        for day in days { _ = try RegisterJourney.register(day, in: self) }
    }

    /// On one thread.
    @discardableResult
    public func stitch(
        _ manifest: StitchManifest, resume: Bool = false,
        report: (StitchJourney.Event) -> Void = { _ in }, shouldStop: () -> Bool = { false }
    ) throws -> StitchJourney.Outcome {
        try StitchJourney.stitch(
            manifest, in: self, options: .init(threads: 1, resume: resume), report: report,
            shouldStop: shouldStop)
    }

    /// A path in the workspace for a file of a test.
    public func scratch(_ name: String) -> String { workspace.location(of: name) }
}

extension StitchManifest {
    /// - Parameter text: YAML, as in a file.
    public init(text: String) throws {
        try self.init(ManifestDocument(text: text, path: "small.stitch.yaml"))
    }
}
