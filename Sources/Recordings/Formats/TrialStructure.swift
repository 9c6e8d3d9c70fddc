import ArrayFiles
import Messages

/// A struct array of a MATLAB file with one element a trial, shown as arrays over trials.
///
/// A field that holds one number or one text in every trial is a list, one entry a trial; any other is
/// an array whose first axis is the trials and whose others are those of every trial, units (or
/// channels) and bins. `trial_id`, where it isn't a field, is the position in the struct array, from 0.
final class TrialStructure: ArrayContainer {
    private let file: MATLABFile
    private let name: String
    private let fields: [String]
    private let spikes: String
    /// Which of a trial's two axes are the bins.
    private let binAxis: Int
    /// Positions of the trials that are kept, and which of their bins.
    private let kept: [(trial: Int, length: Int, bins: Range<Int>)]
    /// What was left out.
    let provenance: [String: String]

    var path: String { file.path }

    init(
        _ name: String, in file: MATLABFile, spikes: String, axes: [RecordingSource.Axis],
        bins: RecordingSource.TrialBins?
    ) throws {
        (self.name, self.file, self.spikes) = (name, file, spikes)
        let (count, fields) = try file.structureArray(name)
        self.fields = fields
        guard count != 1 else {
            throw ArrayFileError.wrongType(
                path: file.path, item: name, expected: "a struct array with one element a trial",
                found: "a single structure; leave out trials and name its arrays by path, such as "
                    + "\(name).\(fields.first ?? "spikes")")
        }
        guard count > 0 else { throw RecordingError.empty(source: file.path, what: "trials") }
        guard fields.contains(spikes) else {
            throw ArrayFileError.missingDataset(
                path: file.path, dataset: "\(name)(1).\(spikes)",
                found: NearestName.sorted(fields, to: spikes))
        }
        let shapes = try (0..<count).map { trial in
            let item = "\(name)(\(trial + 1)).\(spikes)"
            guard [.float, .integer].contains(try file.elementKind(of: item)) else {
                throw ArrayFileError.wrongType(
                    path: file.path, item: item,
                    expected: "counts of all units in all bins of the trial (spike times have to be binned "
                        + "first)",
                    found: try Self.words(file, item))
            }
            return try file.shape(of: item)
        }
        guard let binAxis = axes.firstIndex(of: .bins) else {
            throw RecordingError.axesUnknown(
                source: file.path, dataset: "\(name)(1).\(spikes)", shape: shapes[0],
                known: [.units, .bins])
        }
        self.binAxis = binAxis
        if let long = shapes.firstIndex(where: { $0.count != 2 }) {
            throw RecordingError.shapesDisagree(
                source: file.path, dataset: "\(name)(\(long + 1)).\(spikes)", found: shapes[long],
                expected: [nil, nil], dimensions: axes.map(\.rawValue), like: nil)
        }
        // Also of trials that are too short to be kept: which axis is which must not be in doubt.
        let unitCounts = shapes.map { $0[1 - binAxis] }
        if let odd = Self.oddOneOut(unitCounts) {
            throw RecordingError.shapesDisagree(
                source: file.path, dataset: "\(name)(\(odd.place + 1)).\(spikes)", found: shapes[odd.place],
                expected: binAxis == 0 ? [nil, odd.usual] : [odd.usual, nil],
                dimensions: axes.map(\.rawValue), like: "\(name)(\(odd.example + 1)).\(spikes)")
        }
        let lengths = shapes.map { $0[binAxis] }
        let longest = lengths.max() ?? 0
        guard let bins else {
            guard Set(lengths).count == 1 else {
                throw RecordingError.trialLengthsDiffer(
                    source: file.path, dataset: "\(name).\(spikes)", trials: count,
                    lengths: Set(lengths).count, shortest: lengths.min() ?? 0, longest: longest)
            }
            kept = lengths.enumerated().map { ($0, $1, 0..<$1) }
            provenance = [:]
            return
        }
        kept = lengths.enumerated().filter { $1 >= bins.count }.map { ($0, $1, bins.range(in: $1)) }
        guard !kept.isEmpty else {
            throw RecordingError.noTrialLongEnough(
                source: file.path, dataset: "\(name).\(spikes)", wanted: bins.count, longest: longest)
        }
        var remarks: [String: String] = [:]
        switch bins {
        case .first(let count): remarks[.trialBins] = "the first \(count)"
        case .last(let count): remarks[.trialBins] = "the last \(count)"
        }
        if kept.count < count {
            remarks[.removedTrials] = "\(count - kept.count) of \(count), shorter than \(bins.count) bins"
        }
        provenance = remarks
    }

