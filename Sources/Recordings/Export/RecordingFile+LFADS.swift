import ArrayFiles
import TrialArrays

extension RecordingFile {
    /// Exports in the layout of lfads-torch (`lfads-hdf5`).
    ///
    /// `train_…` and `valid_…`, and `test_…` where there are test trials, of: `encod_data` (the encoded bins and units) and `recon_data` (all),
    /// float32; `inds`, positions in the recorded order; `trial_id`; `cond`, numbers of the labels
    /// in the attribute `condition_labels` (−1 for none); `behavior`; `ext_input`; `truth`, true rates
    /// in Hz. Held-out units stand last, whatever their place in the recording; `unit_id` names all.
    /// The scalar `conversion_factor`, bins per second, turns `truth` into counts per bin.
    /// Reading the file back gives the same recording.
    /// - Throws: `RecordingError.file`
    public static func writeLFADS(_ recording: Recording, to path: String) throws {
        recording.requireConsistentShapes()
        let labels = conditionLabels(of: recording)
        let units = recording.units.indices.filter { !recording.units[$0].heldOut }
        let unitOrder = units + recording.units.indices.filter { recording.units[$0].heldOut }
        try asRecordingError {
            try HDF5File.write(to: path) { file in
                try writeDescription(of: recording, to: file)
                try file.setAttribute("behavior_names", to: recording.behaviorNames)
                try file.setAttribute("external_input_names", to: recording.externalInputNames)
                if !labels.isEmpty { try file.setAttribute("condition_labels", to: labels) }
                try file.write(column(unitOrder.map { recording.units[$0].name }), to: "unit_id")
                try file.write(
                    ShapedArray(shape: [], values: [Float(1000 / recording.binMilliseconds)]),
                    to: "conversion_factor")
                for split in Recording.Split.allCases {
                    let part = Part(
                        recording: recording, trials: recording.trialIndices(split),
                        unitOrder: unitOrder, encodedUnitCount: units.count)
                    // lfads-torch needs the other two.
                    if split == .test, part.trials.isEmpty { continue }
                    try write(part, labels: labels, prefix: split.rawValue + "_", to: file)
                }
            }
        }
    }

    private static func write(
        _ part: Part, labels: [String], prefix: String, to file: HDF5File
    ) throws {
        let recording = part.recording
        let counts = part.inFileOrder(recording.countArray)
        let encoded = counts.selecting(columns: Array(0..<part.encodedUnitCount))
            .leading(bins: recording.encodedBinCount)
        try file.write(ShapedArray(encoded), to: prefix + "encod_data", compressed: true)
        try file.write(ShapedArray(counts), to: prefix + "recon_data", compressed: true)
        try file.write(column(part.trials.map { Int32($0) }), to: prefix + "inds")
        let trials = part.trials.map { recording.trials[$0] }
        try file.write(column(trials.map { Int64($0.identifier) }), to: prefix + "trial_id")
        if !labels.isEmpty {
            let numbers = Dictionary(
                uniqueKeysWithValues: zip(labels, labels.indices.map(Int32.init)))
            let indices = trials.map { $0.condition.flatMap { numbers[$0] } ?? -1 }
            try file.write(column(indices), to: prefix + "cond")
        }
        if !recording.behaviorNames.isEmpty {
            try file.write(
                ShapedArray(recording.behaviorArray.selecting(trials: part.trials)),
                to: prefix + "behavior", compressed: true)
        }
        if !recording.externalInputNames.isEmpty {
            try file.write(
                ShapedArray(recording.externalInputArray.selecting(trials: part.trials)),
                to: prefix + "ext_input", compressed: true)
        }
        if let rates = recording.trueRateArray {
            try file.write(
                ShapedArray(part.inFileOrder(rates)), to: prefix + "truth", compressed: true)
        }
    }

    /// Labels in numerical order where all are whole numbers, otherwise by alphabet.
    private static func conditionLabels(of recording: Recording) -> [String] {
        let labels = Set(recording.trials.compactMap(\.condition))
        let numbers = labels.compactMap { label in Int(label).map { (number: $0, label: label) } }
        return numbers.count == labels.count
            ? numbers.sorted { ($0.number, $0.label) < ($1.number, $1.label) }.map(\.label)
            : labels.sorted()
    }

    /// The trials of one split, with the units in the order of the file.
    private struct Part {
        let recording: Recording
        let trials: [Int]
        let unitOrder: [Int]
        let encodedUnitCount: Int

        /// `[trials, bins, units]`
        func inFileOrder(_ array: TrialArray) -> TrialArray {
            array.selecting(trials: trials).selecting(columns: unitOrder)
        }
    }
}

extension ShapedArray where Element == Float {
    /// The values of an array of trials, as they stand in a file.
    init(_ array: TrialArray) { self.init(shape: array.shape, values: array.values) }
}
