import CHDF5
import Foundation

extension HDF5File {
    /// Writes a dataset and makes the groups on its way.
    /// - Parameter compressed: chunks of about 1 MiB, shuffled and deflated (level 4).
    /// - Throws: `ArrayFileError.cannotWrite`
    public func write(
        _ array: ShapedArray<Float>, to dataset: String, compressed: Bool = false
    ) throws {
        try write(array, dataset, chdf5_file_float(), chdf5_native_float(), compressed)
    }

    /// As for `Float`.
    public func write(
        _ array: ShapedArray<Double>, to dataset: String, compressed: Bool = false
    ) throws {
        try write(array, dataset, chdf5_file_double(), chdf5_native_double(), compressed)
    }

    /// As for `Float`.
    public func write(
        _ array: ShapedArray<Int64>, to dataset: String, compressed: Bool = false
    ) throws {
        try write(array, dataset, chdf5_file_int64(), chdf5_native_int64(), compressed)
    }

    /// As for `Float`.
    public func write(
        _ array: ShapedArray<Int32>, to dataset: String, compressed: Bool = false
    ) throws {
        try write(array, dataset, chdf5_file_int32(), chdf5_native_int32(), compressed)
    }

    /// As for `Float`.
    public func write(
        _ array: ShapedArray<UInt16>, to dataset: String, compressed: Bool = false
    ) throws {
        try write(array, dataset, chdf5_file_uint16(), chdf5_native_uint16(), compressed)
    }

    /// As for `Float`.
    public func write(
        _ array: ShapedArray<UInt8>, to dataset: String, compressed: Bool = false
    ) throws {
        try write(array, dataset, chdf5_file_uint8(), chdf5_native_uint8(), compressed)
    }

    /// As for `Float`; the text is stored as UTF-8 of variable length, which is never compressed.
    public func write(
        _ array: ShapedArray<String>, to dataset: String, compressed: Bool = false
    ) throws {
        try HDF5Library.locked {
            let type = Self.textType()
            defer { H5Tclose(type) }
            try withTextPointers(array.values, item: dataset) { pointers in
                try pointers.withUnsafeBytes { bytes in
                    try create(
                        dataset, shape: array.shape, fileType: type, memoryType: type, chunk: nil,
                        from: bytes.baseAddress)
                }
            }
        }
    }

    /// Makes a group, and those on its way; one that is there already is left alone.
    /// - Throws: `ArrayFileError.cannotWrite`
    public func createGroup(_ group: String) throws {
        try HDF5Library.locked {
            try requireWritable()
            let list = chdf5_group_creation_list()
            defer { H5Pclose(list) }
            H5Pset_obj_track_times(list, false)
            var walked = ""
            for component in group.split(separator: "/") {
                walked += walked.isEmpty ? String(component) : "/\(component)"
                if exists(walked) { continue }
                let made = H5Gcreate2(
                    identifier, walked, chdf5_default_list(), list, chdf5_default_list())
                guard made >= 0 else { throw cannotMake("group", walked) }
                H5Gclose(made)
            }
        }
    }

    private func write<Number>(
        _ array: ShapedArray<Number>, _ dataset: String, _ fileType: hid_t, _ memoryType: hid_t,
        _ compressed: Bool
    ) throws {
        let chunk = Self.chunk(for: array.shape, bytesEach: MemoryLayout<Number>.stride)
        try HDF5Library.locked {
            try array.values.withUnsafeBytes { bytes in
                try create(
                    dataset, shape: array.shape, fileType: fileType, memoryType: memoryType,
                    chunk: compressed ? chunk : nil, from: bytes.baseAddress)
            }
        }
    }

    private func create(
        _ dataset: String, shape: [Int], fileType: hid_t, memoryType: hid_t, chunk: [hsize_t]?,
        from start: UnsafeRawPointer?
    ) throws {
        try requireWritable()
        if let slash = dataset.lastIndex(of: "/") { try createGroup(String(dataset[..<slash])) }
        guard !exists(dataset) else {
            throw ArrayFileError.cannotWrite(
                path: path, reason: "it holds a \"\(dataset)\" already")
        }
        let list = chdf5_dataset_creation_list()
        defer { H5Pclose(list) }
        H5Pset_obj_track_times(list, false)
        if let chunk {
            H5Pset_chunk(list, Int32(chunk.count), chunk)
            H5Pset_shuffle(list)
            H5Pset_deflate(list, 4)
        }
        let space = Self.space(for: shape)
        defer { H5Sclose(space) }
        errno = 0
        let made = H5Dcreate2(
            identifier, dataset, fileType, space, chdf5_default_list(), list, chdf5_default_list())
        guard made >= 0 else { throw cannotMake("dataset", dataset) }
        defer { H5Dclose(made) }
        guard let start, !shape.contains(0) else { return }
        let status = H5Dwrite(
            made, memoryType, chdf5_whole_space(), chdf5_whole_space(), chdf5_default_list(), start)
        guard status >= 0 else { throw cannotMake("dataset", dataset) }
    }

    static func space(for shape: [Int]) -> hid_t {
        shape.isEmpty
            ? H5Screate(H5S_SCALAR)
            : H5Screate_simple(Int32(shape.count), shape.map { hsize_t($0) }, nil)
    }

    /// Variable-length UTF-8, which h5py reads as `str`.
    static func textType() -> hid_t {
        let type = H5Tcopy(chdf5_c_string())
        H5Tset_size(type, chdf5_variable_length())
        H5Tset_cset(type, H5T_CSET_UTF8)
        return type
    }

    /// Whole trailing dimensions, and of the leading ones as much as makes about 1 MiB.
    /// `nil` where there is nothing to compress.
    private static func chunk(for shape: [Int], bytesEach: Int) -> [hsize_t]? {
        guard !shape.isEmpty, !shape.contains(0) else { return nil }
        var room = max(1, (1 << 20) / bytesEach)
        var chunk = shape
        for dimension in shape.indices.reversed() {
            chunk[dimension] = min(shape[dimension], max(1, room))
            room /= chunk[dimension]
        }
        return chunk.map { hsize_t($0) }
    }

    func requireWritable() throws {
        guard isWritable, identifier >= 0 else {
            throw ArrayFileError.cannotWrite(
                path: path,
                reason: isWritable ? "it has been closed" : "it was opened for reading only")
        }
    }

    func cannotMake(_ kind: String, _ name: String) -> ArrayFileError {
        let system = errno == 0 ? "" : ": " + String(cString: strerror(errno))
        return .cannotWrite(path: path, reason: "HDF5 refuses the \(kind) \"\(name)\"\(system)")
    }

    /// C strings for as long as `body` runs. HDF5 ends a text at its first NUL, so none may hold one.
    func withTextPointers<Result>(
        _ texts: [String], item: String, _ body: ([UnsafeMutablePointer<CChar>?]) throws -> Result
    ) throws -> Result {
        guard !texts.contains(where: { $0.utf8.contains(0) }) else {
            throw ArrayFileError.cannotWrite(
                path: path, reason: "a text of \"\(item)\" contains a NUL character")
        }
        let pointers = texts.map { strdup($0) }
        defer { pointers.forEach { free($0) } }
        return try body(pointers)
    }
}
