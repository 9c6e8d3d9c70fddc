/// Tables as comma-separated text with a header row, quoted by RFC 4180, lines ended by `\n`.
public enum CommaSeparatedFile {
    /// One cell. Numbers are printed with the fewest digits that read back as the same number.
    public enum Cell: Sendable, Equatable {
        case text(String)
        case integer(Int)
        case float(Float)
        case double(Double)
        case empty

        var text: String {
            switch self {
            case .text(let text): CommaSeparatedFile.quoted(text)
            case .integer(let number): "\(number)"
            case .float(let number): "\(number)"
            case .double(let number): "\(number)"
            case .empty: ""
            }
        }
    }

    /// Writes the header and then every row.
    /// - Throws: `ArrayFileError.raggedRow` for a row that is longer or shorter than the header,
    ///   `ArrayFileError.cannotWrite`
    public static func write(
        header: [String], rows: some Sequence<[Cell]>, to path: String
    ) throws {
        try AtomicFile.write(to: path) { file in
            var lines = header.map(quoted).joined(separator: ",") + "\n"
            for (number, row) in rows.enumerated() {
                guard row.count == header.count else {
                    throw ArrayFileError.raggedRow(
                        path: path, row: number + 1, expected: header.count, found: row.count)
                }
                for (column, cell) in row.enumerated() {
                    if column > 0 { lines += "," }
                    lines += cell.text
                }
                lines += "\n"
                // Long tables leave memory piece by piece.
                if lines.utf8.count > 1 << 20 {
                    try file.append(Array(lines.utf8))
                    lines.removeAll(keepingCapacity: true)
                }
            }
            try file.append(Array(lines.utf8))
        }
    }

    static func quoted(_ text: String) -> String {
        let special: Set<Unicode.Scalar> = [",", "\"", "\n", "\r"]
        guard text.unicodeScalars.contains(where: special.contains) else { return text }
        return "\""
            + text.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}
