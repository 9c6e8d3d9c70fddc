import CMatIO
import Foundation

/// The matio library makes no promise about threads: one call at a time, whatever the file.
enum MatIOLibrary {
    private static let lock = NSRecursiveLock()

    static func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        // Every failure is reported by `ArrayFileError`.
        Mat_LogInitFunc("neurostitch", { _, _ in })
        return try body()
    }
}

/// A MATLAB file of version 5 or 7, read through matio.
///
/// The headers of all variables, and of all that is in them, are read when it is opened; numbers and
/// text when they are asked for, and then kept until it is closed.
final class MATLABLevel5File {
    let path: String
    let byteCount: Int
    let limit: UInt64
    private let file: OpaquePointer
    private let tops: [UnsafeMutablePointer<matvar_t>]

    /// - Throws: `ArrayFileError.malformed`, `.unreadable`
    init(_ source: RegularFile, isBigEndian: Bool, limit: UInt64) throws {
        let expected = try Self.elementCount(source, isBigEndian: isBigEndian)
        path = source.path
        byteCount = source.byteCount
        self.limit = limit
        let (file, tops) = try MatIOLibrary.locked {
            guard let file = Mat_Open(source.path, Int32(MAT_ACC_RDONLY.rawValue)) else {
                throw ArrayFileError.unreadable(path: source.path, item: "/")
            }
            var tops: [UnsafeMutablePointer<matvar_t>] = []
            while tops.count < expected, let variable = Mat_VarReadNextInfo(file) {
                tops.append(variable)
            }
            return (file, tops)
        }
        self.file = file
        self.tops = tops
        // matio takes what it doesn't understand for the end of the file.
        guard tops.count == expected else {
            throw ArrayFileError.malformed(
                path: path, item: "/", problem: "variable \(tops.count + 1) of \(expected) can't be read")
        }
    }

    deinit {
        MatIOLibrary.locked {
            tops.forEach { Mat_VarFree($0) }
            Mat_Close(file)
        }
    }

    var variables: [(name: String, variable: any MATLABVariable)] {
        tops.compactMap { top in
            top.pointee.name.map {
                (String(cString: $0), MATLABLevel5Variable(file: self, pointer: top))
            }
        }
    }

    /// Number of the file's data elements, each of them a variable: after the header of 128 bytes, each
    /// has a tag (type and length, 32 bits each) and that many bytes, up to the end of the file.
    private static func elementCount(_ source: RegularFile, isBigEndian: Bool) throws -> Int {
        var (offset, count) = (128, 0)
        while offset < source.byteCount {
            let tag = try source.bytes(from: offset, atMost: 8)
            func number(_ start: Int) -> Int {
                let four = tag[start..<start + 4]
                return (isBigEndian ? Array(four) : four.reversed()).reduce(0) { $0 << 8 | Int($1) }
            }
            guard tag.count == 8, [14, 15].contains(number(0)),
                offset + 8 + number(4) <= source.byteCount
            else {
                throw ArrayFileError.malformed(
                    path: source.path, item: "/",
                    problem: "the file ends within its variable \(count + 1), or that is no variable")
            }
            offset += 8 + number(4)
            count += 1
        }
        return count
    }

    /// Reads the data of a variable, once.
    fileprivate func load(_ pointer: UnsafeMutablePointer<matvar_t>) throws {
        guard pointer.pointee.data == nil else { return }
        let status = MatIOLibrary.locked { Mat_VarReadDataAll(file, pointer) }
        guard status == 0 else { throw unreadable(pointer) }
    }

    fileprivate func name(_ pointer: UnsafeMutablePointer<matvar_t>) -> String {
        pointer.pointee.name.map { String(cString: $0) } ?? "an element of a cell array"
    }

    fileprivate func unreadable(_ pointer: UnsafeMutablePointer<matvar_t>) -> ArrayFileError {
        .unreadable(path: path, item: name(pointer))
    }
}

