import LinearAlgebra
public import Recordings
public import Registry

/// Registered recordings, read and made ready for the model.
///
/// The bytes of a file are hashed before HDF5, which can crash on damaged ones, sees it: once for as long as
/// the registry is open and the file is not touched. They are what was registered with the content, which
/// needs no hash of its own then.
extension CanonicalFiles {
    /// Reads registered recordings, without the true rates that synthetic ones have, and checks that they are what was
    /// registered.
    ///
    /// Where counts take more than a share of the memory, they are kept in a file without a name, in the workspace.
    ///
    /// - Parameters:
    ///   - records: the revisions that are wanted.
    ///   - holdOut: what a run keeps back beside the recordings' own split.
    ///   - threads: recordings that are made ready at once.
    ///   - memory: bytes that there are; `nil` = this machine's.
    /// - Returns: one session for each record, in their order.
    /// - Throws: `StitchingError.recordingChanged`, `RecordingError`, `TrialArrayError`, and what `PreparedSession` throws.
    public func prepared(
        _ records: [SessionRecord], holdOut: HoldOut = HoldOut(), threads: Int = 1, memory: UInt64? = nil
    ) throws -> [PreparedSession] {
        let folder =
            SampleStorage.fits(records, in: memory ?? SampleStorage.memoryOfThisMachine)
            ? nil : workspace.path
        return try SideBySide.map(records.count, threads: min(threads, Self.mostAtOnce)) { index in
            try PreparedSession(
                recording(of: records[index], trueRates: false), holdOut: holdOut, inFileIn: folder)
        }
    }

    /// One is read while another is made ready; each takes several times the room of its counts as long as that lasts.
    private static let mostAtOnce = 2

    /// Reads a registered recording and checks that it is what was registered.
    ///
    /// - Parameters:
    ///   - record: the revision that is wanted.
    ///   - holdOut: what a run keeps back beside the recording's own split.
    ///   - trainingTrialLimit: the first so many training trials alone; the others take no part.
    ///   - trueRates: whether the true rates are read that synthetic recordings have.
    /// - Throws: `StitchingError.recordingChanged`, `RecordingError`, and what `PreparedSession` throws.
    public func prepared(
        _ record: SessionRecord, holdOut: HoldOut = HoldOut(), trainingTrialLimit: Int? = nil,
        trueRates: Bool = true
    ) throws -> PreparedSession {
        try PreparedSession(
            recording(of: record, trueRates: trueRates), holdOut: holdOut,
            trainingTrialLimit: trainingTrialLimit)
    }

    /// The recording of a registered session.
    /// - Throws: `StitchingError.recordingChanged`, `RecordingError`
    public func recording(of record: SessionRecord, trueRates: Bool = true) throws -> Recording {
        let recording = try RecordingFile.readSound(soundFile(of: record), trueRates: trueRates)
        // Another file may have come into its place since.
        _ = try soundFile(of: record)
        return recording
    }

    /// Names of a session's behaviour channels, without reading the rest of it.
    /// - Throws: `StitchingError.recordingChanged`, `RecordingError`
    public func behaviorNames(of record: SessionRecord) throws -> [String] {
        try RecordingFile.behaviorNames(soundFile(of: record))
    }

    private func soundFile(of record: SessionRecord) throws -> String {
        guard isSound(record) else {
            throw StitchingError.recordingChanged(session: record.name, file: record.file)
        }
        return workspace.location(of: record.file)
    }
}

/// The same of an open registry.
extension SessionRegistry {
    /// Reads registered recordings and checks that they are what was registered; see `CanonicalFiles`.
    public func prepared(
        _ records: [SessionRecord], holdOut: HoldOut = HoldOut(), threads: Int = 1
    ) throws -> [PreparedSession] {
        try files.prepared(records, holdOut: holdOut, threads: threads)
    }

    /// The same of one recording.
    public func prepared(
        _ record: SessionRecord, holdOut: HoldOut = HoldOut(), trainingTrialLimit: Int? = nil,
        trueRates: Bool = true
    ) throws -> PreparedSession {
        try files.prepared(
            record, holdOut: holdOut, trainingTrialLimit: trainingTrialLimit, trueRates: trueRates)
    }

    /// The recording of a registered session.
    /// - Throws: `StitchingError.recordingChanged`, `RecordingError`
    public func recording(of record: SessionRecord) throws -> Recording { try files.recording(of: record) }

    /// Names of a session's behaviour channels, without reading the rest of it.
    /// - Throws: `StitchingError.recordingChanged`, `RecordingError`
    public func behaviorNames(of record: SessionRecord) throws -> [String] {
        try files.behaviorNames(of: record)
    }
}
