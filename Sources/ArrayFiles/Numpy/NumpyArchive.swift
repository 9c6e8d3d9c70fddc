import Messages

/// A `.npz` file: arrays by name, as `numpy.savez` and `numpy.savez_compressed` write them.
///
/// Object arrays would have to be unpickled, which runs what the file says; they are refused.
public final class NumpyArchive: SelfDescribingArrays {
    public let path: String
    private let archive: ZipArchive
    private let limit: UInt64
    private var headers: [String: NumpyHeader] = [:]

    /// Opens an archive and lists what is in it.
    /// - Throws: `ArrayFileError.missingFile`, `.cannotRead`, `.wrongFormat`, `.malformed`
    public init(_ path: String) throws {
        self.path = path
        limit = ReadingLimit.bytes(ofFile: UInt64(try RegularFile(path).byteCount))
        archive = try ZipArchive(path)
    }

    public func arrayNames() throws -> [String] {
        archive.entries.keys.filter { $0.hasSuffix(".npy") }.map { String($0.dropLast(4)) }.sorted()
    }

    public func exists(_ array: String) -> Bool { archive.entries[array + ".npy"] != nil }

    public func shape(of array: String) throws -> [Int] { try header(array).shape }

    public func elementKind(of array: String) throws -> ElementKind {
        try header(array).type.elementKind
    }

    public func floats(_ array: String) throws -> ShapedArray<Float> { try read(array).floats() }

    public func doubles(_ array: String) throws -> ShapedArray<Double> { try read(array).doubles() }

    public func integers(_ array: String) throws -> ShapedArray<Int64> { try read(array).integers() }

    public func strings(_ array: String) throws -> ShapedArray<String> { try read(array).strings() }

    // MARK: Entries

    private func entry(_ array: String) throws -> ZipArchive.Entry {
        guard let entry = archive.entries[array + ".npy"] else {
            throw ArrayFileError.missingDataset(
                path: path, dataset: array, found: NearestName.sorted(try arrayNames(), to: array))
        }
        return entry
    }

    /// Checked against the size of its entry, so that whatever it promises is there.
    private func header(_ array: String) throws -> NumpyHeader {
        if let known = headers[array] { return known }
        let entry = try entry(array)
        let start = try archive.bytes(of: entry, item: array, atMost: NumpyHeader.largest)
        let header = try NumpyHeader(start, path: path, item: array)
        let expected = try NumpyArray.byteCount(header, limit: limit, path: path, item: array)
        guard entry.byteCount == UInt64(expected) else {
            throw ArrayFileError.malformed(
                path: path, item: array,
                problem: "it has \(entry.byteCount) bytes but its header says \(expected)")
        }
        headers[array] = header
        return header
    }

    private func read(_ array: String) throws -> NumpyArray {
        let (header, entry) = (try header(array), try entry(array))
        let bytes = try archive.bytes(of: entry, item: array, atMost: Int(entry.byteCount))
        return NumpyArray(header: header, bytes: bytes, path: path, item: array)
    }
}
