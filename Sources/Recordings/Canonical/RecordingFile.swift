import ArrayFiles

/// The canonical file of a recording: HDF5, complete, exact, checked by a hash, and readable without
/// this program. Other layouts that a recording can be exported to are in the extensions.
///
/// Attributes of `/`: `format`, `version`, `session`, `subject`, `date`, `array`, `bin_ms`, `signal`
/// (`counts` or `continuous`), `encoded_bins`, `content_sha256`. Attributes of the group `provenance`:
/// where it came from. Datasets, trials in recorded order:
///
/// | dataset | extents | type |
/// |---|---|---|
/// | `values` | trials × bins × units | counts: smallest of uint8, uint16, int32; otherwise float32 |
/// | `observed` | trials × bins × units | uint8, 0 or 1: where a sample was not observed `values` has 0 |
/// | `trial_id` | trials | int64 |
/// | `condition` | trials | text, empty for none |
/// | `split` | trials | text, `train`, `valid` or `test` |
/// | `unit_id` | units | text |
/// | `unit_held_out` | units | uint8, 0 or 1 |
/// | `behavior` | trials × bins × channels, names in the attribute `names` | float32, NaN: not measured |
/// | `external_inputs` | likewise | float32 |
/// | `true_rates` | trials × bins × units | float32, Hz, NaN: not known |
/// | `window_segment`, `window_start_bin` | trials | int64: where a window was cut from |
/// | `segment_start_s` | segments | float64, seconds |
///
/// `observed` and those from `behavior` on are left out where there is nothing to say.
public enum RecordingFile {
    static let format = "neurostitch-recording"
    /// The newest layout. A recording is written as the oldest that can hold it, so that older programs
    /// read what they know: version 1 knows no windows, version 2 no test trials, version 3 no sample that was not
    /// observed.
    static let version = 4

    private static func version(of recording: Recording) -> Int {
        if recording.lacksSamples { return 4 }
        if recording.trials.contains(where: { $0.split == .test }) { return 3 }
        return recording.chop == nil ? 1 : 2
    }

    /// Writes the canonical file, all of it or nothing. Equal recordings give equal bytes.
    /// - Throws: `RecordingError.file`; `RecordingError.invalidCount` for counts that aren't counts.
    public static func write(_ recording: Recording, to path: String) throws {
        recording.requireConsistentShapes()
        try write(HashedRecording(recording), to: path)
    }

    /// Writes the canonical file of a recording whose hash is known already.
    /// - Throws: `RecordingError.file`; `RecordingError.invalidCount` for counts that aren't counts.
    public static func write(_ hashed: HashedRecording, to path: String) throws {
        let recording = hashed.recording
        try asRecordingError {
            recording.requireConsistentShapes()
            try HDF5File.write(to: path) { file in
                try file.setAttribute("format", to: format)
                try file.setAttribute("version", to: version(of: recording))
                try file.setAttribute("content_sha256", to: hashed.contentHash)
                try writeDescription(of: recording, to: file)
                try writeValues(of: recording, to: file)
                try writeTrialsAndUnits(of: recording, to: file)
                try writeChannels(of: recording, to: file)
                if let chop = recording.chop { try write(chop, to: file) }
                try file.createGroup("provenance")
                for (name, text) in recording.provenance.sorted(by: { $0.key < $1.key }) {
                    try file.setAttribute(name, to: text, of: "provenance")
                }
            }
        }
    }

    static func writeDescription(of recording: Recording, to file: HDF5File) throws {
        try file.setAttribute("session", to: recording.session)
        try file.setAttribute("subject", to: recording.subject)
        try file.setAttribute("date", to: recording.date)
        if let array = recording.array { try file.setAttribute("array", to: array) }
        try file.setAttribute("bin_ms", to: recording.binMilliseconds)
        try file.setAttribute("signal", to: recording.signal.rawValue)
        try file.setAttribute("encoded_bins", to: recording.encodedBinCount)
    }

