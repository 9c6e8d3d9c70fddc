import ArrayFiles

extension FileInspection {
    /// MATLAB's struct array with one element a trial comes before arrays.
    init(matlab file: MATLABFile) throws {
        let names = try file.arrayNames()
        let structures = names.compactMap { name in
            name.firstMatch(of: /^(.+)\(1:([0-9]+)\)\.([^.]+)$/).map {
                (name: String($0.1), count: Int($0.2) ?? 0, field: String($0.3))
            }
        }
        let fields = structures.filter { $0.name == structures.first?.name }
        // MATLAB's struct arrays are listed by their fields; those of the first element stand for all.
        func matrix(_ field: String, of element: Int = 1) -> [Int]? {
            let item = "\(fields.first?.name ?? "")(\(element)).\(field)"
            guard let kind = try? file.elementKind(of: item), kind == .float || kind == .integer,
                let shape = try? file.shape(of: item), shape.allSatisfy({ $0 > 1 })
            else { return nil }
            return shape
        }
        guard let first = fields.first,
            let spikes = fields.first(where: {
                $0.field.lowercased().contains("spike") && matrix($0.field) != nil
            })
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
        // So many tell whether trials differ.
        let shapes = (1...min(max(first.count, 1), 5000)).compactMap { matrix(spikes.field, of: $0) }
        Self.addBins(of: shapes, to: &draft)
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

    /// The axis along which trials differ in length is that of the bins.
    private static func addBins(of shapes: [[Int]], to draft: inout ManifestDraft) {
        let lengths = [0, 1].map { axis in Set(shapes.map { $0.count == 2 ? $0[axis] : 0 }) }
        guard let axis = lengths.firstIndex(where: { $0.count > 1 }), lengths[1 - axis].count == 1,
            let shortest = lengths[axis].min(), let longest = lengths[axis].max()
        else {
            draft.add("axes", open(2), "units and bins, in the order of these extents")
            return
        }
        draft.add("axes", axis == 0 ? "[bins, units]" : "[units, bins]")
        draft.add(
            "bins", "{first: \(shortest)}",
            "trials have \(shortest) to \(longest); with a larger number shorter ones are left out, {last: …} keeps ends"
        )
    }
}
