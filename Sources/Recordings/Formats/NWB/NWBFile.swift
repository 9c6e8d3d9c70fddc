import ArrayFiles
import Messages

/// An NWB 2 file: https://nwb-schema.readthedocs.io
struct NWBFile {
    let file: HDF5File

    /// - Throws: `NWBError.notNWB`
    init(_ file: HDF5File) throws {
        let version = try? file.stringAttribute("nwb_version")
        guard let version, version.hasPrefix("2") else {
            throw NWBError.notNWB(path: file.path, version: version ?? nil)
        }
        self.file = file
    }

    var path: String { file.path }

    // MARK: What the file says of itself

    /// ISO 8601, as it stands there.
    var startTime: String? { text("session_start_time") }

    /// Of the start; `nil` where that is no date.
    var date: String? {
        startTime.flatMap { $0.firstMatch(of: /^\d{4}-\d{2}-\d{2}/) }.map { String($0.0) }
    }

    /// Whether the date stands for none: files are shared with a day long before there were such recordings, or with
    /// the first day of a computer's clock.
    var hasPlaceholderDate: Bool { date.map { $0 < "1950" || $0 == "1970-01-01" } ?? false }

    var subject: String? { text("general/subject/subject_id") }

    /// For the provenance: everything short about session and subject.
    func remarks() -> [String: String] {
        var result: [String: String] = [:]
        for (name, dataset) in [
            ("session_start_time", "session_start_time"), ("session_description", "session_description"),
            ("identifier", "identifier"), ("institution", "general/institution"),
            ("lab", "general/lab"), ("session_id", "general/session_id"),
        ] {
            result["nwb.\(name)"] = text(dataset)
        }
        for name in ["subject_id", "species", "sex", "age", "genotype", "weight", "description"] {
            result["nwb.subject.\(name)"] = text("general/subject/\(name)")
        }
        result["nwb.version"] = (try? file.stringAttribute("nwb_version")) ?? nil
        return result
    }

    private func text(_ dataset: String) -> String? {
        guard file.exists(dataset), let text = try? file.strings(dataset).values.first,
            !text.isEmpty
        else { return nil }
        return text
    }

    // MARK: Tables

    /// Names of the tables of intervals: `trials`, `epochs`, …
    func intervalTables() throws -> [String] {
        Set(
            try file.datasetPaths().compactMap { dataset -> String? in
                let parts = dataset.split(separator: "/")
                guard parts.count == 3, parts[0] == "intervals", parts[2] == "id" else { return nil }
                return String(parts[1])
            }
        ).sorted()
    }

    /// - Throws: `NWBError.unknownTable`
    func intervals(_ name: String) throws -> NWBTable {
        guard file.exists("intervals/\(name)/id") else {
            throw NWBError.unknownTable(
                path: path, table: name,
                found: NearestName.sorted(try intervalTables(), to: name))
        }
        return try NWBTable(file: file, path: "intervals/\(name)")
    }

    /// - Throws: `NWBError.noUnits`, `TableError.unknownColumn` where units have no spike times
    func units() throws -> NWBTable {
        guard file.exists("units/id") else {
            throw NWBError.noUnits(path: path)
        }
        let table = try NWBTable(file: file, path: "units")
        try table.require("spike_times")
        return table
    }

    func electrodes() throws -> NWBTable? {
        let place = "general/extracellular_ephys/electrodes"
        return file.exists(place + "/id") ? try NWBTable(file: file, path: place) : nil
    }

    // MARK: Times

    /// The intervals of a table, by its columns start_time and stop_time; `nil` where there is no such table.
    func times(ofTable name: String) throws -> TimeIntervals? {
        guard file.exists("intervals/\(name)/id") else { return nil }
        let table = try intervals(name)
        let starts = try nanoseconds(table.numbers("start_time"), "\(name)/start_time")
        let ends = try nanoseconds(table.numbers("stop_time"), "\(name)/stop_time")
        return TimeIntervals(zip(starts, ends).map { .init(start: $0, end: $1) })
    }

    /// - Throws: `TableError.invalidTime`
    func nanoseconds(_ seconds: [Double], _ what: String) throws -> [Int64] {
        try Nanoseconds.rounding(seconds, of: what, in: path)
    }
}
