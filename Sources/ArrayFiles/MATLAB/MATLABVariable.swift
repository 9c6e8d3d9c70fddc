/// A variable of a MATLAB file, or a part of one: what both kinds of file are reduced to.
///
/// Elements are counted from 0 and column-major, as both kinds of file store them.
protocol MATLABVariable {
    var content: MATLABContent { get }
    /// MATLAB's `size()`.
    var size: [Int] { get }
    /// Whether whole numbers have no sign in the file.
    var isUnsigned: Bool { get }
    /// Names of the fields of a structure.
    var fieldNames: [String] { get }

    /// A field of one element of a structure.
    /// - Throws: `ArrayFileError.unreadable`
    func field(_ name: String, of element: Int) throws -> any MATLABVariable

    /// What is in one element of a cell array.
    /// - Throws: `ArrayFileError.unreadable`
    func cell(_ element: Int) throws -> any MATLABVariable

    /// All numbers of an array; integers only where the content is whole numbers.
    /// - Throws: `ArrayFileError.tooLarge`, `.malformed`, `.unreadable`
    func numbers<Value>(_ conversion: NumberConversion<Value>) throws -> [Value]

    /// - Throws: `ArrayFileError.tooLarge`, `.malformed`, `.unreadable`
    func sparse() throws -> MATLABSparseMatrix

    /// One text a row of a matrix of characters.
    /// - Throws: `ArrayFileError.tooLarge`, `.malformed`, `.unreadable`
    func rows() throws -> [String]
}

enum MATLABContent: Equatable {
    case float, integer, text, sparse, cell, structure
    /// What can't be read, in words, with a sentence of advice.
    case other(found: String, advice: String)

    static let complex = MATLABContent.other(
        found: "complex numbers", advice: "Save its real part.")
    static let object = MATLABContent.other(
        found: "a MATLAB object (string, table, datetime, function, …)",
        advice: "Convert it to a numeric array, a structure or a cell array of text (cellstr) and "
            + "save it again.")

    /// For error messages.
    var words: String {
        switch self {
        case .float: "floating-point numbers"
        case .integer: "whole numbers"
        case .text: "text"
        case .sparse: "a sparse matrix"
        case .cell: "a cell array"
        case .structure: "a structure"
        case .other(let found, _): found
        }
    }
}

/// A sparse matrix, compressed by columns: entries `columnStarts[j]..<columnStarts[j + 1]` are those
/// of column j.
struct MATLABSparseMatrix {
    let rowCount: Int
    let rows: [Int]
    let columnStarts: [Int]
    let values: [Double]

    /// All elements, column-major; `nil` where indices contradict each other.
    func dense(columnCount: Int) -> [Double]? {
        guard columnStarts.count == columnCount + 1, let last = columnStarts.last,
            columnStarts[0] == 0, last <= rows.count, last <= values.count
        else { return nil }
        var result = [Double](repeating: 0, count: rowCount * columnCount)
        for column in 0..<columnCount {
            let (start, end) = (columnStarts[column], columnStarts[column + 1])
            guard start <= end, end <= last else { return nil }
            for entry in start..<end {
                guard (0..<rowCount).contains(rows[entry]) else { return nil }
                result[column * rowCount + rows[entry]] = values[entry]
            }
        }
        return result
    }
}

/// Matrices of characters.
enum MATLABText {
    /// One text a row, without the blanks that fill it up; UTF-16, column-major.
    ///
    /// `nil` where the characters don't fill the matrix.
    static func rows(_ units: [UInt16], size: [Int]) -> [String]? {
        guard size.count == 2 else { return nil }
        if size.contains(0) { return [] }
        let (rowCount, columnCount) = (size[0], size[1])
        // Some writers count a character of two units as one; in a single row that does no harm.
        if rowCount == 1 { return [text(units)] }
        guard units.count == rowCount * columnCount else { return nil }
        return (0..<rowCount).map { row in
            text((0..<columnCount).map { units[$0 * rowCount + row] })
        }
    }

    private static func text(_ units: [UInt16]) -> String {
        var units = units[...]
        while let last = units.last, last == 0 || last == UInt16(ascii: " ") { units.removeLast() }
        return String(decoding: units, as: UTF16.self)
    }
}

extension UInt16 {
    fileprivate init(ascii scalar: Unicode.Scalar) { self = UInt16(UInt8(ascii: scalar)) }
}