    private static func writeValues(of recording: Recording, to file: HDF5File) throws {
        var array = ShapedArray(recording.countArray)
        if recording.lacksSamples {
            let observed = array.map { $0.isNaN ? UInt8(0) : 1 }
            array = array.map { $0.isNaN ? 0 : $0 }
            try file.write(observed, to: "observed", compressed: true)
            try file.setAttribute("dimensions", to: ["trial", "bin", "unit"], of: "observed")
        }
        switch recording.signal {
        case .continuous:
            try file.write(array, to: "values", compressed: true)
        case .counts:
            try RecordingChecks(source: recording.session).requireCounts(array, dataset: "values")
            let largest = array.values.max() ?? 0
            if largest <= Float(UInt8.max) {
                try file.write(array.map { UInt8($0) }, to: "values", compressed: true)
            } else if largest <= Float(UInt16.max) {
                try file.write(array.map { UInt16($0) }, to: "values", compressed: true)
            } else {
                try file.write(array.map { Int32($0) }, to: "values", compressed: true)
            }
        }
        let unit = recording.signal == .counts ? "spikes per bin" : "as in the source"
        try file.setAttribute("units", to: unit, of: "values")
        try file.setAttribute("dimensions", to: ["trial", "bin", "unit"], of: "values")
    }

    private static func writeTrialsAndUnits(of recording: Recording, to file: HDF5File) throws {
        let trials = recording.trials
        try file.write(column(trials.map { Int64($0.identifier) }), to: "trial_id")
        try file.write(column(trials.map { $0.condition ?? "" }), to: "condition")
        try file.write(column(trials.map(\.split.rawValue)), to: "split")
        try file.write(column(recording.units.map(\.name)), to: "unit_id")
        try file.write(
            column(recording.units.map { $0.heldOut ? UInt8(1) : 0 }), to: "unit_held_out")
    }

    private static func writeChannels(of recording: Recording, to file: HDF5File) throws {
        for (dataset, array) in [
            ("behavior", recording.behaviorArray), ("external_inputs", recording.externalInputArray),
        ] where array.columnCount > 0 {
            try file.write(ShapedArray(array), to: dataset, compressed: true)
            try file.setAttribute("names", to: array.columns.names, of: dataset)
            try file.setAttribute("dimensions", to: ["trial", "bin", "channel"], of: dataset)
            try file.setAttribute("units", to: "as in the source", of: dataset)
        }
        if let rates = recording.trueRateArray {
            try file.write(ShapedArray(rates), to: "true_rates", compressed: true)
            try file.setAttribute("units", to: "Hz", of: "true_rates")
            try file.setAttribute("dimensions", to: ["trial", "bin", "unit"], of: "true_rates")
        }
    }

    private static func write(_ chop: Recording.Chop, to file: HDF5File) throws {
        try file.write(column(chop.windows.map { Int64($0.segment) }), to: "window_segment")
        try file.write(column(chop.windows.map { Int64($0.startBin) }), to: "window_start_bin")
        try file.write(column(chop.segmentStarts), to: "segment_start_s")
        try file.setAttribute("units", to: "s", of: "segment_start_s")
    }

    static func column<Element>(_ values: [Element]) -> ShapedArray<Element> {
        ShapedArray(shape: [values.count], values: values)
    }
}

extension ShapedArray {
    func map<Result>(_ transform: (Element) -> Result) -> ShapedArray<Result> {
        ShapedArray<Result>(shape: shape, values: values.map(transform))
    }
}

extension Recording {
    /// Arrays that disagree in a recording in memory are a slip of the program, not of the data.
    func requireConsistentShapes() {
        let rows = trialCount * binCount
        precondition(trials.count == trialCount, "\(trials.count) trials for \(trialCount)")
        precondition(values.count == rows * units.count, "values don't fit their extents")
        precondition(behavior.count == rows * behaviorNames.count, "behaviour doesn't fit")
        precondition(
            externalInputs.count == rows * externalInputNames.count, "external inputs don't fit")
        precondition(trueRates.map { $0.count == values.count } ?? true, "true rates don't fit")
        precondition((0...binCount).contains(encodedBinCount), "more bins encoded than there are")
    }
}
