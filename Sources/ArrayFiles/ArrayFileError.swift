public import Messages

/// What can go wrong between an array and a file.
public enum ArrayFileError: ReportedError, Equatable, Codable {
    case missingFile(path: String)
    case cannotRead(path: String, reason: String)
    case notHDF5(path: String)
    case damaged(path: String)
    /// `found` lists the datasets that are there, the nearest name first.
    case missingDataset(path: String, dataset: String, found: [String])
    case missingObject(path: String, object: String)
    case wrongType(path: String, item: String, expected: String, found: String)
    case wholeNumberOutOfRange(path: String, dataset: String, range: String)
    case tooLarge(path: String, item: String, bytes: UInt64, limit: UInt64)
    case unreadable(path: String, item: String)
    /// `expected` with its article; `advice` is a sentence.
    case wrongFormat(path: String, expected: String, found: String, advice: String)
    /// What is whole but can't be used; `advice` is a sentence.
    case unsupported(path: String, item: String, found: String, advice: String)
    case malformed(path: String, item: String, problem: String)
    case cannotWrite(path: String, reason: String)
    case raggedRow(path: String, row: Int, expected: Int, found: Int)

    public var category: ErrorCategory {
        switch self {
        case .missingFile: .missingInput
        case .cannotWrite: .cannotCreate
        default: .badData
        }
    }

    public var description: String {
        switch self {
        case .missingFile(let path):
            "There is no file at \(path)."
        case .cannotRead(let path, let reason):
            "\(path) can't be read: \(reason)."
        case .notHDF5(let path):
            "\(path) is not an HDF5 file."
        case .damaged(let path):
            "\(path) begins like an HDF5 file but can't be opened: it is truncated or damaged. "
                + "Copy it again from its source."
        case .missingDataset(let path, let dataset, let found):
            found.isEmpty
                ? "\(path) has no dataset \"\(dataset)\"; it holds no datasets at all."
                : "\(path) has no dataset \"\(dataset)\"; "
                    + "it holds, nearest name first: \(found.joined(separator: ", "))."
        case .missingObject(let path, let object):
            "\(path) has no group or dataset \"\(object)\"."
        case .wrongType(let path, let item, let expected, let found):
            "\"\(item)\" in \(path) should hold \(expected) but holds \(found)."
        case .wholeNumberOutOfRange(let path, let dataset, let range):
            "\"\(dataset)\" in \(path) holds whole numbers outside \(range)."
        case .tooLarge(let path, let item, let bytes, let limit):
            "\"\(item)\" in \(path) says that it takes \(bytes == .max ? "more than 2^64" : "\(bytes)")"
                + " bytes; at most \(limit) are read. The file is damaged, or has to be split."
        case .unreadable(let path, let item):
            "\"\(item)\" in \(path) can't be read: "
                + "the file is truncated, damaged or uses a filter that is not installed."
        case .wrongFormat(let path, let expected, let found, let advice):
            "\(path) is not \(expected): \(found). \(advice)"
        case .unsupported(let path, let item, let found, let advice):
            "\"\(item)\" in \(path) holds \(found), which can't be read. \(advice)"
        case .malformed(let path, let item, let problem):
            "\"\(item)\" in \(path) is damaged: \(problem). Copy the file again from its source."
        case .cannotWrite(let path, let reason):
            "\(path) can't be written: \(reason)."
        case .raggedRow(let path, let row, let expected, let found):
            "\(path) can't be written: row \(row) has \(found) cells, "
                + "but the header has \(expected)."
        }
    }
}
