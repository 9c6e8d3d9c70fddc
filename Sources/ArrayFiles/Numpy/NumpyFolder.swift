import Foundation
import Messages

/// The `.npy` files of a folder, as arrays by file name: `spikes.npy`, `condition.npy`.
///
/// Names are relative to the folder of the file that was opened.
public final class NumpyFolder: ArrayContainer {
    public let path: String
    private let folder: String
    private var headers: [String: NumpyHeader] = [:]

    /// Lists the arrays in the folder of a file.
    /// - Throws: `ArrayFileError.missingFile`, `.cannotRead`
    public init(besides path: String) throws {
        _ = try RegularFile(path)
        self.path = path
        let folder = (path as NSString).deletingLastPathComponent
        self.folder = folder.isEmpty ? "." : folder
    }

    public func arrayNames() throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { $0.hasSuffix(".npy") }.sorted()
        } catch {
            throw ArrayFileError.cannotRead(path: folder, reason: "the folder can't be listed")
        }
    }

    public func exists(_ array: String) -> Bool {
        array.hasSuffix(".npy") && FileManager.default.fileExists(atPath: location(of: array))
    }

    public func shape(of array: String) throws -> [Int] { try header(array, file(array)).shape }

    public func elementKind(of array: String) throws -> ElementKind {
        try header(array, file(array)).type.elementKind
    }

    public func floats(_ array: String) throws -> ShapedArray<Float> { try read(array).floats() }

    public func doubles(_ array: String) throws -> ShapedArray<Double> { try read(array).doubles() }

    public func integers(_ array: String) throws -> ShapedArray<Int64> { try read(array).integers() }

    public func strings(_ array: String) throws -> ShapedArray<String> { try read(array).strings() }

    /// Single arrays say nothing of themselves.
    public func number(named name: String) throws -> Double? { nil }

    public func texts(named name: String, of array: String?) throws -> [String]? { nil }

    public func remarks() throws -> [String: String] { [:] }

    // MARK: Files

    private func location(of array: String) -> String {
        array.hasPrefix("/") ? array : (folder as NSString).appendingPathComponent(array)
    }

    private func file(_ array: String) throws -> RegularFile {
        guard FileManager.default.fileExists(atPath: location(of: array)) else {
            throw ArrayFileError.missingDataset(
                path: folder, dataset: array,
                found: NearestName.sorted((try? arrayNames()) ?? [], to: array))
        }
        return try RegularFile(location(of: array))
    }

    private func header(_ array: String, _ file: RegularFile) throws -> NumpyHeader {
        if let known = headers[array] { return known }
        let start = try file.bytes(from: 0, atMost: NumpyHeader.largest)
        let header = try NumpyHeader(start, path: folder, item: array)
        let expected = try NumpyArray.byteCount(
            header, limit: ReadingLimit.largestArray, path: folder, item: array)
        guard file.byteCount == expected else {
            throw ArrayFileError.malformed(
                path: folder, item: array,
                problem: "it has \(file.byteCount) bytes but its header says \(expected)")
        }
        headers[array] = header
        return header
    }

    private func read(_ array: String) throws -> NumpyArray {
        let file = try file(array)
        let header = try header(array, file)
        let bytes = try file.bytes(from: 0, atMost: file.byteCount)
        guard bytes.count == file.byteCount else {
            throw ArrayFileError.malformed(
                path: folder, item: array, problem: "it became shorter while it was read")
        }
        return NumpyArray(header: header, bytes: bytes, path: folder, item: array)
    }
}