    /// The first that differs from what most are.
    private static func oddOneOut(
        _ values: [Int]
    ) -> (place: Int, usual: Int, example: Int)? {
        let counts = Dictionary(grouping: values.indices, by: { values[$0] })
        guard counts.count > 1,
            let usual = counts.max(by: { ($0.value.count, $1.value[0]) < ($1.value.count, $0.value[0]) }),
            let place = values.firstIndex(where: { $0 != usual.key })
        else { return nil }
        return (place, usual.key, usual.value[0])
    }

    private static func words(_ file: MATLABFile, _ item: String) throws -> String {
        // The file's own error names what is there.
        do {
            _ = try file.floats(item)
            return "something else"
        } catch ArrayFileError.wrongType(_, _, _, let found) {
            return found
        }
    }

    // MARK: Names

    private static let position = "trial_id"

    func arrayNames() throws -> [String] { fields.sorted() }

    func exists(_ array: String) -> Bool { fields.contains(array) || array == Self.position }

    private func isPosition(_ array: String) -> Bool {
        array == Self.position && !fields.contains(array)
    }

    private func item(_ array: String, _ trial: Int) throws -> String {
        guard fields.contains(array) else {
            throw ArrayFileError.missingDataset(
                path: path, dataset: "\(name)(\(trial + 1)).\(array)",
                found: NearestName.sorted(fields, to: array))
        }
        return "\(name)(\(trial + 1)).\(array)"
    }

    func number(named name: String) throws -> Double? { try file.number(named: name) }

    func texts(named name: String, of array: String?) throws -> [String]? {
        try file.texts(named: name, of: array)
    }

    func remarks() throws -> [String: String] { try file.remarks() }

    func position(ofTrial index: Int) -> Int { kept[index].trial }

    // MARK: Arrays over trials

    func shape(of array: String) throws -> [Int] {
        if isPosition(array) { return [kept.count] }
        if try isList(array) { return [kept.count] }
        let shape = try extents(array)
        return [kept.count] + shape
    }

    func elementKind(of array: String) throws -> ElementKind {
        if isPosition(array) { return .integer }
        var kinds: Set<ElementKind> = []
        for trial in kept.map(\.trial) {
            let item = try item(array, trial)
            let kind = try file.elementKind(of: item)
            // An empty array has no number for a trial, whatever the others are.
            let isMissing = try kind != .string && file.shape(of: item).contains(0)
            kinds.insert(isMissing ? .float : kind)
        }
        if kinds.isSubset(of: [.integer]) { return .integer }
        if kinds.isSubset(of: [.integer, .float]) { return .float }
        if kinds.isSubset(of: [.string]) { return .string }
        // Empty arrays beside texts are empty texts.
        let unlike = try itemsThat {
            try file.elementKind(of: $0) != .string && !file.shape(of: $0).contains(0)
        }
        if kinds.contains(.string), !unlike.isEmpty {
            let texts = try itemsThat { try file.elementKind(of: $0) == .string }
            let (few, many) = texts.count < unlike.count ? (texts, "numbers") : (unlike, "text")
            throw ArrayFileError.wrongType(
                path: path, item: few[0], expected: "\(many), as in the other trials",
                found: few == texts ? "text" : "numbers")
        }
        return kinds.isSubset(of: [.string, .float]) ? .string : .other

        func itemsThat(_ hold: (String) throws -> Bool) throws -> [String] {
            try kept.map { try item(array, $0.trial) }.filter(hold)
        }
    }

    func floats(_ array: String) throws -> ShapedArray<Float> {
        try numbers(array, missing: .nan) { try file.floats($0) }
    }

