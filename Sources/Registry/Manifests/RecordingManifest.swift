public import Recordings

/// What a lab says about one recording day: where the file is, how to read it, how to name it.
///
/// ```yaml
/// session: jango-2016-06-26        # unique name
/// subject: Jango                   # in nwb: that of the file if left out
/// date: 2016-06-26                 # likewise
/// array: M1                        # optional, as everything below format
/// recording: ../incoming/jango_2016-06-26.h5   # relative to the manifest
/// format: binned-hdf5              # lfads-hdf5 | binned-hdf5 | nwb | mat | npz | npy
/// bin_ms: 50                       # wanted width of a bin; that of the file if left out
/// source_bin_ms: 10                # width in the file, where the file doesn't say
/// signal: counts                   # counts | continuous
/// rates_hz: true                   # values are rates in Hz, not counts
/// spikes: spikes                   # name of the dataset
///                                  # or spike times: {times: spike_times, units: spike_clusters}
/// axes: [units, bins, trials]      # their order in the file; needed for mat, npz, npy
/// align: {event: go_cue_time, before_ms: 250, after_ms: 450}   # which part of a trial
/// chop: {window_ms: 600, overlap_ms: 200}   # cuts a continuous recording into windows
/// trials: {table: trials, where: {success: true}}   # which rows; without align: a struct array in mat
/// bins: {first: 60}                # mat: which bins of trials of unequal length
/// condition: condition             # dataset that labels the trials, or none; in nwb columns
/// behavior: [force_x, force_y]     # channels to keep, or none; all if left out; in nwb time series;
///                                  # or datasets: {force: [force_x, force_y], emg: all}
/// trial_id: trial_id               # dataset, or none
/// unit_id: unit_id                 # dataset, or none
/// event_counts: [licks]            # nwb: series of events, counted in each bin
/// scalars: [reaction_time]         # datasets with one number a trial
/// external_inputs: none            # dataset, or none
/// start_s: 2                       # when the first bin of a continuous recording begins
/// times: times                     # dataset: when each bin of a continuous recording begins
/// units: {min_rate_hz: 0.1, min_presence: 0.8, max_coincidence: 0.1, omit: [12]}
/// split: {valid_every: 5}          # every 5th trial of each condition is held out; or file
///                                  # {valid_every: 5, test_every: 5}: before that, every 5th is for the test
/// ```
public struct RecordingManifest: Sendable, Equatable {
    /// The manifest's own file; `nil` for what stands in no file.
    public let path: String?
    /// What it says, with the recording's path resolved.
    public let source: RecordingSource

    /// What a manifest would say, without a file of that kind.
    ///
    /// - Parameter source: where the recording is, and how it is to be read.
    public init(_ source: RecordingSource) {
        path = nil
        self.source = source
    }

    /// Reads a manifest from a YAML file.
    /// - Throws: `ManifestError`
    public init(contentsOf path: String) throws {
        try self.init(ManifestDocument(contentsOf: path))
    }

    /// Reads a manifest from YAML.
    /// - Throws: `ManifestError`
    public init(_ document: ManifestDocument) throws {
        let root = document.root
        let format = try root.required("format").oneOf(RecordingSource.Format.self)
        // An NWB file says itself whose it is, and of when.
        func stated(_ key: String) throws -> ManifestValue? {
            format == .nwb ? root.optional(key) : try root.required(key)
        }
        var source = RecordingSource(
            path: try root.required("recording").filePath(), format: format,
            session: try root.required("session").sessionName(),
            subject: try stated("subject")?.text(expected: "the name of the animal or the participant") ?? "",
            date: try stated("date")?.date() ?? "")
        source.array = try root.optional("array")?.text()
        let keys = RecordingManifestKeys(root: root, format: format)
        try keys.readSignal(into: &source)
        try keys.readWindows(into: &source)
        try keys.readDatasets(into: &source)
        try keys.readUnits(into: &source)
        source.split = try root.optional("split").map(RecordingManifestKeys.split)
        try root.finish()
        path = document.path
        self.source = source
    }
}
