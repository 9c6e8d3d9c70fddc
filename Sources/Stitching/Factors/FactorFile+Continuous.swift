import ArrayFiles
import Recordings
import TrialArrays

extension FactorFile {
    /// Quantities of a continuous recording, its windows put together again.
    public struct Continuous: Sendable {
        /// Of every bin: its segment, its place there, and when it begins, in seconds by the recording's clock.
        public let segments: [Int]
        /// Place of every bin in its segment.
        public let bins: [Int]
        /// Start of every bin, seconds by the recording's clock.
        public let seconds: [Double]
        /// Courses of those that have bins; rates once, in Hz.
        public let quantities: [Quantity]
    }

    /// `nil` for a recording with trials, or where not all of its windows are there in their order.
    static func continuous(
        _ quantities: [Quantity], of recording: RecordingMetadata, trials: [Int]
    ) -> Continuous? {
        guard let chop = recording.chop, trials == Array(recording.trials.indices) else { return nil }
        let merge = WindowMerge(
            chop, binCount: recording.binCount, binMilliseconds: recording.binMilliseconds)
        let merged = quantities.filter { $0.hasBins && $0.name != "output_params" }.map { quantity in
            Quantity(
                name: quantity.name, kind: quantity.kind,
                array: merge.course(quantity.array), units: quantity.units,
                description: quantity.description + "; windows faded into each other",
                nameInLFADSTorch: nil, isCourse: true)
        }
        return Continuous(
            segments: merge.segments, bins: merge.bins, seconds: merge.seconds, quantities: merged)
    }

    /// The group `continuous`: the quantities, `time_s` and `segment`.
    func write(_ continuous: Continuous, to file: HDF5File) throws {
        try file.createGroup("continuous")
        for quantity in continuous.quantities {
            let name = "continuous/\(quantity.name)"
            try file.write(
                ShapedArray(shape: quantity.shape, values: quantity.values), to: name, compressed: true)
            try file.setAttribute("units", to: quantity.units, of: name)
            try file.setAttribute("dimensions", to: quantity.dimensions, of: name)
            try file.setAttribute("description", to: quantity.description, of: name)
        }
        let count = continuous.segments.count
        try file.write(ShapedArray(shape: [count], values: continuous.seconds), to: "continuous/time_s")
        try file.setAttribute("units", to: "s", of: "continuous/time_s")
        try file.setAttribute(
            "description", to: "start of the bin by the recording's clock", of: "continuous/time_s")
        try file.write(
            ShapedArray(shape: [count], values: continuous.segments.map { Int64($0) }),
            to: "continuous/segment")
        try file.setAttribute("units", to: "number, from 0", of: "continuous/segment")
        try file.setAttribute("description", to: "stretch without a gap", of: "continuous/segment")
        for name in ["continuous/time_s", "continuous/segment"] {
            try file.setAttribute("dimensions", to: ["bin"], of: name)
        }
    }

    /// One table: `segment, bin, time_s`, then one column per factor, unit, …
    func writeTable(_ quantities: [Quantity], of continuous: Continuous, to path: String) throws {
        let header = ["segment", "bin", "time_s"] + quantities.flatMap { $0.tableColumns }
        let rows = continuous.segments.indices.lazy.map { row -> [CommaSeparatedFile.Cell] in
            var cells: [CommaSeparatedFile.Cell] = [
                .integer(continuous.segments[row]), .integer(continuous.bins[row]),
                .double(continuous.seconds[row]),
            ]
            for quantity in quantities { cells += quantity.array[0, row].map { .float($0) } }
            return cells
        }
        try CommaSeparatedFile.write(header: header, rows: rows, to: path)
    }
}
