import ArrayFiles
import Foundation
import Messages

extension FileInspection {
    /// Arrays by name, and a manifest of their layout.
    init(arraysOf file: any ArrayContainer, _ format: RecordingSource.Format) throws {
        let arrays = try Self.arrays(of: file)
        let isLFADS = format == .binnedHDF5 && arrays.contains { $0.name == "train_encod_data" }
        let format = isLFADS ? .lfadsHDF5 : format
        let spikes = format == .npy ? try Self.own(of: file) : Self.spikes(among: arrays)
        // A matrix that isn't called after spikes may be a table of trials.
        if format != .npy, spikes.map({ !Self.isNamed($0, Self.countWords) && $0.shape.count < 3 }) ?? true,
            let times = SpikeArrayInspection(among: arrays)
        {
            var draft = try Self.head(of: file, format, hasBins: false)
            times.add(to: &draft, among: arrays, format)
            self.init(
                path: file.path, format: format, facts: try file.remarks(), arrays: arrays,
                manifest: draft.text)
            return
        }
        guard isLFADS || spikes != nil else {
            self.init(
                path: file.path, format: nil, facts: try file.remarks(), arrays: arrays,
                refusal: .file(
                    .missingDataset(
                        path: file.path, dataset: "spikes",
                        found: NearestName.sorted(arrays.map(\.name), to: "spikes"))))
            return
        }
        var draft = try Self.head(of: file, format)
        if let spikes, !isLFADS { Self.addArrays(spikes, among: arrays, format, to: &draft) }
        self.init(
            path: file.path, format: format, facts: try file.remarks(), arrays: arrays, manifest: draft.text)
    }

    /// The array that the file is, which has to be one of counts; others may be whatever they are.
    private static func own(of file: any ArrayContainer) throws -> Array {
        let name = (file.path as NSString).lastPathComponent
        let shape = try file.shape(of: name)
        let kind = try file.elementKind(of: name)
        // The error is that of reading it.
        if kind != .integer, kind != .float { _ = try file.floats(name) }
        guard (2...3).contains(shape.count) else {
            throw RecordingError.shapesDisagree(
                source: file.path, dataset: name, found: shape, expected: [nil, nil, nil],
                dimensions: RecordingSource.Axis.standard.map(\.rawValue), like: nil)
        }
        return Array(name: name, shape: shape, elements: kind.words)
    }

    private static func arrays(of file: any ArrayContainer) throws -> [Array] {
        try file.arrayNames().map { try array($0, in: file) }
    }

    static func array(_ name: String, in file: any ArrayContainer) throws -> Array {
        // What no reader can use is listed all the same.
        Array(
            name: name, shape: (try? file.shape(of: name)) ?? [],
            elements: (try? file.elementKind(of: name))?.words ?? "elements of another type")
    }

    static func head(
        of file: any ArrayContainer, _ format: RecordingSource.Format, hasBins: Bool = true
    ) throws -> ManifestDraft {
        var draft = ManifestDraft()
        let name = ((file.path as NSString).lastPathComponent as NSString).deletingPathExtension
        let facts = try file.remarks()
        func known(_ fact: String) -> String? { facts[fact].flatMap { $0.isEmpty ? nil : $0 } }
        draft.add("session", ManifestDraft.sessionName([known("session") ?? name]))
        draft.addSubject(known("subject"))
        draft.addDate(known("date"))
        draft.addRecording(file.path)
        draft.add("format", format.rawValue)
        let own = (try? file.number(named: "bin_width_s")) ?? (try? file.number(named: "bin_ms")) ?? nil
        if own == nil, hasBins {
            draft.add(
                "source_bin_ms", ManifestDraft.open, "width of a bin in milliseconds; the file doesn't say")
        }
        return draft
    }

    /// What arrays of counts are called, the surest first.
    private static let countWords = ["spike", "count", "rate", "neural", "firing"]

    private static func isNamed(_ array: Array, _ words: [String]) -> Bool {
        words.contains { array.name.lowercased().contains($0) }
    }

