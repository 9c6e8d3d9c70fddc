/// A MATLAB file of version 7.3: HDF5 with MATLAB's conventions.
///
/// HDF5 shows extents backwards. Structures are groups; struct arrays are groups of datasets of
/// references, cell arrays datasets of references, both into the group `#refs#`; text is numbers; an
/// empty array is a dataset that holds its extents. The attribute `MATLAB_class` says what is what.
final class MATLABHDF5File {
    let file: HDF5File
    let limit: UInt64
    /// Members by group.
    fileprivate let members: [String: [String]]
    private var references: [String: [String]] = [:]

    /// - Throws: `ArrayFileError.damaged`, `.unreadable`
    init(_ path: String, limit: UInt64) throws {
        file = try HDF5File.open(path)
        self.limit = limit
        var members: [String: [String]] = [:]
        var known: Set<String> = []
        for dataset in try file.datasetPaths() {
            var group = ""
            for name in dataset.split(separator: "/") {
                let whole = group.isEmpty ? String(name) : "\(group)/\(name)"
                if known.insert(whole).inserted { members[group, default: []].append(String(name)) }
                group = whole
            }
        }
        self.members = members
    }

    var variables: [(name: String, variable: any MATLABVariable)] {
        get throws {
            // #refs# and #subsystem# are MATLAB's own.
            try (members[""] ?? []).filter { !$0.hasPrefix("#") }
                .map { ($0, try MATLABHDF5Variable(file: self, path: $0)) }
        }
    }

    /// Objects that a dataset of references points to, in the order of the file.
    fileprivate func referenced(by dataset: String) throws -> [String] {
        if let known = references[dataset] { return known }
        let names = try file.referencedNames(dataset).values.map { String($0.drop { $0 == "/" }) }
        references[dataset] = names
        return names
    }

    fileprivate func isGroup(_ path: String) -> Bool { members[path] != nil }
}

struct MATLABHDF5Variable: MATLABVariable {
    private let file: MATLABHDF5File
    private let path: String
    let content: MATLABContent
    let size: [Int]
    let fieldNames: [String]
    /// HDF5File refuses what doesn't fit before it comes here.
    var isUnsigned: Bool { false }
    /// Whether fields are datasets of references, one for each element of a struct array.
    private let isStructureArray: Bool
    /// Whether the dataset holds extents in place of elements.
    private let isEmpty: Bool

    fileprivate init(file owner: MATLABHDF5File, path: String) throws {
        let file = owner.file
        self.file = owner
        self.path = path
        let word = try file.stringAttribute("MATLAB_class", of: path)
        guard !owner.isGroup(path) else {
            isEmpty = false
            if let rows = try file.numberAttribute("MATLAB_sparse", of: path) {
                content = .sparse
                isStructureArray = false
                fieldNames = []
                let starts = try file.shape(of: path + "/jc")
                guard let rows = Int(exactly: rows), rows >= 0, starts.count == 1, starts[0] >= 1 else {
                    throw ArrayFileError.unreadable(path: file.path, item: path)
                }
                size = [rows, starts[0] - 1]
                return
            }
            content = word == "struct" ? .structure : .object
            fieldNames = owner.members[path] ?? []
            let first = fieldNames.first.map { "\(path)/\($0)" } ?? path
            isStructureArray =
                try !owner.isGroup(first) && file.stringAttribute("MATLAB_class", of: first) == nil
            size = isStructureArray ? try file.shape(of: first).reversed() : [1, 1]
            return
        }
        fieldNames = []
        isStructureArray = false
        isEmpty = try file.numberAttribute("MATLAB_empty", of: path) == 1
        if isEmpty {
            size = try file.integers(path).values.map { Int($0) }
            guard size.count <= 64, size.allSatisfy({ $0 >= 0 }), size.contains(0) else {
                throw ArrayFileError.unreadable(path: file.path, item: path)
            }
        } else {
            let shape = try file.shape(of: path)
            // Other writers than MATLAB may store a single value, or a list, as such.
            size = shape.count < 2 ? [1] + (shape.isEmpty ? [1] : shape) : shape.reversed()
        }
        let kind = try file.elementKind(of: path)
        switch word {
        case "double", "single":
            content = kind == .other ? .complex : .float
        case "logical", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64":
            content = kind == .other ? .complex : .integer
        case "char": content = .text
        case "cell": content = .cell
        case "struct": content = .structure
        case nil where kind == .float: content = .float
        case nil where kind == .integer: content = .integer
        default: content = .object
        }
    }

    func field(_ name: String, of element: Int) throws -> any MATLABVariable {
        let field = "\(path)/\(name)"
        guard isStructureArray else { return try MATLABHDF5Variable(file: file, path: field) }
        return try referenced(by: field, element)
    }

    func cell(_ element: Int) throws -> any MATLABVariable { try referenced(by: path, element) }

    private func referenced(by dataset: String, _ element: Int) throws -> any MATLABVariable {
        let names = try file.referenced(by: dataset)
        guard names.indices.contains(element), file.file.exists(names[element]), !names[element].isEmpty
        else { throw ArrayFileError.unreadable(path: file.file.path, item: dataset) }
        return try MATLABHDF5Variable(file: file, path: names[element])
    }

    func numbers<Value>(_ conversion: NumberConversion<Value>) throws -> [Value] {
        if isEmpty { return [] }
        if content == .integer {
            return try file.file.integers(path).values.map(conversion.whole)
        }
        return try file.file.doubles(path).values.map(conversion.double)
    }

    func sparse() throws -> MATLABSparseMatrix {
        let file = file.file
        // Without an entry that is not 0 there is neither.
        let hasEntries = file.exists(path + "/data")
        return MATLABSparseMatrix(
            rowCount: size[0],
            rows: hasEntries ? try file.integers(path + "/ir").values.map { Int($0) } : [],
            columnStarts: try file.integers(path + "/jc").values.map { Int($0) },
            values: hasEntries ? try file.doubles(path + "/data").values : [])
    }

    func rows() throws -> [String] {
        if isEmpty { return [] }
        let units = try file.file.integers(path).values.map { UInt16(truncatingIfNeeded: $0) }
        guard let rows = MATLABText.rows(units, size: size) else {
            throw ArrayFileError.malformed(
                path: file.file.path, item: path, problem: "its characters don't fill its extents")
        }
        return rows
    }
}
