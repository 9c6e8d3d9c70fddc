/// A table with one row a trial: times of events, labels and numbers by the names of their columns, wherever it
/// stands in a file.
protocol TrialTable {
    /// Of the file.
    var filePath: String { get }
    var name: String { get }
    var rowCount: Int { get }

    func has(_ column: String) -> Bool

    /// One number a row; NaN for none.
    /// - Throws: `TableError.unknownColumn`, `.unsuitableColumn`
    func numbers(_ column: String) throws -> [Double]

    /// One text a row, numbers in their fewest digits; `nil` for none.
    /// - Throws: `TableError.unknownColumn`, `.unsuitableColumn`
    func texts(_ column: String) throws -> [String?]

    /// One whole number a row.
    func identifiers() throws -> [Int]

    /// The part that each row belongs to, `nil` for rows that belong to none; `nil` where the table doesn't say,
    /// or the manifest splits anew.
    func splits(_ source: RecordingSource) throws -> [Recording.Split?]?
}

extension TrialTable {
    /// The column that splits trials; `nil` where none does, or the manifest splits anew.
    func splitColumn(_ source: RecordingSource) -> String? {
        if case .everyKthOfCondition = source.split { return nil }
        switch source.datasets.split {
        case .omitted: return nil
        case .named(let stated): return stated
        case .usual: return has("split") ? "split" : nil
        }
    }

    /// Whole nanoseconds.
    /// - Throws: `TableError.invalidTime`
    func nanoseconds(_ seconds: [Double], _ column: String) throws -> [Int64] {
        try Nanoseconds.rounding(seconds, of: "\(name)/\(column)", in: filePath)
    }
}
