import Foundation
public import Recordings

/// What a lab says about one recording day: where the file is, how to read it, how to name it.
///
/// ```yaml
/// session: jango-2016-06-26        # unique name
/// subject: Jango
/// date: 2016-06-26
/// array: M1                        # optional, as everything below format
/// recording: ../incoming/jango_2016-06-26.h5   # relative to the manifest
/// format: binned-hdf5              # lfads-hdf5 | binned-hdf5 | mat | npz | npy
/// bin_ms: 50                       # wanted width of a bin; that of the file if left out
/// source_bin_ms: 10                # width in the file, where the file doesn't say
/// signal: counts                   # counts | continuous
/// spikes: spikes                   # name of the dataset
/// axes: [units, bins, trials]      # their order in the file; needed for mat, npz, npy
/// condition: condition             # dataset that labels the trials, or none
/// trials: R                        # mat: a struct array with one element a trial
/// bins: {first: 60}                # with trials: cut them; or {last: 60}
/// trial_id: trial_id               # dataset with a whole number for each trial, or none
/// unit_id: unit_id                 # dataset that names the units, or none
/// behavior: [force_x, force_y]     # channels to keep, or none; all if left out; or datasets with
///                                  # their channels: {force: [x, y], emg: all}
/// scalars: [reaction_time]         # datasets with one number a trial
/// external_inputs: none            # dataset, or none
/// units: {min_rate_hz: 0.1}
/// split: {valid_every: 5}          # every 5th trial of each condition is held out; or file
/// ```
public struct RecordingManifest: Sendable, Equatable {
    /// The manifest's own file.
    public let path: String
    /// What it says, with the recording's path resolved.
    public let source: RecordingSource

    /// - Throws: `ManifestError`
    public init(contentsOf path: String) throws {
        try self.init(ManifestDocument(contentsOf: path))
    }

    /// - Throws: `ManifestError`
    public init(_ document: ManifestDocument) throws {
        let root = document.root
        var source = RecordingSource(
            path: try root.required("recording").filePath(),
            format: try root.required("format").oneOf(RecordingSource.Format.self),
            session: try root.required("session").sessionName(),
            subject: try root.required("subject").text(),
            date: try root.required("date").date())
        source.array = try root.optional("array")?.text()
        source.signal = try Self.signal(root.optional("signal"))
        source.binMilliseconds = try root.optional("bin_ms")?.positiveNumber()
        source.sourceBinMilliseconds = try root.optional("source_bin_ms")?.positiveNumber()
        try Self.readDatasets(from: root, into: &source)
        source.minimumRateHz = try root.optional("units")?.mapping()
            .optional("min_rate_hz")?.number(in: 0...)
        source.split = try root.optional("split").map(Self.split)
        try root.finish()
        path = document.path
        self.source = source
    }

    private static func readDatasets(
        from root: ManifestMapping, into source: inout RecordingSource
    ) throws {
        func meaningless(_ key: String) -> ManifestError {
            root.contradiction(key, "has no meaning for the format \(source.format.rawValue)")
        }
        // lfads-torch's files hold spikes under four fixed names; a .npy file is a single array.
        if source.format == .npy {
            source.datasets.spikes = URL(filePath: source.path).lastPathComponent
        }
        if let spikes = root.optional("spikes") {
            guard ![.lfadsHDF5, .npy].contains(source.format) else { throw meaningless("spikes") }
            source.datasets.spikes = try spikes.text()
        }
        try readTrials(from: root, into: &source)
        if let axes = root.optional("axes") {
            guard source.format != .lfadsHDF5 else { throw meaningless("axes") }
            source.axes = try Self.axes(axes, withinTrials: source.trialStructure != nil)
        }
        source.datasets.condition = try dataset(root.optional("condition"))
        source.datasets.trialIdentifiers = try dataset(root.optional("trial_id"))
        source.datasets.unitIdentifiers = try dataset(root.optional("unit_id"))
        source.datasets.externalInputs = try dataset(root.optional("external_inputs"))
        if let behavior = root.optional("behavior") {
            try readBehavior(behavior, from: root, into: &source)
        }
        if let scalars = root.optional("scalars") {
            guard source.format != .lfadsHDF5 else { throw meaningless("scalars") }
            source.trialScalars = try channels(scalars) ?? []
        }
    }

    private static func signal(_ value: ManifestValue?) throws -> Recording.Signal {
        let words: [Recording.Signal] = [.counts, .continuous]
        let word = try value?.oneOf(words.map(\.rawValue))
        return words.first { $0.rawValue == word } ?? .counts
    }

    private static func dataset(_ value: ManifestValue?) throws -> RecordingSource.Choice {
        guard let name = try value?.text() else { return .usual }
        return name == "none" ? .omitted : .named(name)
    }

    /// `nil` for none.
    static func channels(_ value: ManifestValue) throws -> [String]? {
        if value.kind == .scalar, try value.text() == "none" { return nil }
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
        return names.isEmpty ? nil : names
    }

    private static func split(_ value: ManifestValue) throws -> TrialSplit {
        switch value.kind {
        case .mapping:
            return .everyKthOfCondition(
                try value.mapping().required("valid_every").integer(in: 2...))
        case .scalar where try value.text() == "file":
            return .fromFile
        default:
            throw value.wrongType(expected: "\"file\" or {valid_every: 5}")
        }
    }
}