    func doubles(_ array: String) throws -> ShapedArray<Double> {
        try numbers(array, missing: .nan) { try file.doubles($0) }
    }

    func integers(_ array: String) throws -> ShapedArray<Int64> {
        if isPosition(array) {
            return ShapedArray(shape: [kept.count], values: kept.map { Int64($0.trial) })
        }
        return try numbers(array, missing: 0) { try file.integers($0) }
    }

    func strings(_ array: String) throws -> ShapedArray<String> {
        let values = try kept.map { part in
            let item = try item(array, part.trial)
            if try file.shape(of: item).contains(0) { return "" }
            let texts = try file.strings(item).values
            guard texts.count == 1, let text = texts.first else {
                throw ArrayFileError.wrongType(
                    path: path, item: item, expected: "one text", found: "\(texts.count) of them")
            }
            return text
        }
        return ShapedArray(shape: [kept.count], values: values)
    }

    /// Whether there is at most one number or text in every trial. Counts are never a list.
    private func isList(_ array: String) throws -> Bool {
        guard array != spikes else { return false }
        return try kept.allSatisfy { part in
            let item = try item(array, part.trial)
            if try file.elementKind(of: item) == .string { return true }
            let shape = try file.shape(of: item)
            return shape.contains(0) || shape.allSatisfy { $0 == 1 }
        }
    }

    /// What is one number in most trials should be in all.
    private func requireOneEntryEach(_ array: String) throws {
        guard array != spikes else { return }
        var longer: [String] = []
        var longest: [Int] = []
        for part in kept {
            let item = try item(array, part.trial)
            let shape = try file.shape(of: item)
            guard shape.contains(where: { $0 > 1 }), !shape.contains(0) else { continue }
            if longer.isEmpty { longest = shape }
            longer.append(item)
        }
        guard let first = longer.first, longer.count * 2 < kept.count else { return }
        throw RecordingError.shapesDisagree(
            source: path, dataset: first, found: longest, expected: [1, 1],
            dimensions: ["one entry, as in the other trials"], like: nil)
    }

    /// Extents of a field that has bins, the same in all trials once they are cut.
    private func extents(_ array: String) throws -> [Int] {
        let otherAxis = 1 - binAxis
        try requireOneEntryEach(array)
        var other: Int?
        for part in kept {
            let item = try item(array, part.trial)
            let shape = try file.shape(of: item)
            guard shape.count == 2, shape[binAxis] == part.length,
                other == nil || shape[otherAxis] == other
            else {
                let names = array == spikes ? "units" : "channels"
                throw RecordingError.shapesDisagree(
                    source: path, dataset: item, found: shape,
                    expected: binAxis == 0 ? [part.length, other] : [other, part.length],
                    dimensions: binAxis == 0 ? ["bins", names] : [names, "bins"],
                    like: array == spikes
                        ? "\(name)(\((kept.first?.trial ?? 0) + 1)).\(spikes)"
                        : "\(name)(\(part.trial + 1)).\(spikes)")
            }
            other = shape[otherAxis]
        }
        let bins = kept.first?.bins.count ?? 0
        return binAxis == 0 ? [bins, other ?? 0] : [other ?? 0, bins]
    }

    private func numbers<Value: Sendable>(
        _ array: String, missing: Value, _ read: (String) throws -> ShapedArray<Value>
    ) throws -> ShapedArray<Value> {
        if try isList(array) {
            let values = try kept.map { try read(item(array, $0.trial)).values.first ?? missing }
            return ShapedArray(shape: [kept.count], values: values)
        }
        let shape = try extents(array)
        var values: [Value] = []
        values.reserveCapacity(kept.count * shape[0] * shape[1])
        for part in kept {
            let found = try read(item(array, part.trial))
            let columns = found.shape[1]
            if binAxis == 0 {
                values += found.values[part.bins.lowerBound * columns..<part.bins.upperBound * columns]
            } else {
                for row in 0..<shape[0] {
                    values +=
                        found.values[
                            row * columns + part.bins.lowerBound..<row * columns + part.bins.upperBound]
                }
            }
        }
        return ShapedArray(shape: [kept.count] + shape, values: values)
    }
}
