import ArrayFiles
import Foundation
import TrialArrays

extension FactorFile {
    /// Long tables, one per quantity: `trial_index, trial_id, condition, split`, then `bin, time_ms`
    /// where the quantity has bins, then one column per factor, unit, …
    ///
    /// Arrays that belong together stand side by side: the names of the second and later ones end in
    /// what tells them apart (`factor_0_sample_std`, `dimension_0_std`). Rates are those in Hz. Of a
    /// continuous recording, quantities that have bins stand in one course instead of windows.
    func writeTables(to files: [String]) throws {
        for (kind, file) in zip(kinds, files) {
            let own = continuous?.quantities.filter { $0.kind == kind } ?? []
            if let continuous, !own.isEmpty {
                try writeTable(own, of: continuous, to: file)
            } else {
                try writeTable(arrays.filter { $0.kind == kind }, to: file)
            }
        }
    }

    private func writeTable(_ quantities: [Quantity], to path: String) throws {
        guard let first = quantities.first else { return }
        let places = ["trial_index", "trial_id", "condition", "split"]
        let header =
            places + (first.hasBins ? ["bin", "time_ms"] : [])
            + (first.hasBins && event != nil ? ["time_from_event_ms"] : [])
            + quantities.flatMap { $0.tableColumns }
        let bins = first.hasBins ? binCount : 1
        let (starts, fromEvent) = (binStarts, binStartsFromEvent)
        let rows = (0..<trials.count * bins).lazy.map { row -> [CommaSeparatedFile.Cell] in
            let trial = trials[row / bins]
            var cells: [CommaSeparatedFile.Cell] = [
                .integer(trial.index), .integer(trial.identifier),
                trial.condition.map { .text($0) } ?? .empty, .text(trial.split.rawValue),
            ]
            if first.hasBins { cells += [.integer(row % bins), .double(starts[row % bins])] }
            if first.hasBins, let fromEvent { cells.append(.double(fromEvent[row % bins])) }
            for quantity in quantities {
                cells += quantity.array[row / bins, row % bins].map { .float($0) }
            }
            return cells
        }
        try CommaSeparatedFile.write(header: header, rows: rows, to: path)
    }

    /// One object: what the attributes of the HDF5 file say, `trials`, `time_ms`, `unit_names`, and
    /// under `quantities` for each dataset `shape`, `units`, `dimensions`, `columns` and nested `values`
    /// (`null` for what is no finite number); of a continuous recording also `continuous`.
    func writeJSON(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        func text(_ value: some Encodable) throws -> String {
            String(decoding: try encoder.encode(value), as: UTF8.self)
        }
        try AtomicFile.write(to: path) { file in
            func put(_ text: String) throws { try file.append(Array(text.utf8)) }
            var head = try text(JSONDescription(self))
            head.removeLast()
            try put(head + ",\n\"trials\":" + text(trials.map(JSONTrial.init)) + ",\n\"quantities\":{")
            for (index, quantity) in quantities.enumerated() {
                var head = try text(JSONQuantity(quantity))
                head.removeLast()
                try put((index == 0 ? "\n" : ",\n") + text(quantity.name) + ":" + head + ",\"values\":[")
                // Trial by trial, so that the text of a large file never stands in memory at once.
                for trial in 0..<quantity.array.trialCount {
                    try put((trial == 0 ? "\n" : ",\n") + Self.nested(quantity, trial: trial))
                }
                try put("]}")
            }
            try put("}")
            if let continuous { try put(",\n\"continuous\":" + Self.object(continuous)) }
            try put("}\n")
        }
    }

    private static func object(_ continuous: Continuous) -> String {
        let arrays = continuous.quantities.map { quantity in
            "\"\(quantity.name)\":" + nested(quantity, trial: 0)
        }
        return "{\"segment\":\(continuous.segments),\n\"time_s\":\(continuous.seconds),\n"
            + arrays.joined(separator: ",\n") + "}"
    }

    /// A trial's bins, or the one row of what a trial has once; `null` for what is no finite number.
    private static func nested(_ quantity: Quantity, trial: Int) -> String {
        func list(_ parts: some Sequence<String>) -> String { "[" + parts.joined(separator: ",") + "]" }
        func row(_ bin: Int) -> String {
            list(quantity.array[trial, bin].map { $0.isFinite ? "\($0)" : "null" })
        }
        return quantity.hasBins ? list((0..<quantity.array.binCount).map(row)) : row(0)
    }
}

extension FactorFile.Quantity {
    /// Names of its columns in a table, where a unit that is called `bin` mustn't be taken for the bin.
    var tableColumns: [String] {
        let ending =
            name.hasSuffix("_sample_std") ? "_sample_std" : name.hasSuffix("_std") ? "_std" : ""
        return columns.map { (kind == .rates ? "unit_\($0)" : $0) + ending }
    }
}

private struct JSONDescription: Encodable {
    let format = FactorFile.format
    let version = FactorFile.layoutVersion
    let run, session, subject, date, contentSha256, observation, posterior: String
    let revision, encodedBins: Int
    let binMs: Double
    let timeMs: [Double]
    let event: String?
    let eventMs: Double?
    let timeFromEventMs: [Double]?
    let unitNames: [String]

    init(_ file: FactorFile) {
        run = file.run
        session = file.session
        subject = file.subject
        date = file.date
        contentSha256 = file.contentHash
        observation = file.observation.rawValue
        posterior = file.estimateDescription
        revision = file.revision
        encodedBins = file.encodedBinCount
        binMs = file.binMilliseconds
        timeMs = file.binStarts
        event = file.event?.name
        eventMs = file.event?.milliseconds
        timeFromEventMs = file.binStartsFromEvent
        unitNames = file.unitNames
    }
}

private struct JSONTrial: Encodable {
    let trialIndex: Int
    let trialId: Int
    let condition: String?
    let split: String

    init(_ trial: FactorFile.Trial) {
        trialIndex = trial.index
        trialId = trial.identifier
        condition = trial.condition
        split = trial.split.rawValue
    }
}

private struct JSONQuantity: Encodable {
    let shape: [Int]
    let units: String
    let dimensions: [String]
    let columns: [String]
    let description: String

    init(_ quantity: FactorFile.Quantity) {
        shape = quantity.shape
        units = quantity.units
        dimensions = quantity.dimensions
        columns = quantity.columns
        description = quantity.description
    }
}
