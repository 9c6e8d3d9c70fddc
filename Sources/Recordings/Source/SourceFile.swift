import ArrayFiles

/// A file of arrays with the questions that every reader asks of it. Errors name the file.
struct SourceFile {
    let file: any ArrayContainer

    var path: String { file.path }

    /// Name of an optional dataset, or `nil` for none.
    /// - Throws: `ArrayFileError.missingDataset` where it is asked for by name and isn't there.
    func name(
        _ choice: RecordingSource.Choice, usual: String, prefix: String = ""
    ) throws
        -> String?
    {
        switch choice {
        case .usual: return file.exists(prefix + usual) ? usual : nil
        case .omitted: return nil
        case .named(let name):
            _ = try file.shape(of: prefix + name)
            return name
        }
    }

    /// Numbers of a dataset whose extents are checked; `nil` in `expected` allows any.
    func floats(
        _ dataset: String, expected: [Int?], dimensions: [String], like: String?
    ) throws -> ShapedArray<Float> {
        var shape = try file.shape(of: dataset)
        if file.leavesOutLastExtentsOfOne, shape.count < expected.count {
            shape += [Int](repeating: 1, count: expected.count - shape.count)
        }
        guard shape.count == expected.count,
            zip(shape, expected).allSatisfy({ $1 == nil || $0 == $1 })
        else {
            throw RecordingError.shapesDisagree(
                source: path, dataset: dataset, found: shape, expected: expected,
                dimensions: dimensions, like: like)
        }
        return ShapedArray(shape: shape, values: try file.floats(dataset).values)
    }

    /// One whole number an entry, also where they are stored as floating-point numbers.
    func wholeNumbers(
        _ dataset: String, count: Int?, per dimension: String, like: String?
    ) throws
        -> [Int]
    {
        try requireColumn(dataset, count: count, per: dimension, like: like)
        if try file.elementKind(of: dataset) == .integer {
            return try file.integers(dataset).values.map { Int($0) }
        }
        return try file.doubles(dataset).values.enumerated().map { index, value in
            guard let whole = Int(exactly: value) else {
                throw RecordingError.notWhole(
                    source: path, dataset: dataset, index: index, value: value)
            }
            return whole
        }
    }

    /// One label an entry: text as it is, whole numbers as digits; `nil` for an empty text or NaN.
    func labels(
        _ dataset: String, count: Int?, per dimension: String, like: String?
    ) throws
        -> [String?]
    {
        try requireColumn(dataset, count: count, per: dimension, like: like)
        switch try file.elementKind(of: dataset) {
        case .string:
            return try file.strings(dataset).values.map { $0.isEmpty ? nil : $0 }
        case .float:
            return try file.doubles(dataset).values.enumerated().map { index, value in
                if value.isNaN { return nil }
                guard let whole = Int(exactly: value) else {
                    throw RecordingError.notWhole(
                        source: path, dataset: dataset, index: index, value: value)
                }
                return String(whole)
            }
        default:
            return try file.integers(dataset).values.map { String($0) }
        }
    }

    /// One number an entry, NaN for none.
    func numbers(
        _ dataset: String, count: Int?, per dimension: String, like: String?
    ) throws
        -> [Float]
    {
        try requireColumn(dataset, count: count, per: dimension, like: like)
        return try file.floats(dataset).values
    }

    /// Seconds that increase from entry to entry.
    func ascendingTimes(_ dataset: String, count: Int, like: String?) throws -> [Double] {
        try requireColumn(dataset, count: count, per: "bins", like: like)
        let times = try file.doubles(dataset).values
        for (index, time) in times.enumerated() {
            guard time.isFinite, index == 0 || time > times[index - 1] else {
                throw RecordingError.timesNotAscending(source: path, dataset: dataset, index: index)
            }
        }
        return times
    }

    /// A list may stand as a row or a column, as MATLAB writes it.
    func requireColumn(
        _ dataset: String, count: Int?, per dimension: String, like: String?
    ) throws {
        let shape = try file.shape(of: dataset)
        let long = shape.filter { $0 != 1 }
        guard !shape.isEmpty, long.count <= 1, count == nil || (long.first ?? 1) == count else {
            throw RecordingError.shapesDisagree(
                source: path, dataset: dataset, found: shape, expected: [count],
                dimensions: [dimension], like: like)
        }
    }

    /// Width of a bin in the file: its own word for it, or else the manifest's.
    func binMilliseconds(_ source: RecordingSource) throws -> Double {
        let seconds = try file.number(named: "bin_width_s")
        // Rounded to a nanosecond: 0.05 s shall be 50 ms.
        let own = try seconds.map { ($0 * 1e9).rounded() / 1e6 } ?? file.number(named: "bin_ms")
        guard let width = own ?? source.sourceBinMilliseconds ?? source.binMilliseconds else {
            throw RecordingError.binWidthUnknown(source: path)
        }
        guard width.isFinite, width > 0 else {
            throw RecordingError.binWidthInvalid(source: path, milliseconds: width)
        }
        if let stated = source.sourceBinMilliseconds, abs(stated - width) > 1e-6 * width {
            throw RecordingError.binWidthsDisagree(source: path, inFile: width, inManifest: stated)
        }
        return width
    }

    /// Names of columns from an attribute of the file or of the dataset, or made up: `behavior_0`, …
    func columnNames(
        attribute: String, dataset: String, count: Int, kind: String, made: String
    )
        throws
        -> [String]
    {
        let found =
            try file.texts(named: attribute, of: nil) ?? file.texts(named: "names", of: dataset)
        let names = found ?? (0..<count).map { "\(made)_\($0)" }
        guard names.count == count else {
            throw RecordingError.nameCount(
                source: path, kind: kind, names: names.count, columns: count)
        }
        if let name = firstDuplicate(in: names) {
            throw RecordingError.duplicateName(source: path, kind: kind, name: name)
        }
        return names
    }

    /// What the source says of itself, for the provenance.
    func attributes() throws -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: try file.remarks().map { ("attribute." + $0.key, $0.value) })
    }
}
