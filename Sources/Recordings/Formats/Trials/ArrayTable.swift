import ArrayFiles
import Messages

/// A table of trials in a file of arrays: the columns of a matrix, the fields of a structure (in HDF5 the datasets
/// of a group), or arrays of their own. Whatever the table is, an array with one entry a trial stands beside it
/// as a further column.
struct ArrayTable: TrialTable {
    private enum Layout {
        /// Trials × columns.
        case matrix(ShapedArray<Double>, names: [String])
        /// What stands in front of a column's name, such as `trials.`; empty for arrays of their own.
        case arrays(prefix: String)
        /// A struct array of MATLAB, one element a trial.
        case elements
    }

    let file: SourceFile
    let name: String
    let rowCount: Int
    private let layout: Layout
    private let identifierColumn: RecordingSource.Choice

    var filePath: String { file.path }

    /// - Throws: `TableError.columnCount`, `.columnsNotNamed`, `ArrayFileError.missingDataset`
    init(_ source: RecordingSource, _ file: SourceFile, event: String) throws {
        self.file = file
        identifierColumn = source.datasets.trialIdentifiers
        guard let table = source.trialTable else {
            (name, layout) = ("arrays", .arrays(prefix: ""))
            rowCount = try Self.length(of: event, in: file)
            return
        }
        name = table
        if !source.trialColumns.isEmpty {
            let matrix = try Self.matrix(table, of: source.trialColumns, in: file)
            (layout, rowCount) = (.matrix(matrix, names: source.trialColumns), matrix.shape[0])
        } else if let structure = try (file.file as? MATLABFile)?.structureArray(ifAt: table), structure != 1
        {
            guard structure > 0 else { throw RecordingError.empty(source: file.path, what: "trials") }
            (layout, rowCount) = (.elements, structure)
        } else {
            let prefix = table + (source.format == .mat ? "." : "/")
            // What is an array has no fields; what is nothing at all is told by the event that isn't in it.
            if let shape = try? file.file.shape(of: table), !file.file.exists(prefix + event) {
                throw TableError.columnsNotNamed(path: file.path, table: table, shape: shape)
            }
            layout = .arrays(prefix: prefix)
            rowCount = try Self.length(of: prefix + event, in: file)
        }
    }

    /// Trials × columns, also where it stands the other way round, as MATLAB writes to HDF5.
    private static func matrix(
        _ table: String, of columns: [String], in file: SourceFile
    ) throws -> ShapedArray<Double> {
        let matrix = try file.file.doubles(table)
        let shape = matrix.shape
        if shape.count == 2, shape[1] == columns.count { return matrix }
        guard shape.count == 2, shape[0] == columns.count else {
            throw TableError.columnCount(
                path: file.path, table: table, names: columns.count, shape: shape)
        }
        return matrix.permuted([1, 0])
    }

    private static func length(of array: String, in file: SourceFile) throws -> Int {
        let shape = try file.file.shape(of: array)
        try file.requireColumn(array, count: nil, per: "trials", like: nil)
        return shape.reduce(1, *)
    }

    // MARK: Columns

    private var names: [String] {
        switch layout {
        case .matrix(_, let names): return names
        case .elements:
            return (try? (file.file as? MATLABFile)?.structureArray(name).fields) ?? []
        case .arrays(let prefix):
            let all = ((try? file.file.arrayNames()) ?? []).filter { $0.hasPrefix(prefix) }
            return all.filter { isColumn($0) }.map { String($0.dropFirst(prefix.count)) }
        }
    }

    private func isColumn(_ array: String) -> Bool {
        guard let shape = try? file.file.shape(of: array) else { return false }
        return shape.reduce(1, *) == rowCount && shape.count { $0 != 1 } <= 1
    }

