/// What may be a table of trials among the arrays of a file, beside its counts or spikes.
struct TrialTableInspection {
    /// Where times of trials stand.
    private enum Table {
        case matrix(name: String, columns: Int)
        /// With the manifest's word for the table, where it has one.
        case columns(table: String?, names: [String], numbers: [String])
    }

    private let table: Table

    /// - Parameters:
    ///   - counts: as many entries as any of its axes has are no trials.
    init?(
        besides counts: FileInspection.Array, among arrays: [FileInspection.Array],
        _ format: RecordingSource.Format
    ) {
        let others = arrays.filter { $0.name != counts.name }
        guard let table = Self.table(besides: counts.shape, among: others, format) else { return nil }
        self.table = table
    }

    /// Which trials, which part of each, and their labels.
    func add(to draft: inout ManifestDraft) {
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

    private static func table(
        besides counts: [Int], among others: [FileInspection.Array], _ format: RecordingSource.Format
    ) -> Table? {
        // A course is far longer than it has units.
        let length = counts.max() ?? 0
        let matrices = others.filter {
            $0.isNumeric && $0.longExtents.count == 2 && !$0.shape.contains(length)
        }
        if let matrix = matrices.first(where: { $0.name.lowercased().contains("trial") }) ?? matrices.first {
            return .matrix(name: matrix.name, columns: matrix.longExtents.min() ?? 0)
        }
        if let elements = structureArray(among: others) { return elements }
        // As many entries as there are trials, whatever their number is.
        let columns = others.filter { $0.isColumn && $0.count > 1 && !counts.contains($0.count) }
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
            [.mat, .binnedHDF5].contains(format) ? self.prefix(of: group.map(\.name), separator) : nil
        func column(_ array: FileInspection.Array) -> String {
            String(array.name.dropFirst(prefix.map { $0.count + 1 } ?? 0))
        }
        return .columns(
            table: prefix, names: group.map(column), numbers: group.filter(\.isNumeric).map(column))
    }

    /// Of MATLAB: fields of its elements, which are listed by name alone.
    private static func structureArray(among others: [FileInspection.Array]) -> Table? {
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
}
