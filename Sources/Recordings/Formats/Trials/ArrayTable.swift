import ArrayFiles
import Messages

/// A table in a file of arrays, of trials or of spikes: the columns of a matrix, the fields of a structure (in HDF5 the datasets
/// of a group), or arrays of their own. Whatever the table is, an array with one entry a row stands beside it
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

    /// The table of trials that a manifest names.
    /// - Throws: `TableError.noTable`, and as below
    init(_ source: RecordingSource, _ file: SourceFile) throws {
        // Any column tells how many trials there are.
        guard let column = Self.wanted(source, file).first else {
            throw TableError.noTable(path: file.path)
        }
        try self.init(
            file, table: source.trialTable, columns: source.trialColumns, with: column,
            format: source.format, identifiers: source.datasets.trialIdentifiers)
    }

    /// - Parameters:
    ///   - table: `nil` where columns are arrays of their own.
    ///   - columns: of a matrix.
    ///   - column: one that has to be there.
    /// - Throws: `TableError.columnCount`, `.columnsNotNamed`, `ArrayFileError.missingDataset`
    init(
        _ file: SourceFile, table: String?, columns: [String], with column: String,
        format: RecordingSource.Format, identifiers: RecordingSource.Choice = .omitted
    ) throws {
        self.file = file
        identifierColumn = identifiers
        guard let table else {
            (name, layout) = ("arrays", .arrays(prefix: ""))
            rowCount = try Self.length(of: column, in: file)
            return
        }
        name = table
        if !columns.isEmpty {
            let matrix = try Self.matrix(table, of: columns, in: file)
            (layout, rowCount) = (.matrix(matrix, names: columns), matrix.shape[0])
        } else if let structure = try (file.file as? MATLABFile)?.structureArray(ifAt: table), structure != 1
        {
            guard structure > 0 else { throw RecordingError.empty(source: file.path, what: "trials") }
            (layout, rowCount) = (.elements, structure)
        } else {
            let prefix = Self.prefix(table, format)
            // What is an array has no fields; what is nothing at all is told by the column that isn't in it.
            if let shape = try? file.file.shape(of: table), !file.file.exists(prefix + column) {
                throw TableError.columnsNotNamed(path: file.path, table: table, shape: shape)
            }
            layout = .arrays(prefix: prefix)
            rowCount = try Self.length(of: prefix + column, in: file)
        }
    }

    private static func prefix(_ table: String, _ format: RecordingSource.Format) -> String {
        table + (format == .mat ? "." : "/")
    }

    /// Columns that the manifest asks for, or that are there under their usual names.
    private static func wanted(_ source: RecordingSource, _ file: SourceFile) -> [String] {
        var columns = [source.eventWindow?.event].compactMap { $0 } + source.conditionColumns
        columns += source.trialScalars + source.trialFilters.map(\.column)
        if case .named(let identifiers) = source.datasets.trialIdentifiers { columns.append(identifiers) }
        let prefix = source.trialTable.map { Self.prefix($0, source.format) } ?? ""
        return columns + ["condition", "trial_id"].filter { file.file.exists(prefix + $0) }
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
        try file.requireColumn(array, count: nil, per: "trials", like: nil)
        // All of its extents but one are 1.
        return Extents.product(try file.file.shape(of: array)) ?? 0
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
        return shape.count { $0 != 1 } <= 1 && Extents.product(shape) == rowCount
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

    /// Whether trials have numbers, which are otherwise their positions.
    var hasIdentifiers: Bool {
        switch identifierColumn {
        case .omitted: false
        case .usual: has("trial_id")
        case .named: true
        }
    }

    func identifiers() throws -> [Int] {
        guard hasIdentifiers else { return Array(0..<rowCount) }
        if case .named(let column) = identifierColumn { return try wholeNumbers(column) }
        return try wholeNumbers("trial_id")
    }

    /// - Throws: `RecordingError.notWhole`
    func wholeNumbers(_ column: String) throws -> [Int] {
        try numbers(column).enumerated().map { index, value in
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
