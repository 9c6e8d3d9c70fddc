import ArrayFiles

/// What a file offers, and a manifest to start from. Nothing large is read.
public struct FileInspection: Sendable, Encodable {
    /// An array by its name.
    public struct Array: Sendable, Encodable {
        public let name: String
        public let shape: [Int]
        /// In words: whole numbers, floating-point numbers, text, …
        public let elements: String
    }

    /// A table with one row a unit or a trial.
    public struct Table: Sendable, Encodable {
        public struct Column: Sendable, Encodable {
            public let name: String
            public let elements: String
            /// How many different values there are; absent for lists.
            public let distinct: Int?
            /// Some values, as a manifest would name them.
            public let examples: [String]
        }

        public let name: String
        public let rows: Int
        public let columns: [Column]
    }

    /// A signal by time.
    public struct Series: Sendable, Encodable {
        public let path: String
        /// Samples, or samples × channels.
        public let shape: [Int]
        public let unit: String?
        /// Where the file gives a rate instead of timestamps.
        public let rateHz: Double?
    }

    public let path: String
    /// The format that a manifest would name; absent where none fits.
    public let format: String?
    /// What the file says of itself.
    public let facts: [String: String]
    public let tables: [Table]
    public let series: [Series]
    public let arrays: [Array]
    /// YAML; comments say what can be chosen.
    public let manifest: String

    /// - Throws: `RecordingError`
    public init(path: String) throws {
        self = try asRecordingError {
            switch try ArrayFileKind(path) {
            case .hdf5:
                let file = try HDF5File.open(path)
                if try file.attributeNames().contains("nwb_version") {
                    return try FileInspection(nwb: NWBFile(file))
                }
                return try FileInspection(arraysOf: file, .binnedHDF5)
            case .matlab: return try FileInspection(matlab: MATLABFile(path))
            case .numpyArchive: return try FileInspection(arraysOf: NumpyArchive(path), .npz)
            case .numpyArray: return try FileInspection(arraysOf: NumpyFolder(besides: path), .npy)
            }
        }
    }

    init(
        path: String, format: RecordingSource.Format?, facts: [String: String], tables: [Table] = [],
        series: [Series] = [], arrays: [Array] = [], manifest: String
    ) {
        self.path = path
        self.format = format?.rawValue
        self.facts = facts
        self.tables = tables
        self.series = series
        self.arrays = arrays
        self.manifest = manifest
    }
}

/// The lines of a manifest, with what the file says and what has to be filled in.
struct ManifestDraft {
    private(set) var lines: [String] = []

    /// A line `key: value`, with a comment after it.
    mutating func add(_ key: String, _ value: String, _ comment: String = "") {
        lines.append("\(key): \(value)" + (comment.isEmpty ? "" : "   # \(comment)"))
    }

    mutating func comment(_ text: String) { lines.append("# \(text)") }

    var text: String { lines.joined(separator: "\n") + "\n" }

    /// Lower-case letters, digits and dashes.
    static func sessionName(_ parts: [String]) -> String {
        let joined = parts.joined(separator: "-").lowercased()
        let kept = joined.unicodeScalars.map { scalar -> Character in
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) ? Character(scalar) : "-"
        }
        let name = String(kept).split(separator: "-").joined(separator: "-")
        return name.isEmpty ? "session" : String(name.prefix(100))
    }

    /// As YAML reads it back as text.
    static func quoted(_ text: String) -> String {
        let plainText = text.unicodeScalars.allSatisfy { scalar in
            ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
                || ("0"..."9").contains(scalar) || "_-./".unicodeScalars.contains(scalar)
        }
        let isWord = text.first.map { $0.isLetter || $0.isNumber || $0 == "." || $0 == "/" } ?? false
        if plainText, isWord { return text }
        let escaped = text.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case _ where scalar.value < 32: " "
            default: String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}
