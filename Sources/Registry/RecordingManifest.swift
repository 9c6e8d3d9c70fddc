public import Recordings

/// What a lab says about one recording day: where the file is, how to read it, how to name it.
///
/// ```yaml
/// session: jango-2016-06-26        # unique name
/// subject: Jango
/// date: 2016-06-26
/// recording: ../incoming/jango_2016-06-26.h5   # relative to the manifest
/// format: binned-hdf5              # lfads-hdf5 | binned-hdf5
/// bin_ms: 50
/// condition: condition             # which field labels the trials, or none
/// behavior: [force_x, force_y]     # or none
/// units: {min_rate_hz: 0.1}
/// split: {valid_every: 5}          # or file
/// ```
public struct RecordingManifest: Sendable, Equatable {
    public var session: String
    public var subject: String
    /// `YYYY-MM-DD`.
    public var date: String
    public var array: String?
    /// The file to read; relative to the working folder or absolute.
    public var recording: String
    public var format: Format
    /// The width of a bin that is wanted; `nil` for that of the file.
    public var binMilliseconds: Double?
    /// The width of a bin in the file, where the file doesn't say.
    public var sourceBinMilliseconds: Double?
    public var signal: Recording.Signal
    public var condition: Choice<String>
    public var behavior: Choice<[String]>
    public var externalInputs: Choice<[String]>
    /// The dataset with the spikes; `nil` for the one that the format expects.
    public var spikes: String?
    /// Units that fire less than this are left out; `nil` keeps all.
    public var minimumRateHz: Double?
    /// `nil` for what suits the format.
    public var split: Split?

    public enum Format: String, Sendable, Codable, CaseIterable {
        case lfadsHDF5 = "lfads-hdf5"
        case binnedHDF5 = "binned-hdf5"
    }

    /// A part of a recording that is named, left out, or left to the format.
    public enum Choice<Value: Sendable & Equatable>: Sendable, Equatable {
        case automatic, absent
        case named(Value)
    }

    public enum Split: Sendable, Equatable {
        /// Of each condition, every n-th trial is held out.
        case validEvery(Int)
        /// As the file says.
        case file
    }

    /// - Throws: `ManifestError`
    public init(contentsOf path: String) throws {
        try self.init(ManifestDocument(contentsOf: path))
    }

    /// - Throws: `ManifestError`
    public init(_ document: ManifestDocument) throws {
        let root = document.root
        session = try root.required("session").sessionName()
        subject = try root.required("subject").text()
        date = try root.required("date").date()
        array = try root.optional("array")?.text()
        recording = try root.required("recording").filePath()
        format = try root.required("format").oneOf(Format.self)
        binMilliseconds = try root.optional("bin_ms")?.positiveNumber()
        sourceBinMilliseconds = try root.optional("source_bin_ms")?.positiveNumber()
        signal = try Self.signal(root.optional("signal"))
        condition = try Self.name(root.optional("condition"))
        behavior = try Self.names(root.optional("behavior"))
        externalInputs = try Self.names(root.optional("external_inputs"))
        spikes = try root.optional("spikes")?.text()
        let units = try root.optional("units")?.mapping()
        minimumRateHz = try units?.optional("min_rate_hz")?.number(in: 0...)
        split = try root.optional("split").map(Self.split)
        try root.finish()
    }

    private static func signal(_ value: ManifestValue?) throws -> Recording.Signal {
        let words: [Recording.Signal] = [.counts, .continuous]
        guard let word = try value?.oneOf(words.map(\.rawValue)) else { return .counts }
        return words.first { $0.rawValue == word } ?? .counts
    }

    private static func name(_ value: ManifestValue?) throws -> Choice<String> {
        guard let name = try value?.text() else { return .automatic }
        return name == "none" ? .absent : .named(name)
    }

    private static func names(_ value: ManifestValue?) throws -> Choice<[String]> {
        guard let value else { return .automatic }
        if value.kind == .scalar, try value.text() == "none" { return .absent }
        guard value.kind == .list else {
            throw value.wrongType(expected: "a list of channels or \"none\"")
        }
        var names: [String] = []
        for element in try value.elements() {
            let name = try element.text()
            if names.contains(name) {
                throw element.outOfRange(expected: "a channel that the list doesn't name before")
            }
            names.append(name)
        }
        return names.isEmpty ? .absent : .named(names)
    }

    private static func split(_ value: ManifestValue) throws -> Split {
        switch value.kind {
        case .mapping:
            return .validEvery(try value.mapping().required("valid_every").integer(in: 2...))
        case .scalar where try value.text() == "file":
            return .file
        default:
            throw value.wrongType(expected: "\"file\" or {valid_every: 5}")
        }
    }
}
