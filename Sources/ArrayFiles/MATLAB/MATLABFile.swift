import CHDF5
import Foundation
import Messages

/// A MATLAB file that is open for reading: version 5 (`save -v6`), 7 (`-v7`) or 7.3 (`-v7.3`).
/// Which one it is, is decided by its content.
///
/// A shape is MATLAB's `size()`, and entry `[i, j, k]` is what MATLAB calls `x(i+1, j+1, k+1)`: MATLAB
/// stores columns first, and all is brought into row-major order here. Arrays in structures are reached
/// with dots, `data.spikes`, and those of a struct array by element, `R(3).spikes`. Sparse matrices are
/// read as dense ones, truth values as whole numbers, matrices of characters as one text a row, cell
/// arrays of text as texts.
public final class MATLABFile: SelfDescribingArrays {
    public let path: String
    private let variables: [(name: String, variable: any MATLABVariable)]
    private let header: String
    private let limit: UInt64
    /// Those that were asked for: finding a field takes several calls into the file.
    private var found: [String: any MATLABVariable] = [:]

    /// MATLAB has at least two dimensions and none of extent 1 after the second.
    public var leavesOutLastExtentsOfOne: Bool { true }

    /// Opens a file and lists what is in it.
    /// - Throws: `ArrayFileError.missingFile`, `.cannotRead`, `.wrongFormat`, `.damaged`, `.malformed`,
    ///   `.unreadable`
    public init(_ path: String) throws {
        let file = try RegularFile(path)
        let kind = try MATLABFileKind(file)
        self.path = path
        limit = ReadingLimit.bytes(ofFile: UInt64(file.byteCount))
        header = kind.header
        switch kind.version {
        case .level5(let isBigEndian):
            variables = try MATLABLevel5File(file, isBigEndian: isBigEndian, limit: limit).variables
        case .hdf5:
            variables = try MATLABHDF5File(path, limit: limit).variables
        }
    }

    // MARK: Names

    public func arrayNames() throws -> [String] {
        try variables.flatMap { try names(of: $0.variable, at: $0.name, depth: 0) }.sorted()
    }

    private func names(of variable: any MATLABVariable, at name: String, depth: Int) throws -> [String] {
        guard variable.content == .structure, depth < 16 else { return [name] }
        let count = try elementCount(of: variable, name)
        if count != 1 { return variable.fieldNames.map { "\(name)(1:\(count)).\($0)" } }
        return try variable.fieldNames.flatMap {
            try names(of: variable.field($0, of: 0), at: "\(name).\($0)", depth: depth + 1)
        }
    }

    public func exists(_ array: String) -> Bool { (try? variable(array)) != nil }

    private func variable(_ array: String) throws -> any MATLABVariable {
        if let known = found[array] { return known }
        func missing() -> ArrayFileError {
            let found = (try? arrayNames()) ?? []
            return .missingDataset(
                path: path, dataset: array, found: NearestName.sorted(found, to: array))
        }
        guard let steps = MATLABPath(array)?.steps, let first = steps.first,
            var variable = variables.first(where: { $0.name == first.name })?.variable
        else { throw missing() }
        for (step, next) in zip(steps, steps.dropFirst()) {
            guard variable.content == .structure, variable.fieldNames.contains(next.name) else {
                throw missing()
            }
            let count = try elementCount(of: variable, step.name)
            guard let element = step.element ?? (count == 1 ? 0 : nil) else {
                throw ArrayFileError.wrongType(
                    path: path, item: step.name, expected: "a single structure",
                    found: "a struct array of \(count) elements; with one a trial, name it as trials")
            }
            guard element < count else { throw missing() }
            variable = try variable.field(next.name, of: element)
        }
        guard steps.last?.element == nil else { throw missing() }
        found[array] = variable
        return variable
    }

    // MARK: Struct arrays