    /// The array that a column is; `nil` where it is part of a matrix or struct array.
    private func array(_ column: String) throws -> String? {
        switch layout {
        case .matrix where names.contains(column), .elements where names.contains(column): return nil
        case .arrays(let prefix) where file.file.exists(prefix + column): return prefix + column
        default:
            guard file.file.exists(column) else {
                throw TableError.unknownColumn(
                    path: file.path, table: name, column: column, found: NearestName.sorted(names, to: column)
                )
            }
            return column
        }
    }

    func has(_ column: String) -> Bool {
        if names.contains(column) { return true }
        return (try? array(column)).flatMap { $0 }.map(isColumn) ?? false
    }

    func numbers(_ column: String) throws -> [Double] {
        guard let array = try array(column) else {
            if case .matrix(let values, let names) = layout, let place = names.firstIndex(of: column) {
                return (0..<rowCount).map { values.values[$0 * names.count + place] }
            }
            return try entries(column, "numbers") { try file.file.doubles($0).values }.map { $0 ?? .nan }
        }
        try file.requireColumn(array, count: rowCount, per: "trials", like: nil)
        return try requireNumbers(array, column) { try file.file.doubles(array).values }
    }

    func texts(_ column: String) throws -> [String?] {
        guard let array = try array(column) else {
            if case .elements = layout,
                try file.file.elementKind(of: "\(name)(1).\(column)") == .string
            {
                return try entries(column, "text") { try file.file.strings($0).values }
                    .map { $0.flatMap { $0.isEmpty ? nil : $0 } }
            }
            return try numbers(column).map { $0.isNaN ? nil : plain($0) }
        }
        guard try file.file.elementKind(of: array) == .string else {
            return try numbers(column).map { $0.isNaN ? nil : plain($0) }
        }
        return try file.labels(array, count: rowCount, per: "trials", like: nil)
    }

    private func requireNumbers(
        _ array: String, _ column: String, _ read: () throws -> [Double]
    ) throws -> [Double] {
        let kind = try file.file.elementKind(of: array)
        guard kind == .integer || kind == .float else {
            throw TableError.unsuitableColumn(
                path: file.path, table: name, column: column, expected: "numbers", found: kind.words)
        }
        return try read()
    }

    /// A field of a struct array: at most one entry in each element.
    private func entries<Value>(
        _ column: String, _ expected: String, _ read: (String) throws -> [Value]
    ) throws -> [Value?] {
        try (1...rowCount).map { element in
            let item = "\(name)(\(element)).\(column)"
            if try file.file.shape(of: item).contains(0) { return nil }
            let values = try read(item)
            guard values.count == 1 else {
                throw TableError.unsuitableColumn(
                    path: file.path, table: name, column: column, expected: expected,
                    found: "\(values.count) entries in element \(element)")
            }
            return values[0]
        }
    }

    func identifiers() throws -> [Int] {
        let column: String
        switch identifierColumn {
        case .omitted: return Array(0..<rowCount)
        case .usual:
            guard has("trial_id") else { return Array(0..<rowCount) }
            column = "trial_id"
        case .named(let stated): column = stated
        }
        return try numbers(column).enumerated().map { index, value in
            guard let whole = Int(exactly: value) else {
                throw RecordingError.notWhole(
                    source: file.path, dataset: column, index: index, value: value)
            }
            return whole
        }
    }

    func splits(_ source: RecordingSource) throws -> [Recording.Split?]? {
        guard let column = splitColumn(source) else { return nil }
        return try texts(column).enumerated().map { trial, word in
            try word.map { word in
                guard let split = BinnedFileReader.split(called: word) else {
                    throw RecordingError.invalidSplit(
                        source: file.path, dataset: column, trial: trial, value: word)
                }
                return split
            }
        }
    }
}

extension MATLABFile {
    /// How many elements a structure has; `nil` where something else has that name.
    fileprivate func structureArray(ifAt name: String) throws -> Int? {
        guard exists(name), try elementKind(of: name) == .other else { return nil }
        return try? structureArray(name).count
    }
}
