import ArrayFiles
import Messages

/// The units of an NWB file that a manifest wants, with their spikes.
struct NWBUnits {
    var units: [Recording.Unit]
    /// Nanoseconds, ascending, one list a unit.
    var spikes: [[Int64]]
    /// When each unit was observed; `nil` where the file doesn't say.
    var observed: [TimeIntervals]?
    var removed: [Recording.RemovedUnit]

    init(_ nwb: NWBFile, _ source: RecordingSource) throws {
        let table = try nwb.units()
        let names = try table.identifiers().map(String.init)
        try RecordingChecks(source: nwb.path).requireUniqueUnits(names)
        let heldOut = try Self.heldOut(table, source.units.heldOutColumn)
        removed = []
        var kept = Array(names.indices)
        for filter in source.units.filters {
            let values = try Self.values(of: filter.column, table, nwb)
            let filter = try filter.resolved(among: values, in: nwb.path)
            removed += kept.filter { !filter.accepts(values[$0]) }.map {
                Recording.RemovedUnit(
                    name: names[$0], reason: filter.reason(for: values[$0]))
            }
            kept.removeAll { !filter.accepts(values[$0]) }
        }
        guard !kept.isEmpty else {
            throw RecordingError.noUnitLeftBy(
                source: nwb.path, criterion: "by units.where", units: names.count)
        }
        units = kept.map { Recording.Unit(name: names[$0], heldOut: heldOut[$0]) }
        let ranges = try table.ranges("spike_times")
        let seconds = try nwb.file.doubles("units/spike_times").values
        spikes = try kept.map { unit in
            try nwb.nanoseconds(Array(seconds[ranges[unit]]), "units/spike_times").sorted()
        }
        observed = try Self.observed(table, nwb).map { all in kept.map { all[$0] } }
    }

    mutating func keep(_ kept: [Int]) {
        units = kept.map { units[$0] }
        spikes = kept.map { spikes[$0] }
        observed = observed.map { all in kept.map { all[$0] } }
    }

    private static func heldOut(
        _ table: NWBTable, _ column: RecordingSource.Choice
    ) throws -> [Bool] {
        let none = [Bool](repeating: false, count: table.rowCount)
        let name: String
        switch column {
        case .omitted: return none
        case .usual:
            guard table.has("heldout") else { return none }
            name = "heldout"
        case .named(let stated): name = stated
        }
        return try table.numbers(name, expected: "truth values or numbers").map { $0 != 0 }
    }

    private static func observed(_ table: NWBTable, _ nwb: NWBFile) throws -> [TimeIntervals]? {
        guard table.has("obs_intervals"), table.isRagged("obs_intervals") else { return nil }
        let ranges = try table.ranges("obs_intervals")
        let array = try nwb.file.doubles("units/obs_intervals")
        guard array.shape.count == 2, array.shape[1] == 2 else {
            throw table.unsuitable(
                "obs_intervals", "begin and end of each interval",
                array.shape.map(String.init).joined(separator: " × "))
        }
        let times = try nwb.nanoseconds(array.values, "units/obs_intervals")
        return ranges.map { range in
            TimeIntervals(range.map { .init(start: times[2 * $0], end: times[2 * $0 + 1]) })
        }
    }

    // MARK: Columns to filter by

    /// A column of the units, or else of their electrodes: `location`, `group_name`, …; `electrode` for
    /// their numbers.
    private static func values(
        of column: String, _ units: NWBTable, _ nwb: NWBFile
    ) throws -> [String?] {
        if units.has(column) { return try units.texts(column) }
        // An electrode's own number has no column, it is the identifier of its row.
        let isIdentifier = column == "electrode"
        guard let electrodes = try nwb.electrodes(), isIdentifier || electrodes.has(column),
            units.has("electrodes")
        else {
            let others = try nwb.electrodes().map(\.columns) ?? []
            throw TableError.unknownColumn(
                path: nwb.path, table: "units", column: column,
                found: NearestName.sorted(Array(Set(units.columns + others)), to: column))
        }
        let values =
            try isIdentifier
            ? electrodes.identifiers().map { String($0) } : electrodes.texts(column)
        let rows = try nwb.file.integers("units/electrodes").values
        let isRagged = units.isRagged("electrodes")
        guard isRagged || rows.count == units.rowCount else {
            throw units.unsuitable("electrodes", "\(units.rowCount) entries", "\(rows.count)")
        }
        let ranges = try isRagged ? units.ranges("electrodes") : rows.indices.map { $0..<($0 + 1) }
        return try ranges.enumerated().map { unit, range in
            let found = try range.map { entry -> String? in
                guard values.indices.contains(Int(rows[entry])) else {
                    throw NWBError.damagedIndex(path: nwb.path, column: "electrodes")
                }
                return values[Int(rows[entry])]
            }
            guard Set(found).count <= 1 else {
                throw NWBError.severalValues(
                    path: nwb.path, unit: "\(unit)", column: column,
                    found: Set(found.map { $0 ?? "(none)" }).sorted())
            }
            return found.first ?? nil
        }
    }
}
