import GRDB
public import Recordings

/// One revision of a session, as the registry knows it.
public struct SessionRecord: Sendable, Hashable, Codable {
    /// Name of the session.
    public let name: String
    /// Counted from 1; runs name the revision that they were trained on.
    public let revision: Int
    /// Whether this is the revision that new runs get.
    public let isCurrent: Bool
    /// Who was recorded.
    public let subject: String
    /// `YYYY-MM-DD`.
    public let date: String
    /// Which electrode array, where it was said.
    public let array: String?
    /// Whether values are counts.
    public let signal: Recording.Signal
    /// Width of a bin, milliseconds.
    public let binMilliseconds: Double
    /// Bins of a trial.
    public let binCount: Int
    /// Bins that the encoder sees.
    public let encodedBinCount: Int
    /// Units, the held-out ones among them.
    public let unitCount: Int
    /// Trials of all splits.
    public let trialCount: Int
    /// Trials for the test, which neither training nor any choice sees.
    public let testTrialCount: Int
    /// Distinct conditions; 0 if the trials carry none.
    public let conditionCount: Int
    /// Of what was recorded, independent of the file that holds it.
    public let contentHash: String
    /// Of the bytes of the canonical file.
    public internal(set) var fileHash: String
    /// The canonical file, relative to the workspace.
    public let file: String
    /// ISO 8601, UTC. For information; nothing depends on it.
    public let registeredAt: String
}

/// One unit of a session.
public struct UnitRecord: Sendable, Hashable, Codable {
    /// Index in the last axis of the recording's values.
    public let position: Int
    /// Name of the unit.
    public let name: String
    /// Over all trials and bins, in spikes per second; `nil` for continuous signals.
    public let meanRateHz: Double?
    /// Reconstructed but never shown to the encoder.
    public let isHeldOut: Bool
}

/// One trial of a session.
public struct TrialRecord: Sendable, Hashable, Codable {
    /// Index in the first axis of the recording's values.
    public let position: Int
    /// Number of the trial in its source.
    public let identifier: Int
    /// Label, where there is one.
    public let condition: String?
    /// What the trial is for.
    public let split: Recording.Split
}

extension SessionRecord {
    /// What `init(row:)` reads; to be followed by WHERE and ORDER BY.
    static let query = """
        SELECT session.name, revision, is_current, subject.name AS subject, date, array, signal,
            bin_ms, bin_count, encoded_bin_count, unit_count, trial_count,
            test_trial_count, condition_count, content_hash, file_hash, file, registered_at
        FROM session JOIN subject ON subject.id = session.subject_id
        """

    init(row: Row) throws {
        name = try row.decode(forColumn: "name")
        revision = try row.decode(forColumn: "revision")
        isCurrent = try row.decode(forColumn: "is_current")
        subject = try row.decode(forColumn: "subject")
        date = try row.decode(forColumn: "date")
        array = try row.decode(forColumn: "array")
        signal = try row.decode(forColumn: "signal")
        binMilliseconds = try row.decode(forColumn: "bin_ms")
        binCount = try row.decodeCount(forColumn: "bin_count")
        encodedBinCount = try row.decodeCount(forColumn: "encoded_bin_count")
        unitCount = try row.decodeCount(forColumn: "unit_count")
        trialCount = try row.decodeCount(forColumn: "trial_count")
        testTrialCount = try row.decodeCount(forColumn: "test_trial_count")
        conditionCount = try row.decodeCount(forColumn: "condition_count")
        contentHash = try row.decode(forColumn: "content_hash")
        fileHash = try row.decode(forColumn: "file_hash")
        file = try row.decode(forColumn: "file")
        registeredAt = try row.decode(forColumn: "registered_at")
    }
}

extension UnitRecord {
    init(row: Row) throws {
        position = try row.decode(forColumn: "position")
        name = try row.decode(forColumn: "name")
        meanRateHz = try row.decode(forColumn: "mean_rate_hz")
        isHeldOut = try row.decode(forColumn: "held_out")
    }
}

extension TrialRecord {
    init(row: Row) throws {
        position = try row.decode(forColumn: "position")
        identifier = try row.decode(forColumn: "identifier")
        condition = try row.decode(forColumn: "condition")
        split = try row.decode(forColumn: "split")
    }
}

extension Row {
    /// A count that no sum of counts overflows with, however a registry was edited.
    func decodeCount(forColumn column: String) throws -> Int {
        let value: Int = try decode(forColumn: column)
        return try Self.required(value, column)
    }

    /// Likewise, where there may be none.
    func decodeCountIfPresent(forColumn column: String) throws -> Int? {
        let value: Int? = try decode(forColumn: column)
        return try value.map { try Self.required($0, column) }
    }

    private static func required(_ value: Int, _ column: String) throws -> Int {
        guard (0...(1 << 40)).contains(value) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "\(value) in column \(column)")
        }
        return value
    }

    /// As GRDB's `decode`, for the enumerations that the schema's CHECKs list.
    func decode<Word: RawRepresentable<String>>(forColumn column: String) throws -> Word {
        let text: String = try decode(forColumn: column)
        guard let word = Word(rawValue: text) else {
            throw DatabaseError(
                resultCode: .SQLITE_CORRUPT, message: "\"\(text)\" in column \(column)")
        }
        return word
    }
}