    /// Number of elements of a struct array and the names of its fields. Fields of an element are
    /// arrays with names such as `R(3).spikes`.
    /// - Throws: `ArrayFileError.missingDataset`, `.wrongType`
    public func structureArray(_ name: String) throws -> (count: Int, fields: [String]) {
        let variable = try variable(name)
        guard variable.content == .structure else {
            throw wrongType(name, variable, expected: "a struct array")
        }
        return (try elementCount(of: variable, name), variable.fieldNames)
    }

    // MARK: Arrays

    public func shape(of array: String) throws -> [Int] {
        let variable = try variable(array)
        return variable.content == .text ? [try rows(of: variable, array).count] : variable.size
    }

    public func elementKind(of array: String) throws -> ElementKind {
        let variable = try variable(array)
        switch variable.content {
        case .float, .sparse: return .float
        case .integer: return .integer
        case .text: return .string
        case .cell:
            return try cells(of: variable, array).allSatisfy { $0.content == .text } ? .string : .other
        case .structure, .other: return .other
        }
    }

    public func floats(_ array: String) throws -> ShapedArray<Float> {
        try numbers(array, .floats) { Float($0) }
    }

    public func doubles(_ array: String) throws -> ShapedArray<Double> {
        try numbers(array, .doubles) { $0 }
    }

    public func integers(_ array: String) throws -> ShapedArray<Int64> {
        let variable = try variable(array)
        guard variable.content == .integer else {
            throw wrongType(array, variable, expected: "whole numbers")
        }
        let values = try variable.numbers(.integers)
        if variable.isUnsigned, values.contains(where: { $0 < 0 }) {
            throw ArrayFileError.wholeNumberOutOfRange(
                path: path, dataset: array, range: "-2^63 to 2^63 - 1")
        }
        return inRowOrder(variable.size, values)
    }

    public func strings(_ array: String) throws -> ShapedArray<String> {
        let variable = try variable(array)
        switch variable.content {
        case .text:
            let rows = try rows(of: variable, array)
            return ShapedArray(shape: [rows.count], values: rows)
        case .cell:
            let texts = try cells(of: variable, array).enumerated().map { index, cell in
                let rows = cell.content == .text ? try rows(of: cell, array) : []
                guard cell.content == .text, rows.count <= 1 else {
                    throw ArrayFileError.wrongType(
                        path: path, item: array, expected: "text",
                        found: "a cell array whose element \(index + 1) holds "
                            + (rows.isEmpty ? cell.content.words : "several texts"))
                }
                return rows.first ?? ""
            }
            return inRowOrder(variable.size, texts)
        default:
            throw wrongType(array, variable, expected: "text")
        }
    }

    /// The header of a MATLAB file says by whom it was written.
    public func remarks() throws -> [String: String] {
        var result = try remarksInArrays()
        result["header"] = header
        return result
    }

    // MARK: Elements

    private func numbers<Value: Sendable>(
        _ array: String, _ conversion: NumberConversion<Value>, _ convert: (Double) -> Value
    ) throws -> ShapedArray<Value> {
        let variable = try variable(array)
        switch variable.content {
        case .float, .integer:
            return inRowOrder(variable.size, try variable.numbers(conversion))
        case .sparse:
            _ = try ReadingLimit.elementCount(
                variable.size, bytesEach: 8, limit: limit, path: path, item: array)
            guard variable.size.count == 2,
                let dense = try variable.sparse().dense(columnCount: variable.size[1])
            else {
                throw ArrayFileError.malformed(
                    path: path, item: array, problem: "indices of the sparse matrix are wrong")
            }
            return inRowOrder(variable.size, dense.map(convert))
        default:
            throw wrongType(array, variable, expected: "numbers")
        }
    }

    private func cells(of variable: any MATLABVariable, _ array: String) throws -> [any MATLABVariable] {
        try (0..<elementCount(of: variable, array)).map { try variable.cell($0) }
    }

    /// Of a cell array or a struct array, each element of which takes some memory.
    private func elementCount(of variable: any MATLABVariable, _ name: String) throws -> Int {
        try ReadingLimit.elementCount(
            variable.size, bytesEach: 64, limit: limit, path: path, item: name)
    }

