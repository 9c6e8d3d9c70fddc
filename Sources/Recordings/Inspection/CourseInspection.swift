import ArrayFiles

/// A continuous recording among the arrays of a file: bins × units in either order, with the table of trials and
/// the behaviour that may stand beside it.
struct CourseInspection {
    let counts: FileInspection.Array
    let arrays: [FileInspection.Array]
    let format: RecordingSource.Format

    /// Where times of trials stand.
    private enum Table {
        case matrix(name: String, columns: Int)
        /// With the manifest's word for the table, where it has one.
        case columns(table: String?, names: [String], numbers: [String])
    }

    /// A course is far longer than it has units.
    private var length: Int { counts.shape.max() ?? 0 }
    private var others: [FileInspection.Array] { arrays.filter { $0.name != counts.name } }

    /// When each bin begins: as long as one axis alone.
    private var clock: FileInspection.Array? {
        let clocks = others.filter {
            $0.isColumn && $0.isNumeric && $0.count == length && $0.name.lowercased().contains("time")
        }
        return clocks.first { $0.name == "times" } ?? (clocks.count == 1 ? clocks.first : nil)
    }

    func add(to draft: inout ManifestDraft) {
        let extents = FileInspection.extents(counts.shape)
        if let clock, counts.shape[0] != counts.shape[1] {
            draft.add(
                "axes", counts.shape[0] == length ? "[bins, units]" : "[units, bins]",
                "\(extents), as long as \(clock.name)")
            draft.add("times", ManifestDraft.quoted(clock.name), "in seconds")
        } else {
            draft.add(
                "axes", FileInspection.open(2), "bins and units, in the order of \(extents)")
        }
        addBehavior(to: &draft)
        guard let table else {
            draft.add("chop", "{window_ms: 600, overlap_ms: 200}", "without trials")
            return
        }
        if clock == nil {
            draft.add("start_s", "0", "when the first bin begins, by the clock of the trials' events")
        }
        add(table, to: &draft)
        draft.comment(
            "or windows over all of it, without trials, align and condition: chop: {window_ms: 600, overlap_ms: 200}"
        )
    }

    private func add(_ table: Table, to draft: inout ManifestDraft) {
        switch table {
        case .matrix(let name, let columns):
            draft.add(
                "trials", "{table: \(ManifestDraft.quoted(name)), columns: \(FileInspection.open(columns))}",
                "a name for each column, in its order")
            draft.addWindow(event: nil, others: [])
            draft.add("condition", "none", "or the column that labels a trial")
        case .columns(let table, let names, let numbers):
            if let table { draft.add("trials", "{table: \(ManifestDraft.quoted(table))}") }
            let events = ColumnNames.events(among: numbers)
            let best = events.first ?? (numbers.count == 1 ? numbers[0] : nil)
            draft.addWindow(event: best, others: numbers.filter { $0 != best })
            let labels = ColumnNames.labels(among: names.filter { !events.contains($0) })
            let further = names.filter { $0 != labels.first && !events.contains($0) }
            draft.add(
                "condition", labels.first.map(ManifestDraft.quoted) ?? "none",
                further.isEmpty ? "" : "or " + further.joined(separator: ", "))
        }
    }

    // MARK: What may be a table of trials

    private var table: Table? {
        let matrices = others.filter {
            $0.isNumeric && $0.longExtents.count == 2 && !$0.shape.contains(length)
        }
        if let matrix = matrices.first(where: { $0.name.lowercased().contains("trial") }) ?? matrices.first {
            return .matrix(name: matrix.name, columns: matrix.longExtents.min() ?? 0)
        }
        if let elements = structureArray { return elements }
        // As many entries as there are trials, whatever their number is.
        let columns = others.filter { $0.isColumn && $0.count > 1 && !counts.shape.contains($0.count) }
        let groups = Dictionary(grouping: columns, by: \.count).values.filter {
            $0.contains(where: \.isNumeric)
        }
        // Events have names; among equals the larger table.
        func rank(_ group: [FileInspection.Array]) -> (Int, Int, Int) {
            let numbers = group.filter(\.isNumeric).map(\.name)
            return (ColumnNames.events(among: numbers).isEmpty ? 0 : 1, group.count, group[0].count)
        }
        guard let group = groups.max(by: { rank($0) < rank($1) }) else { return nil }
        let separator: Character = format == .mat ? "." : "/"
        let prefix =
            [.mat, .binnedHDF5].contains(format) ? Self.prefix(of: group.map(\.name), separator) : nil
        func column(_ array: FileInspection.Array) -> String {
            String(array.name.dropFirst(prefix.map { $0.count + 1 } ?? 0))
        }
        return .columns(
            table: prefix, names: group.map(column), numbers: group.filter(\.isNumeric).map(column))
    }

    /// Of MATLAB: fields of its elements, which are listed by name alone.
    private var structureArray: Table? {
        let fields = others.compactMap { array in
            array.name.firstMatch(of: /^(.+)\(1:[0-9]+\)\.([^.]+)$/).map {
                (table: String($0.1), field: String($0.2))
            }
        }
        guard let table = fields.first?.table else { return nil }
        let names = fields.filter { $0.table == table }.map(\.field)
        return .columns(table: table, names: names, numbers: names)
    }

    /// What all stand in, if that is one group or structure.
    private static func prefix(of names: [String], _ separator: Character) -> String? {
        let prefixes = Set(
            names.map { name in name.lastIndex(of: separator).map { String(name[..<$0]) } ?? "" })
        guard prefixes.count == 1, let prefix = prefixes.first, !prefix.isEmpty else { return nil }
        return prefix
    }

    // MARK: Behaviour

    /// More channels than behaviour has are other units.
    private static let mostChannels = 32

    private func addBehavior(to draft: inout ManifestDraft) {
        guard !others.contains(where: { $0.name == "behavior" }) else { return }
        let axis = counts.shape.firstIndex(of: length) ?? 0
        let alike = others.filter {
            $0.isNumeric && $0.shape.count == 2 && $0.shape[axis] == length && $0.longExtents.count == 2
                && $0.shape[1 - axis] <= Self.mostChannels
        }.map { "\(ManifestDraft.quoted($0.name)): all" }
        if !alike.isEmpty { draft.add("behavior", "{\(alike.joined(separator: ", "))}", "or none") }
    }
}