struct MATLABLevel5Variable: MATLABVariable {
    fileprivate let file: MATLABLevel5File
    fileprivate let pointer: UnsafeMutablePointer<matvar_t>

    private var header: matvar_t { pointer.pointee }

    var content: MATLABContent {
        switch header.class_type {
        case _ where header.isComplex != 0: .complex
        case MAT_C_DOUBLE, MAT_C_SINGLE: .float
        case MAT_C_INT8, MAT_C_UINT8, MAT_C_INT16, MAT_C_UINT16, MAT_C_INT32, MAT_C_UINT32,
            MAT_C_INT64, MAT_C_UINT64:
            .integer
        case MAT_C_CHAR: .text
        case MAT_C_SPARSE: .sparse
        case MAT_C_CELL: .cell
        case MAT_C_STRUCT: .structure
        // An empty array of no class.
        case MAT_C_EMPTY: .float
        default: .object
        }
    }

    var size: [Int] {
        guard let extents = header.dims, header.rank > 0 else { return [0, 0] }
        return (0..<Int(header.rank)).map { Int(exactly: extents[$0]) ?? .max }
    }

    var isUnsigned: Bool {
        [MAT_C_UINT8, MAT_C_UINT16, MAT_C_UINT32, MAT_C_UINT64].contains(header.class_type)
    }

    // MARK: Structures and cells

    /// matio's own count of the pointers that it has allocated.
    private var partCount: Int {
        header.data == nil || header.data_size <= 0 ? 0 : Int(header.nbytes) / Int(header.data_size)
    }

    var fieldNames: [String] {
        MatIOLibrary.locked {
            guard let names = Mat_VarGetStructFieldnames(pointer) else { return [] }
            return (0..<Int(Mat_VarGetNumberOfFields(pointer))).compactMap { index in
                names[index].map { String(cString: $0) }
            }
        }
    }

    func field(_ name: String, of element: Int) throws -> any MATLABVariable {
        let names = fieldNames
        guard let index = names.firstIndex(of: name), element < partCount / names.count,
            let part = MatIOLibrary.locked({ Mat_VarGetStructFieldByIndex(pointer, index, element) })
        else { throw file.unreadable(pointer) }
        return MATLABLevel5Variable(file: file, pointer: part)
    }

    func cell(_ element: Int) throws -> any MATLABVariable {
        guard element < partCount,
            let part = header.data.assumingMemoryBound(to: UnsafeMutablePointer<matvar_t>?.self)[element]
        else { throw file.unreadable(pointer) }
        return MATLABLevel5Variable(file: file, pointer: part)
    }

    // MARK: Numbers

    func numbers<Value>(_ to: NumberConversion<Value>) throws -> [Value] {
        let count = try checkedCount()
        guard count > 0 else { return [] }
        try file.load(pointer)
        switch header.class_type {
        case MAT_C_DOUBLE: return try elements(Double.self, count, to.double)
        case MAT_C_SINGLE: return try elements(Float.self, count, to.single)
        case MAT_C_INT8: return try elements(Int8.self, count) { to.whole(Int64($0)) }
        case MAT_C_INT16: return try elements(Int16.self, count) { to.whole(Int64($0)) }
        case MAT_C_INT32: return try elements(Int32.self, count) { to.whole(Int64($0)) }
        case MAT_C_INT64: return try elements(Int64.self, count, to.whole)
        case MAT_C_UINT8: return try elements(UInt8.self, count) { to.unsigned(UInt64($0)) }
        case MAT_C_UINT16: return try elements(UInt16.self, count) { to.unsigned(UInt64($0)) }
        case MAT_C_UINT32: return try elements(UInt32.self, count) { to.unsigned(UInt64($0)) }
        default: return try elements(UInt64.self, count, to.unsigned)
        }
    }