    /// The array that is called so; else, by what they are called or how large they are, one of three axes before
    /// one of two, which is a course without trials.
    private static func spikes(among arrays: [Array]) -> Array? {
        // Extents may be nonsense: what overflows is the largest of all.
        func size(_ array: Array) -> Int { Extents.product(array.shape) ?? .max }
        func largest(_ axes: Int, named words: [String]) -> Array? {
            arrays.filter { array in
                array.isNumeric && array.shape.count == axes && array.longExtents.count >= 2
                    && (words.isEmpty || isNamed(array, words))
            }.max { size($0) < size($1) }
        }
        if let own = arrays.first(where: {
            $0.isNumeric && $0.name == "spikes" && (2...3).contains($0.shape.count)
        }) {
            return own
        }
        for words in [Swift.Array(countWords.prefix(2)), countWords, []] {
            if let found = largest(3, named: words) ?? largest(2, named: words) { return found }
        }
        return nil
    }

    private static func addArrays(
        _ spikes: Array, among arrays: [Array], _ format: RecordingSource.Format,
        to draft: inout ManifestDraft
    ) {
        let extents = extents(spikes.shape)
        if format == .npy {
            draft.comment("counts: \(extents)")
        } else {
            draft.add("spikes", ManifestDraft.quoted(spikes.name), extents)
        }
        if spikes.name.lowercased().contains("rate") {
            draft.comment("if these are rates in Hz: rates_hz: true")
        }
        guard spikes.shape.count == 3 else {
            CourseInspection(counts: spikes, arrays: arrays, format: format).add(to: &draft)
            return
        }
        // Nothing in such a file says which axis is which: a guess might be registered unseen.
        if format.needsAxes {
            draft.add("axes", open(3), "trials, bins and units, in the order of \(extents)")
        } else {
            draft.add("axes", "[trials, bins, units]", "or any other order")
        }
        let columns = columns(as: spikes, among: arrays)
        let isNamed = columns.contains { $0.names.contains("condition") }
        draft.add("condition", isNamed ? "condition" : "none", words(columns, format))
    }

    static func open(_ count: Int) -> String {
        "[" + [String](repeating: ManifestDraft.open, count: count).joined(separator: ", ") + "]"
    }

    /// Arrays of one axis that are as long as some axis of the counts: labels of trials, names of units.
    private static func columns(
        as spikes: Array, among arrays: [Array]
    ) -> [(axes: [Int], names: [String])] {
        var lengths: [Int] = []
        for extent in spikes.shape where !lengths.contains(extent) { lengths.append(extent) }
        return lengths.compactMap { length in
            let names = arrays.filter { array in
                array.name != spikes.name && array.shape.filter { $0 != 1 } == [length]
            }.map(\.name)
            let axes = spikes.shape.indices.filter { spikes.shape[$0] == length }
            return names.isEmpty ? nil : (axes, names)
        }
    }

    private static func words(
        _ columns: [(axes: [Int], names: [String])], _ format: RecordingSource.Format
    ) -> String {
        guard format.needsAxes else {
            // The usual order has the trials first.
            let labels = columns.first { $0.axes.contains(0) }?.names ?? []
            return labels.isEmpty ? "" : "one entry a trial: " + labels.joined(separator: ", ")
        }
        guard !columns.isEmpty else { return "" }
        return "or an array with one entry a trial; "
            + columns.map { column in
                let axes = column.axes.map { "\($0 + 1)" }.joined(separator: " or ")
                return "as long as axis \(axes): \(column.names.joined(separator: ", "))"
            }.joined(separator: "; ")
    }

    static func extents(_ shape: [Int]) -> String {
        shape.isEmpty ? "one value" : shape.map(String.init).joined(separator: " × ")
    }
}

extension FileInspection.Array {
    var isNumeric: Bool { elements.contains("numbers") }

    /// Without extents of 1: MATLAB keeps lists as rows or columns.
    var longExtents: [Int] { shape.filter { $0 != 1 } }

    /// Whether it is a list of entries.
    var isColumn: Bool { !shape.isEmpty && longExtents.count <= 1 }

    /// Entries of a list.
    var count: Int { longExtents.first ?? 1 }
}
