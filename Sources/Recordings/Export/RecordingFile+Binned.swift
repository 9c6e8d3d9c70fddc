import ArrayFiles

extension RecordingFile {
    /// Layouts that a recording can be exported to, by the names that manifests have for them.
    public enum Export: String, Sendable, CaseIterable {
        case lfadsHDF5 = "lfads-hdf5"
        case binnedHDF5 = "binned-hdf5"
    }

    /// Reading the file back gives the same recording; with `not_observed: nan` in the manifest, where some samples
    /// were not observed.
    /// - Throws: `RecordingError.file`, `.invalidCount`
    public static func write(_ recording: Recording, as layout: Export, to path: String) throws {
        switch layout {
        case .binnedHDF5: try writeBinned(recording, to: path)
        case .lfadsHDF5: try writeLFADS(recording, to: path)
        }
    }

    /// Exports in the layout `binned-hdf5`: `spikes`, trials × bins × units (int32 counts, or float32, with NaN where
    /// a sample was not observed),
    /// and beside it `trial_id`, `condition`, `split`, `unit_id`, `unit_held_out`, `behavior`,
    /// `external_inputs` and `rates` (true rates in Hz). Reading the file back gives the same recording.
    /// - Throws: `RecordingError.file`, `.invalidCount`
    public static func writeBinned(_ recording: Recording, to path: String) throws {
        recording.requireConsistentShapes()
        let counts = ShapedArray(recording.countArray)
        try asRecordingError {
            try HDF5File.write(to: path) { file in
                try writeDescription(of: recording, to: file)
                switch recording.signal {
                case .counts:
                    try RecordingChecks(source: recording.session, allowsUnobserved: true)
                        .requireCounts(counts, dataset: "spikes")
                    if recording.lacksSamples {
                        try file.write(counts, to: "spikes", compressed: true)
                    } else {
                        try file.write(counts.map { Int32($0) }, to: "spikes", compressed: true)
                    }
                case .continuous:
                    try file.write(counts, to: "spikes", compressed: true)
                }
                let trials = recording.trials
                try file.write(column(trials.map { Int64($0.identifier) }), to: "trial_id")
                try writeLabels(trials.map { $0.condition ?? "" }, to: "condition", file)
                try file.write(column(trials.map(\.split.rawValue)), to: "split")
                try writeLabels(recording.units.map(\.name), to: "unit_id", file)
                try file.write(
                    column(recording.units.map { $0.heldOut ? UInt8(1) : 0 }), to: "unit_held_out")
                try file.setAttribute("behavior_names", to: recording.behaviorNames)
                try file.setAttribute("external_input_names", to: recording.externalInputNames)
                for (dataset, array) in [
                    ("behavior", recording.behaviorArray),
                    ("external_inputs", recording.externalInputArray),
                ] where array.columnCount > 0 {
                    try file.write(ShapedArray(array), to: dataset, compressed: true)
                }
                if let rates = recording.trueRateArray {
                    try file.write(ShapedArray(rates), to: "rates", compressed: true)
                    try file.setAttribute("units", to: "Hz", of: "rates")
                }
            }
        }
    }

    /// As numbers where every label is one, so that other programs can compute with them.
    private static func writeLabels(_ labels: [String], to dataset: String, _ file: HDF5File) throws {
        let numbers = labels.compactMap { label in
            Int64(label).flatMap { "\($0)" == label ? $0 : nil }
        }
        if numbers.count == labels.count {
            try file.write(column(numbers), to: dataset)
        } else {
            try file.write(column(labels), to: dataset)
        }
    }
}