    /// Extents are only what the file says: an array can't have more elements than its file has bytes,
    /// unless it is compressed.
    private func checkedCount() throws -> Int {
        let count = try ReadingLimit.elementCount(
            size, bytesEach: 8, limit: file.limit, path: file.path, item: file.name(pointer))
        guard header.compression == MAT_COMPRESSION_ZLIB || count <= file.byteCount else {
            throw ArrayFileError.malformed(
                path: file.path, item: file.name(pointer),
                problem: "it says that it has \(count) elements, more than the file has bytes")
        }
        return count
    }

    private func elements<Raw, Value>(
        _ raw: Raw.Type, _ count: Int, _ convert: (Raw) -> Value
    ) throws -> [Value] {
        guard let data = header.data, Int(header.data_size) == MemoryLayout<Raw>.size,
            Int(header.nbytes) >= count * MemoryLayout<Raw>.size
        else { throw file.unreadable(pointer) }
        var values: [Value] = []
        values.reserveCapacity(count)
        for index in 0..<count {
            values.append(
                convert(data.loadUnaligned(fromByteOffset: index * MemoryLayout<Raw>.size, as: Raw.self)))
        }
        return values
    }

    func sparse() throws -> MATLABSparseMatrix {
        try file.load(pointer)
        guard let data = header.data else { throw file.unreadable(pointer) }
        let matrix = data.assumingMemoryBound(to: mat_sparse_t.self).pointee
        func indices(_ start: UnsafeMutablePointer<UInt32>?, _ count: UInt32) -> [Int] {
            start.map { start in (0..<Int(count)).map { Int(start[$0]) } } ?? []
        }
        let values: [Double]
        let count = matrix.data == nil ? 0 : Int(matrix.ndata)
        func read<Raw>(_ raw: Raw.Type, _ convert: (Raw) -> Double) -> [Double] {
            (0..<count).map {
                convert(
                    matrix.data.loadUnaligned(
                        fromByteOffset: $0 * MemoryLayout<Raw>.size, as: Raw.self))
            }
        }
        // Truth values and small numbers stand there in fewer bytes.
        switch header.data_type {
        case MAT_T_DOUBLE: values = read(Double.self) { $0 }
        case MAT_T_SINGLE: values = read(Float.self) { Double($0) }
        case MAT_T_INT8: values = read(Int8.self) { Double($0) }
        case MAT_T_UINT8: values = read(UInt8.self) { Double($0) }
        case MAT_T_INT16: values = read(Int16.self) { Double($0) }
        case MAT_T_UINT16: values = read(UInt16.self) { Double($0) }
        case MAT_T_INT32: values = read(Int32.self) { Double($0) }
        case MAT_T_UINT32: values = read(UInt32.self) { Double($0) }
        case MAT_T_INT64: values = read(Int64.self) { Double($0) }
        case MAT_T_UINT64: values = read(UInt64.self) { Double($0) }
        default: throw file.unreadable(pointer)
        }
        return MATLABSparseMatrix(
            rowCount: size[0], rows: indices(matrix.ir, matrix.nir),
            columnStarts: indices(matrix.jc, matrix.njc), values: values)
    }

    // MARK: Text

    func rows() throws -> [String] {
        let count = try checkedCount()
        guard count > 0 else { return [] }
        try file.load(pointer)
        guard let data = header.data, header.data_size > 0 else { throw file.unreadable(pointer) }
        let bytes = UnsafeRawBufferPointer(start: data, count: Int(header.nbytes))
        let units: [UInt16]
        switch (header.data_type, header.data_size) {
        case (MAT_T_UTF8, _): units = Array(String(decoding: bytes, as: UTF8.self).utf16)
        case (_, 1): units = bytes.map { UInt16($0) }
        case (_, 2):
            units = (0..<bytes.count / 2).map {
                bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)
            }
        default:
            units = (0..<bytes.count / 4).flatMap { index in
                let code = bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
                return Array(Unicode.Scalar(code).map { String(Character($0)).utf16 } ?? "?".utf16)
            }
        }
        guard let rows = MATLABText.rows(units, size: size) else {
            throw ArrayFileError.malformed(
                path: file.path, item: file.name(pointer), problem: "its characters don't fill its extents")
        }
        return rows
    }
}
