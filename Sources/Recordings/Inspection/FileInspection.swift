import ArrayFiles

/// What a file offers, and a manifest to start from. Nothing large is read.
public struct FileInspection: Sendable, Encodable {
    /// An array by its name.
    public struct Array: Sendable, Encodable {
        /// Name in the file.
        public let name: String
        /// Lengths of the axes, as the file has them.
        public let shape: [Int]
        /// In words: whole numbers, floating-point numbers, text, …
        public let elements: String
    }

    /// A table with one row a unit or a trial.
    public struct Table: Sendable, Encodable {
        /// A column, with some of what stands in it.
        public struct Column: Sendable, Encodable {
            /// Name in the file.
            public let name: String
            /// What an entry is, in words.
            public let elements: String
            /// How many different values there are; absent for lists.
            public let distinct: Int?
            /// Some values, as a manifest would name them.
            public let examples: [String]
        }

        /// Name in the file.
        public let name: String
        /// How many rows there are.
        public let rows: Int
        /// In the order of the file.
        public let columns: [Column]
    }

    /// A signal by time.
    public struct Series: Sendable, Encodable {
        /// Where it stands in the file.
        public let path: String
        /// Samples, or samples × channels.
        public let shape: [Int]
        /// Unit of measurement, as the file names it.
        public let unit: String?
        /// Where the file gives a rate instead of timestamps.
        public let rateHz: Double?
    }

    /// The file.
    public let path: String
    /// The format that a manifest would name; absent where none fits.
    public let format: String?
    /// What the file says of itself.
    public let facts: [String: String]
    /// Tables, such as those of units and trials.
    public let tables: [Table]
    /// Time series.
    public let series: [Series]
    /// Arrays by name.
    public let arrays: [Array]
    /// YAML; comments say what can be chosen, and `_` stands for what has to be filled in. Empty where
    /// nothing of the file can be registered.
    public let manifest: String
    /// Why nothing of the file can be registered, as `register` would say it; `nil` where something can.
    public let refusal: RecordingError?
    /// The same in words.
    public let problem: String?

    private enum CodingKeys: String, CodingKey {
        case path, format, facts, tables, series, arrays, manifest, problem
    }

    /// Looks into a file.
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
        series: [Series] = [], arrays: [Array] = [], manifest: String = "",
        refusal: RecordingError? = nil
    ) {
        self.path = path
        self.format = format?.rawValue
        self.facts = facts
        self.tables = tables
        self.series = series
        self.arrays = arrays
        self.manifest = manifest
        self.refusal = refusal
        problem = refusal?.description
    }
}
