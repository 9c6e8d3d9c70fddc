import ArrayFiles
import Messages

/// Which units of a recording are kept. Every removal is listed with its reason in the provenance.
public struct UnitSelection: Sendable, Equatable, Codable {
    /// Keeps units (or trials) whose entry in a column is one of these values, compared as text.
    public struct Filter: Sendable, Equatable, Codable {
        /// Name of the column.
        public var column: String
        /// Entries that keep a unit, as text.
        public var values: [String]

        /// Names a column and the values that are wanted of it.
        public init(column: String, values: [String]) {
            self.column = column
            self.values = values
        }
    }

    /// What to do with units that weren't observed in all trials that others were observed in.
    public enum Unobserved: String, Sendable, Codable, CaseIterable {
        case refuse
        case dropUnits = "drop-units"
        case dropTrials = "drop-trials"
    }

    /// Columns of the file with one entry a unit, such as `quality` or an electrode's `location`. Not in
    /// `lfads-hdf5`.
    public var filters: [Filter]
    /// Only in tables of units: the column that says which units are held out from the encoder.
    /// Usual name: `heldout`.
    public var heldOutColumn: RecordingSource.Choice
    /// Names of units that are left out.
    public var omitted: [String]
    /// Mean rate over all trials.
    public var minimumRateHz: Double?
    /// Of ten stretches of the session, trials in recorded order, the share in which a unit has at least
    /// a tenth of its mean rate.
    public var minimumPresence: Double?
    /// Correlation of the spikes of two units in bins of 1 ms.
    public var maximumCoincidence: Double?
    /// Only where the file has observation intervals.
    public var unobserved: Unobserved

    /// Says which units are kept; all, where nothing is said.
    public init(
        filters: [Filter] = [], heldOutColumn: RecordingSource.Choice = .usual, omitted: [String] = [],
        minimumRateHz: Double? = nil, minimumPresence: Double? = nil, maximumCoincidence: Double? = nil,
        unobserved: Unobserved = .refuse
    ) {
        self.filters = filters
        self.heldOutColumn = heldOutColumn
        self.omitted = omitted
        self.minimumRateHz = minimumRateHz
        self.minimumPresence = minimumPresence
        self.maximumCoincidence = maximumCoincidence
        self.unobserved = unobserved
    }
}

extension UnitSelection.Filter {
    func accepts(_ value: String?) -> Bool { value.map(values.contains) ?? false }

    /// Why a unit with this value is left out.
    func reason(for value: String?) -> String { "\(column) is \(value ?? "not said")" }

    /// With the column's own writing of each value: 480.0 in a manifest is 480 in a column of numbers, and
    /// true is 1 where nothing is called true. A filter for a value that nothing has is a slip of the pen.
    /// - Throws: `RecordingError.valueNotThere`
    func resolved(among all: [String?], in path: String) throws -> Self {
        let known = Set(all.compactMap { $0 })
        return Self(
            column: column,
            values: try values.map { value in
                if known.contains(value) { return value }
                let number = ["true": 1, "false": 0][value] ?? Double(value)
                if let number, let same = known.sorted().first(where: { Double($0) == number }) {
                    return same
                }
                throw RecordingError.valueNotThere(
                    source: path, column: column, value: value,
                    found: NearestName.sorted(Array(known), to: value))
            })
    }
}

extension Recording {
    /// A unit that was left out, and why.
    struct RemovedUnit {
        let name: String
        let reason: String
    }

    /// Adds to the list of removed units; a reason is in parentheses after each name.
    mutating func note(removed: [RemovedUnit]) {
        guard !removed.isEmpty else { return }
        let known = provenance[.removedUnits].map { [$0] } ?? []
        provenance[.removedUnits] =
            (known + removed.map { "\($0.name) (\($0.reason))" }).joined(separator: ", ")
    }

    /// The recording without units that are too slow, vanish, or share spikes with another, in this
    /// order, so that a silent unit is not compared with others.
    /// - Throws: `RecordingError.noUnitLeft`, `.rateOfContinuousSignal`, `.unknownUnit`, `.binsTooWide`
    public func selectingUnits(_ selection: UnitSelection) throws -> Recording {
        var result = try omittingUnits(selection.omitted)
        if let minimum = selection.minimumRateHz {
            result = try result.selectingUnits(minimumRateHz: minimum)
        }
        if let minimum = selection.minimumPresence {
            result = try result.selectingUnits(minimumPresence: minimum)
        }
        if let maximum = selection.maximumCoincidence {
            result = try result.selectingUnits(maximumCoincidence: maximum)
        }
        return result
    }
}
