import ArrayFiles
import Messages

/// A dynamic table of NWB: columns of one entry a row, or of many (ragged, by an index of where each
/// row's entries end).
///
/// Format: https://hdmf-common-schema.readthedocs.io (DynamicTable, VectorIndex, DynamicTableRegion).
struct NWBTable: TrialTable {
    let file: HDF5File
    /// Without a slash in front, e.g. `intervals/trials`.
    let path: String
    let rowCount: Int

    /// - Throws: `ArrayFileError` where the table has no identifiers.
    init(file: HDF5File, path: String) throws {
        self.file = file
        self.path = path
        let shape = try file.shape(of: path + "/id")
        guard shape.count == 1 else {
            throw ArrayFileError.wrongType(
                path: file.path, item: path + "/id", expected: "one entry a row",
                found: "\(shape.count) axes")
        }
        rowCount = shape[0]
    }

    var filePath: String { file.path }
    var name: String { String(path.split(separator: "/").last ?? "") }

    /// In the file's order. Index columns are no columns of their own.
    var columns: [String] {
        let stated = (try? file.stringsAttribute("colnames", of: path)) ?? []
        return stated.filter { file.exists("\(path)/\($0)") }
    }

    func has(_ column: String) -> Bool { column != "id" && file.exists("\(path)/\(column)") }

    func isRagged(_ column: String) -> Bool { file.exists("\(path)/\(column)_index") }

    /// - Throws: `TableError.unknownColumn`
    func require(_ column: String) throws {
        guard has(column) else {
            throw TableError.unknownColumn(
                path: file.path, table: name, column: column,
                found: NearestName.sorted(columns, to: column))
        }
    }

    func identifiers() throws -> [Int] {
        try file.integers(path + "/id").values.map { Int($0) }
    }

    // MARK: One entry a row

    func numbers(_ column: String) throws -> [Double] { try numbers(column, expected: "numbers") }

    /// One number a row; NaN for none.
    /// - Throws: `TableError.unknownColumn`, `.unsuitableColumn`
    func numbers(_ column: String, expected: String) throws -> [Double] {
        try requireScalar(column, expected: expected, kinds: [.integer, .float])
        return try file.doubles("\(path)/\(column)").values
    }

    /// One text a row: text as it is, truth values as `true` and `false`, numbers in their fewest
    /// digits, references as the name of what they point to; `nil` for NaN and an empty text.
    /// - Throws: `TableError.unknownColumn`, `.unsuitableColumn`
    func texts(_ column: String) throws -> [String?] {
        let dataset = "\(path)/\(column)"
        try require(column)
        if try file.elementKind(of: dataset) == .other {
            try requireScalar(column, expected: "numbers or text", kinds: [.other])
            guard let names = try? file.referencedNames(dataset) else {
                throw unsuitable(column, "numbers or text", "elements of another type")
            }
            return names.values.map { $0.split(separator: "/").last.map(String.init) }
        }
        try requireScalar(column, expected: "numbers or text", kinds: [.integer, .float, .string])
        switch try file.elementKind(of: dataset) {
        case .string: return try file.strings(dataset).values.map { $0.isEmpty ? nil : $0 }
        case .float: return try file.doubles(dataset).values.map { $0.isNaN ? nil : plain($0) }
        default:
            let isTruth = try file.isEnumeration(dataset)
            return try file.integers(dataset).values.map {
                isTruth ? ($0 == 0 ? "false" : "true") : String($0)
            }
        }
    }

    private func requireScalar(_ column: String, expected: String, kinds: [ElementKind]) throws {
        try require(column)
        if isRagged(column) { throw unsuitable(column, expected, "a list in every row") }
        let dataset = "\(path)/\(column)"
        let kind = try file.elementKind(of: dataset)
        guard kinds.contains(kind) else { throw unsuitable(column, expected, kind.words) }
        let shape = try file.shape(of: dataset)
        guard shape == [rowCount] else {
            throw unsuitable(
                column, "\(rowCount) entries", shape.map(String.init).joined(separator: " × "))
        }
    }

    /// Trials of tests and of nothing are left out: files of benchmarks keep back what could be tested.
    func splits(_ source: RecordingSource) throws -> [Recording.Split?]? {
        guard let column = splitColumn(source) else { return nil }
        return try texts(column).enumerated().map { trial, word in
            switch word {
            case "train": .train
            case "val", "valid": .valid
            case "test", "none", nil: Recording.Split?.none
            case .some(let other):
                throw TableError.unknownSplit(path: file.path, trial: trial, value: other)
            }
        }
    }

    func unsuitable(_ column: String, _ expected: String, _ found: String) -> TableError {
        .unsuitableColumn(
            path: file.path, table: name, column: column, expected: expected, found: found)
    }

    // MARK: Ragged columns

    /// Which entries of a ragged column belong to each row.
    /// - Throws: `TableError.unknownColumn`, `.unsuitableColumn`, `NWBError.damagedIndex`
    func ranges(_ column: String) throws -> [Range<Int>] {
        try require(column)
        guard isRagged(column), !isRagged(column + "_index") else {
            throw unsuitable(column, "a list in every row", "something else")
        }
        let ends = try file.integers("\(path)/\(column)_index").values
        let count = try file.shape(of: "\(path)/\(column)").first ?? 0
        guard ends.count == rowCount else {
            throw NWBError.damagedIndex(path: file.path, column: column)
        }
        var start = 0
        let ranges = try ends.map { end in
            guard end >= start, end <= count else {
                throw NWBError.damagedIndex(path: file.path, column: column)
            }
            defer { start = Int(end) }
            return start..<Int(end)
        }
        // Entries that belong to no row would be lost without a word.
        guard start == count else { throw NWBError.damagedIndex(path: file.path, column: column) }
        return ranges
    }
}
