import ArrayFiles
import Recordings

extension FactorFile {
    static let format = "neurostitch-factors"
    static let layoutVersion = 1
    static let mostColumnNames = 2_048

    /// One HDF5 file, layout in `docs/file-formats.md`.
    ///
    /// Attributes of `/`: `format`, `version`, `run`, `session`, `revision`, `subject`, `date`,
    /// `content_sha256` (of the recording), `bin_ms`, `encoded_bins`, `observation`, `posterior`.
    /// Datasets of all trials: the quantities; `trial_index`, `trial_id`, `condition`, `split`, `time_ms`, where trials are cut
    /// around an event `time_from_event_ms` with the attributes `event` and `event_ms`, `unit_names`. Each has the attributes `units`, `dimensions` and `description`, a quantity also
    /// `columns`. Beside them, for scripts that read lfads-torch's output: `train_inds`, `valid_inds` and
    /// `test_inds` (places in the recording, int64) and the quantities of those trials under
    /// lfads-torch's names. A split without trials has none of them. Of a continuous recording also the
    /// group `continuous`.
    func writeHDF5(to path: String) throws {
        try HDF5File.write(to: path) { file in
            try writeDescription(to: file)
            try writeTrials(to: file)
            for quantity in quantities { try write(quantity, as: quantity.name, to: file) }
            if let continuous { try write(continuous, to: file) }
            for split in Recording.Split.allCases {
                let places = trials.indices.filter { trials[$0].split == split }
                guard !places.isEmpty else { continue }
                let name = "\(split.rawValue)_inds"
                try file.write(column(places.map { Int64(trials[$0].index) }), to: name)
                try describe(
                    name, "trial", units: "1",
                    "place in the recording, from 0, of each trial of the \(split.rawValue)_ arrays",
                    in: file)
                for quantity in quantities {
                    guard let torch = quantity.nameInLFADSTorch else { continue }
                    try write(
                        quantity.selecting(trials: places), as: "\(split.rawValue)_\(torch)",
                        to: file)
                }
            }
        }
    }

    private func writeDescription(to file: HDF5File) throws {
        try file.setAttribute("format", to: Self.format)
        try file.setAttribute("version", to: Self.layoutVersion)
        try file.setAttribute("run", to: run)
        try file.setAttribute("session", to: session)
        try file.setAttribute("revision", to: revision)
        try file.setAttribute("subject", to: subject)
        try file.setAttribute("date", to: date)
        try file.setAttribute("content_sha256", to: contentHash)
        try file.setAttribute("bin_ms", to: binMilliseconds)
        try file.setAttribute("encoded_bins", to: encodedBinCount)
        try file.setAttribute("observation", to: observation.rawValue)
        try file.setAttribute("posterior", to: estimateDescription)
        if case .samples(let samples, let seed) = estimate {
            try file.setAttribute("samples", to: samples)
            try file.setAttribute("sample_seed", to: "\(seed)")
        }
    }

    private func writeTrials(to file: HDF5File) throws {
        try file.write(column(trials.map { Int64($0.index) }), to: "trial_index")
        try describe("trial_index", "trial", units: "1", "place in the recording, from 0", in: file)
        try file.write(column(trials.map { Int64($0.identifier) }), to: "trial_id")
        try describe("trial_id", "trial", units: "1", "identifier in the source", in: file)
        try file.write(column(trials.map { $0.condition ?? "" }), to: "condition")
        try describe("condition", "trial", units: "label", "condition, empty for none", in: file)
        try file.write(column(trials.map(\.split.rawValue)), to: "split")
        try describe("split", "trial", units: "label", "train, valid (held out) or test", in: file)
        try file.write(column(binStarts), to: "time_ms")
        try describe("time_ms", "bin", units: "ms", "start of the bin within the trial", in: file)
        if let event, let starts = binStartsFromEvent {
            try file.write(column(starts), to: "time_from_event_ms")
            try describe(
                "time_from_event_ms", "bin", units: "ms", "start of the bin, 0 at the event", in: file)
            try file.setAttribute("event", to: event.name, of: "time_from_event_ms")
            try file.setAttribute("event_ms", to: event.milliseconds, of: "time_from_event_ms")
        }
        try file.write(column(unitNames), to: "unit_names")
        try describe(
            "unit_names", "unit", units: "label", "units in the order of the columns of rates", in: file)
    }

    private func describe(
        _ dataset: String, _ dimension: String, units: String, _ description: String, in file: HDF5File
    ) throws {
        try file.setAttribute("units", to: units, of: dataset)
        try file.setAttribute("dimensions", to: [dimension], of: dataset)
        try file.setAttribute("description", to: description, of: dataset)
    }

    private func write(_ quantity: Quantity, as name: String, to file: HDF5File) throws {
        try file.write(
            ShapedArray(shape: quantity.shape, values: quantity.values), to: name, compressed: true)
        try file.setAttribute("units", to: quantity.units, of: name)
        try file.setAttribute("dimensions", to: quantity.dimensions, of: name)
        try file.setAttribute("description", to: quantity.description, of: name)
        // The names of many units don't fit into an attribute, which HDF5 bounds to 64 KiB, 16 bytes each;
        // `unit_names` has them all the same.
        if quantity.columns.count <= Self.mostColumnNames {
            try file.setAttribute("columns", to: quantity.columns, of: name)
        }
    }

    private func column<Element>(_ values: [Element]) -> ShapedArray<Element> {
        ShapedArray(shape: [values.count], values: values)
    }
}
