import ArrayFiles
import Foundation

extension FactorFile {
    public enum Format: String, Sendable, CaseIterable, Codable {
        case hdf5, npy, csv, json

        /// The format that a file's ending stands for.
        ///
        /// - Throws: `StitchingError.unknownFactorFormat`
        public init(path: String) throws {
            switch (path as NSString).pathExtension.lowercased() {
            case "h5", "hdf5": self = .hdf5
            case "npy": self = .npy
            case "csv": self = .csv
            case "json": self = .json
            default: throw StitchingError.unknownFactorFormat(path: path)
            }
        }
    }

    /// Whether a file can be put at `path`; asked before inference, which may take long.
    ///
    /// - Throws: `StitchingError.noOutputFolder`, `ArrayFileError.cannotWrite`
    public static func requireWritable(_ path: String) throws {
        let folder = (path as NSString).deletingLastPathComponent
        let manager = FileManager.default
        var isFolder: ObjCBool = false
        guard
            manager.fileExists(atPath: folder.isEmpty ? "." : folder, isDirectory: &isFolder),
            isFolder.boolValue
        else { throw StitchingError.noOutputFolder(path: path, folder: folder) }
        if manager.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw ArrayFileError.cannotWrite(path: path, reason: "it is a folder")
        }
    }

    /// Writes one file, or one per quantity where the format holds only one.
    ///
    /// - Returns: the files, each of which is complete.
    /// - Throws: `StitchingError.noOutputFolder`, `ArrayFileError.cannotWrite`
    @discardableResult
    public func write(to path: String, as format: Format) throws -> [String] {
        try Self.requireWritable(path)
        switch format {
        case .hdf5: return try writeHDF5(to: path)
        case .npy: return try writeNumpy(to: path)
        case .csv: return try writeTables(to: path)
        case .json: return try writeJSON(to: path)
        }
    }

    /// `rates.npy` of the quantity `factors` → `rates-factors.npy`; `path` itself for a single one.
    func path(_ path: String, for name: String, isOnly: Bool) -> String {
        if isOnly { return path }
        let ending = (path as NSString).pathExtension
        let stem = ending.isEmpty ? path : String(path.dropLast(ending.count + 1))
        return "\(stem)-\(name)" + (ending.isEmpty ? "" : ".\(ending)")
    }

    /// The posterior's reading, in words.
    var readingDescription: String {
        switch reading {
        case .meanPushed: "posterior means pushed through the model once"
        case .averaged(let samples, let seed):
            "mean over \(samples) posterior samples, seed \(seed)"
        }
    }

    /// numpy's format holds one array and no names: one file per array, trials in the order asked for.
    /// Rates are written once, in Hz.
    private func writeNumpy(to path: String) throws -> [String] {
        let arrays = quantities.filter { $0.name != "output_params" }
        return try arrays.map { array in
            let file = self.path(path, for: array.name, isOnly: arrays.count == 1)
            try NumpyFile.write(ShapedArray(shape: array.shape, values: array.values), to: file)
            return file
        }
    }
}