    private func rows(of variable: any MATLABVariable, _ array: String) throws -> [String] {
        _ = try ReadingLimit.elementCount(
            variable.size, bytesEach: 16, limit: limit, path: path, item: array)
        return try variable.rows()
    }

    private func inRowOrder<Value: Sendable>(_ size: [Int], _ values: [Value]) -> ShapedArray<Value> {
        ShapedArray(shape: size.reversed(), values: values).permuted(size.indices.reversed())
    }

    private func wrongType(
        _ array: String, _ variable: any MATLABVariable, expected: String
    ) -> ArrayFileError {
        if case .other(let found, let advice) = variable.content {
            return .unsupported(path: path, item: array, found: found, advice: advice)
        }
        return .wrongType(
            path: path, item: array, expected: expected, found: variable.content.words)
    }
}

/// Which kind of MATLAB file a file is, by its first bytes.
struct MATLABFileKind {
    enum Version { case level5(isBigEndian: Bool), hdf5 }

    let version: Version
    /// What the file says of itself in its first 116 bytes.
    let header: String

    init(_ file: RegularFile) throws {
        let start = try file.bytes(from: 0, atMost: 128)
        let text = start.prefix(116).prefix { $0 != 0 }
        header = String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespaces)
        func refusal(_ found: String, _ advice: String) -> ArrayFileError {
            .wrongFormat(
                path: file.path, expected: "a MATLAB file of version 5, 7 or 7.3", found: found,
                advice: advice)
        }
        if HDF5Library.locked({ H5Fis_hdf5(file.path) > 0 }) {
            // Other HDF5 files don't say how their axes stand to MATLAB's.
            guard header.hasPrefix("MATLAB 7.3") else {
                throw refusal(
                    "it is an HDF5 file that MATLAB's save has not written",
                    "Read it as binned-hdf5.")
            }
            version = .hdf5
        } else if header.hasPrefix("MATLAB 7.3") {
            throw refusal(
                "it begins like one but is truncated or damaged", "Copy it again from its source.")
        } else if start.count == 128, start[124...125] == [0, 1], start[126...127] == [0x49, 0x4D] {
            version = .level5(isBigEndian: false)
        } else if start.count == 128, start[124...125] == [1, 0], start[126...127] == [0x4D, 0x49] {
            version = .level5(isBigEndian: true)
        } else if Self.mayBeVersion4(start) {
            throw refusal(
                "it begins as files of version 4 do, or is damaged",
                "In MATLAB, load it and save it with -v7.")
        } else {
            throw refusal(
                start.count < 128 ? "it ends within its header" : "it begins otherwise",
                "In MATLAB, save it with -v7 or -v7.3.")
        }
    }

    /// Version 4 has no signature: a zero within the first four bytes is all that MATLAB itself asks for.
    static func mayBeVersion4(_ start: [UInt8]) -> Bool {
        start.count >= 20 && start.prefix(4).contains(0)
    }

    /// Whether the header of its first variable is one: type, rows, columns, whether there are imaginary
    /// parts, and the length of the name that follows, which ends with a zero.
    ///
    /// Format: https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf, Level 4 MAT-files
    static func isVersion4(_ start: [UInt8]) -> Bool {
        guard mayBeVersion4(start) else { return false }
        return [false, true].contains { isBigEndian in
            func number(_ index: Int) -> Int {
                let four = start[4 * index..<4 * index + 4]
                return (isBigEndian ? Array(four) : four.reversed()).reduce(0) { $0 << 8 | Int($1) }
            }
            let (type, nameLength) = (number(0), number(4))
            // Thousands: the machine; hundreds: 0; tens: the number type; ones: full, text or sparse.
            let isType =
                type / 1000 == (isBigEndian ? 1 : 0) && type / 100 % 10 == 0 && type / 10 % 10 <= 5
                && type % 10 <= 2
            let name = start.dropFirst(20).prefix(nameLength)
            return isType && number(3) <= 1 && (2...64).contains(nameLength)
                && name.count == nameLength && name.last == 0
                && name.dropLast().allSatisfy { $0 > 32 && $0 < 127 }
        }
    }
}
