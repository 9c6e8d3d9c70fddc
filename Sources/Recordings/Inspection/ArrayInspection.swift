import ArrayFiles
import Foundation

extension FileInspection {
    /// Arrays by name, and a manifest of their layout.
    init(arraysOf file: any ArrayContainer, _ format: RecordingSource.Format) throws {
        let arrays = try Self.arrays(of: file)
        let isLFADS = format == .binnedHDF5 && arrays.contains { $0.name == "train_encod_data" }
        let format = isLFADS ? .lfadsHDF5 : format
        var draft = try Self.head(of: file, format)
        var spikes: Array?
        if !isLFADS {
            let own = (file.path as NSString).lastPathComponent
            spikes = format == .npy ? arrays.first { $0.name == own } : Self.spikes(among: arrays)
            Self.addArrays(spikes, among: arrays, format, to: &draft)
        }
        self.init(
            path: file.path, format: isLFADS || spikes != nil ? format : nil,
            facts: try file.remarks(), arrays: arrays, manifest: draft.text)
    }

    /// A struct array with one element a trial comes before arrays.
    init(matlab file: MATLABFile) throws {
        let names = try file.arrayNames()
        let structures = names.compactMap { name in
            name.firstMatch(of: /^(.+)\(1:([0-9]+)\)\.([^.]+)$/).map {
                (name: String($0.1), count: String($0.2), field: String($0.3))
            }
        }
        let fields = structures.filter { $0.name == structures.first?.name }
        // MATLAB's struct arrays are listed by their fields; those of the first element stand for all.
        func matrix(_ field: String) -> [Int]? {
            let item = "\(fields.first?.name ?? "")(1).\(field)"
            guard let kind = try? file.elementKind(of: item), kind == .float || kind == .integer,
                let shape = try? file.shape(of: item), shape.allSatisfy({ $0 > 1 })
            else { return nil }
            return shape
        }
        guard let first = fields.first,
            let spikes = fields.first(where: { $0.field.lowercased().contains("spike") && matrix($0.field) != nil })
                ?? fields.first(where: { matrix($0.field) != nil })
        else {
            try self.init(arraysOf: file, .mat)
            return
        }
        var draft = try Self.head(of: file, .mat)
        draft.add("trials", ManifestDraft.quoted(first.name), "a struct array of \(first.count) elements")
        draft.add(
            "spikes", ManifestDraft.quoted(spikes.field),
            "in the first trial " + Self.extents(matrix(spikes.field) ?? []) + "; fields: "
                + fields.map(\.field).joined(separator: ", "))
        draft.add("axes", "[_, _]", "units and bins, in the order of these extents")
        draft.add("condition", "none", "a field with one label a trial")
        self.init(
            path: file.path, format: .mat, facts: try file.remarks(),
            arrays: try names.map { name in
                guard let field = name.firstMatch(of: /^(.+)\(1:[0-9]+\)(\..+)$/) else {
                    return try Self.array(name, in: file)
                }
                let first = try Self.array("\(field.1)(1)\(field.2)", in: file)
                return Array(name: name, shape: first.shape, elements: first.elements)
            }, manifest: draft.text)
    }

    private static func arrays(of file: any ArrayContainer) throws -> [Array] {
        try file.arrayNames().map { try array($0, in: file) }
    }

    private static func array(_ name: String, in file: any ArrayContainer) throws -> Array {
        // What no reader can use is listed all the same.
        Array(
            name: name, shape: (try? file.shape(of: name)) ?? [],
            elements: (try? file.elementKind(of: name))?.words ?? "elements of another type")
    }

    private static func head(
        of file: any ArrayContainer, _ format: RecordingSource.Format
    ) throws -> ManifestDraft {
        var draft = ManifestDraft()
        let name = ((file.path as NSString).lastPathComponent as NSString).deletingPathExtension
        draft.add("session", ManifestDraft.sessionName([name]))
        draft.add("subject", "unknown", "the file doesn't say")
        draft.add("date", "2000-01-01", "the file doesn't say")
        draft.add("recording", ManifestDraft.quoted(file.path), "relative to the manifest")
        draft.add("format", format.rawValue)
        let own = (try? file.number(named: "bin_width_s")) ?? (try? file.number(named: "bin_ms")) ?? nil
        if own == nil { draft.add("source_bin_ms", "10", "the file doesn't say how wide its bins are") }
        return draft
    }

    /// The array that is called so, or the largest of three axes.
    private static func spikes(among arrays: [Array]) -> Array? {
        let numbers = arrays.filter { $0.elements.contains("numbers") }
        return numbers.first { $0.name == "spikes" }
            ?? numbers.filter { $0.shape.count == 3 }
            .max { $0.shape.reduce(1, *) < $1.shape.reduce(1, *) }
    }

    private static func addArrays(
        _ spikes: Array?, among arrays: [Array], _ format: RecordingSource.Format,
        to draft: inout ManifestDraft
    ) {
        guard let spikes else {
            draft.comment("no array of trials × bins × units; name one: spikes: …")
            return
        }
        let extents = extents(spikes.shape)
        if format == .npy {
            draft.comment("counts: \(extents)")
        } else {
            draft.add("spikes", ManifestDraft.quoted(spikes.name), extents)
        }
        guard spikes.shape.count == 3 else {
            draft.add("chop", "{window_ms: 600, overlap_ms: 200}", "without trials")
            draft.add("axes", "[_, _]", "bins and units, in the order of \(extents)")
            return
        }
        // Nothing in such a file says which axis is which: a guess might be registered unseen.
        if format.needsAxes {
            draft.add("axes", "[_, _, _]", "trials, bins and units, in the order of \(extents)")
        } else {
            draft.add("axes", "[trials, bins, units]", "or any other order")
        }
        let labels = arrays.filter { array in
            array.name != spikes.name && array.shape.filter { $0 != 1 } == [spikes.shape[0]]
        }.map(\.name)
        draft.add(
            "condition", labels.contains("condition") ? "condition" : "none",
            labels.isEmpty ? "" : "one entry a trial: " + labels.joined(separator: ", "))
    }

    static func extents(_ shape: [Int]) -> String {
        shape.isEmpty ? "one value" : shape.map(String.init).joined(separator: " × ")
    }
}
