import ArrayFiles
import Foundation

extension FactorFile {
    /// Formats that factors are written in.
    public enum Format: String, Sendable, CaseIterable, Codable {
        /// HDF5 with units of measure, names of dimensions and descriptions.
        case hdf5
        /// numpy's archive: all arrays in one file.
        case npz
        /// numpy's file: one array a file.
        case npy
        /// A row a bin of a trial, a file a quantity.
        case csv
        /// Text, everything in one object.
        case json

        /// The format that a file's ending stands for.
        ///
        /// - Throws: `StitchingError.unknownFactorFormat`
        public init(path: String) throws {
            switch (path as NSString).pathExtension.lowercased() {
            case "h5", "hdf5": self = .hdf5
            case "npz": self = .npz
            case "npy": self = .npy
            case "csv": self = .csv
            case "json": self = .json
            default: throw StitchingError.unknownFactorFormat(path: path)
            }
        }
    }

    /// Whether the files can be put where they would be; asked before inference, which may take long.
    ///
    /// - Parameters:
    ///   - path: where the file is wanted; several files get names beside it.
    ///   - format: of the files.
    ///   - quantities: that will be written.
    ///   - isSampled: whether posterior samples are averaged, which adds their deviations.
    /// - Throws: `StitchingError.noOutputFolder`, `ArrayFileError.cannotWrite`
    public static func requireWritable(
        _ path: String, as format: Format, quantities: [FactorQuantity], isSampled: Bool
    ) throws {
        let names =
            format == .npy
            ? quantities.flatMap { $0.arrays(isSampled: isSampled) } : quantities.map(\.rawValue)
        try requireWritable(files(path, as: format, for: names))
    }

    /// - Throws: `StitchingError.noOutputFolder`, `ArrayFileError.cannotWrite`
    static func requireWritable(_ paths: [String]) throws {
        let manager = FileManager.default
        for path in paths {
            let folder = (path as NSString).deletingLastPathComponent
            var isFolder: ObjCBool = false
            guard
                manager.fileExists(atPath: folder.isEmpty ? "." : folder, isDirectory: &isFolder),
                isFolder.boolValue
            else { throw StitchingError.noOutputFolder(path: path, folder: folder) }
            if manager.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
                throw ArrayFileError.cannotWrite(path: path, reason: "it is a folder")
            }
        }
    }

    /// `out.npy` for `rates` and `factors` → `out-rates.npy`, `out-factors.npy`; `out.npy` itself for a
    /// single one, and in formats that hold all of them.
    static func files(_ path: String, as format: Format, for names: [String]) -> [String] {
        guard names.count > 1, format == .npy || format == .csv else { return [path] }
        let ending = (path as NSString).pathExtension
        let stem = ending.isEmpty ? path : String(path.dropLast(ending.count + 1))
        return names.map { "\(stem)-\($0)" + (ending.isEmpty ? "" : ".\(ending)") }
    }

    /// Writes one file, or one per quantity where the format holds only one.
    ///
    /// - Returns: the files, each of which is complete.
    /// - Throws: `StitchingError.noOutputFolder`, `ArrayFileError.cannotWrite`
    @discardableResult
    public func write(to path: String, as format: Format) throws -> [String] {
        let names =
            format == .npy
            ? arrays.map(\.name) + (continuous == nil ? [] : ["time_s", "segment"])
            : kinds.map(\.rawValue)
        let files = Self.files(path, as: format, for: names)
        try Self.requireWritable(files)
        switch format {
        case .hdf5: try writeHDF5(to: path)
        case .npz: try writeNumpyArchive(to: path)
        case .npy: try writeNumpy(to: files)
        case .csv: try writeTables(to: files)
        case .json: try writeJSON(to: path)
        }
        return files
    }

    /// What is written to files that are tables or single arrays: rates once, in Hz.
    var arrays: [Quantity] { quantities.filter { $0.name != "output_params" } }

    var kinds: [FactorQuantity] {
        FactorQuantity.allCases.filter { kind in quantities.contains { $0.kind == kind } }
    }

    /// The posterior's estimate, in words.
    var estimateDescription: String {
        switch estimate {
        case .means: "posterior means pushed through the model once"
        case .samples(let samples, let seed):
            "mean over \(samples) posterior samples, seed \(seed)"
        }
    }

    /// All arrays by name, with what tells trials, bins and units apart; of a continuous recording also
    /// `continuous_…`.
    private func writeNumpyArchive(to path: String) throws {
        func column<Element>(_ values: [Element]) -> ShapedArray<Element> {
            ShapedArray(shape: [values.count], values: values)
        }
        try NumpyArchiveWriter.write(to: path) { file in
            for array in quantities {
                file.add(ShapedArray(shape: array.shape, values: array.values), as: array.name)
            }
            file.add(column(trials.map { Int64($0.index) }), as: "trial_index")
            file.add(column(trials.map { Int64($0.identifier) }), as: "trial_id")
            file.add(column(trials.map { $0.condition ?? "" }), as: "condition")
            file.add(column(trials.map(\.split.rawValue)), as: "split")
            file.add(column(binStarts), as: "time_ms")
            if let starts = binStartsFromEvent { file.add(column(starts), as: "time_from_event_ms") }
            file.add(column(unitNames), as: "unit_names")
            guard let continuous else { return }
            for array in continuous.quantities {
                file.add(
                    ShapedArray(shape: array.shape, values: array.values),
                    as: "continuous_\(array.name)")
            }
            file.add(column(continuous.seconds), as: "continuous_time_s")
            file.add(column(continuous.segments.map { Int64($0) }), as: "continuous_segment")
        }
    }

    /// numpy's format holds one array and no names: one file per array, trials in the order asked for.
    /// What has bins stands in one course of a continuous recording, with times and segments beside it.
    private func writeNumpy(to files: [String]) throws {
        let merged = Dictionary(
            uniqueKeysWithValues: (continuous?.quantities ?? []).map { ($0.name, $0) })
        for (array, file) in zip(arrays.map { merged[$0.name] ?? $0 }, files) {
            try NumpyFile.write(ShapedArray(shape: array.shape, values: array.values), to: file)
        }
        guard let continuous else { return }
        let count = continuous.segments.count
        try NumpyFile.write(
            ShapedArray(shape: [count], values: continuous.seconds), to: files[arrays.count])
        try NumpyFile.write(
            ShapedArray(shape: [count], values: continuous.segments.map { Int64($0) }),
            to: files[arrays.count + 1])
    }
}
