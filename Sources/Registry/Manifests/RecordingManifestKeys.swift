import Recordings

/// The parts of a recording manifest, and which of them have a meaning for which format.
struct RecordingManifestKeys {
    let root: ManifestMapping
    let format: RecordingSource.Format

    /// The value of a key that only some formats know.
    /// - Throws: `ManifestError.contradiction` where it stands beside another format
    func optional(
        _ key: String, only formats: [RecordingSource.Format]
    ) throws -> ManifestValue? {
        let value = root.optional(key)
        guard value == nil || formats.contains(format) else {
            throw root.contradiction(key, "has no meaning for the format \(format.rawValue)")
        }
        return value
    }

    func readSignal(into source: inout RecordingSource) throws {
        let words: [Recording.Signal] = [.counts, .continuous]
        let word = try optional("signal", only: Self.arrayFormats + [.lfadsHDF5])?
            .oneOf(words.map(\.rawValue))
        source.signal = words.first { $0.rawValue == word } ?? .counts
        source.ratesInHertz = try optional("rates_hz", only: Self.arrayFormats + [.lfadsHDF5])?.boolean()
        if source.ratesInHertz != nil, source.signal == .continuous {
            throw root.contradiction(
                "rates_hz", "has no meaning beside signal: continuous, which is no counts")
        }
        source.notObserved = try optional("not_observed", only: Self.arrayFormats + [.lfadsHDF5])?
            .oneOf(RecordingSource.NotObserved.self)
        source.binMilliseconds = try root.optional("bin_ms")?.positiveNumber(of: "milliseconds")
        source.sourceBinMilliseconds = try optional(
            "source_bin_ms", only: Self.arrayFormats + [.lfadsHDF5])?
            .positiveNumber(of: "milliseconds")
    }

    // MARK: Trials and windows

    func readWindows(into source: inout RecordingSource) throws {
        source.chop = try optional("chop", only: Self.arrayFormats + [.nwb]).map(Self.chop)
        source.eventWindow = try optional("align", only: Self.arrayFormats + [.nwb]).map(Self.eventWindow)
        if source.eventWindow != nil, source.chop != nil {
            throw root.contradiction(
                "align",
                "and \"chop\" exclude each other: trials around an event, or windows over the "
                    + "whole recording")
        }
        source.event = try root.optional("event").map(event)
        if source.event != nil, source.eventWindow != nil || source.chop != nil {
            throw root.contradiction(
                "event",
                source.chop != nil
                    ? "has no meaning beside \"chop\": windows are cut around no event"
                    : "and \"align\" exclude each other: both say around which event trials are cut")
        }
        if source.chop != nil {
            for key in ["trials", "condition", "scalars"] where root.optional(key) != nil {
                throw root.contradiction(key, "has no meaning beside \"chop\": windows are no trials")
            }
        }
        try readTrials(into: &source)
        try readAxes(into: &source)
        let isContinuous = source.eventWindow != nil || source.chop != nil && !source.axes.contains(.trials)
        for key in ["times", "start_s"] {
            guard try optional(key, only: Self.arrayFormats) == nil || isContinuous else {
                throw root.contradiction(
                    key,
                    "has a meaning only for a continuous recording: with \"chop\" or \"align\", and axes "
                        + "that are bins and units")
            }
        }
        source.datasets.times = try Self.dataset(root.optional("times"))
        guard let start = root.optional("start_s") else { return }
        if case .named = source.datasets.times {
            throw root.contradiction("start_s", "and \"times\" exclude each other: both say when bins begin")
        }
        source.datasets.times = .omitted
        source.startSeconds = try start.number(of: "seconds")
    }

    private static func chop(_ value: ManifestValue) throws -> ChopSettings {
        let mapping = try value.mapping()
        return ChopSettings(
            windowMilliseconds: try mapping.required("window_ms").positiveNumber(),
            overlapMilliseconds: try mapping.optional("overlap_ms")?.number(in: 0...) ?? 0)
    }

    private func event(_ value: ManifestValue) throws -> AlignedEvent {
        let mapping = try value.mapping()
        return AlignedEvent(
            name: try mapping.required("name").text(),
            milliseconds: try mapping.required("at_ms").number())
    }

    private static func eventWindow(_ value: ManifestValue) throws -> RecordingSource.EventWindow {
        let mapping = try value.mapping()
        return RecordingSource.EventWindow(
            event: try mapping.optional("event")?.text(),
            relativeTo: try mapping.optional("relative_to")?.text(),
            beforeMilliseconds: try mapping.required("before_ms").number(),
            afterMilliseconds: try mapping.required("after_ms").number(),
            marginMilliseconds: try mapping.optional("margin_ms")?.number(in: 0...) ?? 0)
    }

    /// `{quality: good, location: [M1, PMd]}`
    static func filters(_ value: ManifestValue) throws -> [UnitSelection.Filter] {
        try value.mapping().all().map { column, value in
            let values =
                value.kind == .list ? try value.elements().map { try $0.text() } : [try value.text()]
            guard !values.isEmpty else { throw value.outOfRange(expected: "at least one value") }
            return UnitSelection.Filter(column: column, values: values)
        }
    }

    // MARK: What stands beside the counts

    func readDatasets(into source: inout RecordingSource) throws {
        try readSpikes(into: &source)
        if let align = root.optional("align"), source.spikeTimes?.trials == nil {
            _ = try align.mapping().required("event")
        }
        try readCondition(into: &source)
        source.datasets.trialIdentifiers = try Self.dataset(
            optional("trial_id", only: Self.arrayFormats + [.lfadsHDF5]))
        source.datasets.unitIdentifiers = try Self.dataset(
            optional("unit_id", only: Self.arrayFormats + [.lfadsHDF5]))
        source.datasets.externalInputs = try Self.dataset(root.optional("external_inputs"))
        try readBehavior(into: &source)
        if let events = try optional("event_counts", only: [.nwb]) {
            source.eventCounts = try Self.names(events, of: "series of events") ?? []
        }
        if let scalars = try optional("scalars", only: Self.arrayFormats + [.nwb]) {
            source.trialScalars = try Self.names(scalars, of: "channels") ?? []
        }
    }

    private func readCondition(into source: inout RecordingSource) throws {
        guard let condition = root.optional("condition") else { return }
        guard source.eventWindow != nil || format == .nwb else {
            source.datasets.condition = try Self.dataset(condition)
            return
        }
        if condition.kind == .list {
            source.conditionColumns = try condition.elements().map { try $0.text() }
        } else if try condition.text() != "none" {
            source.conditionColumns = [try condition.text()]
        }
        if source.conditionColumns.isEmpty { source.datasets.condition = .omitted }
    }

    func readUnits(into source: inout RecordingSource) throws {
        guard let units = try root.optional("units")?.mapping() else { return }
        var selection = UnitSelection()
        selection.minimumRateHz = try units.optional("min_rate_hz")?.number(in: 0...)
        selection.minimumPresence = try units.optional("min_presence")?.number(in: 0...1)
        selection.maximumCoincidence = try units.optional("max_coincidence")?.number(in: 0...1)
        selection.omitted = try units.optional("omit")?.elements().map { try $0.text() } ?? []
        if let filters = units.optional("where") {
            guard format != .lfadsHDF5 else {
                throw units.contradiction("where", "has no meaning for the format \(format.rawValue)")
            }
            guard source.spikeTimes == nil else {
                throw units.contradiction("where", "has no meaning beside spike times; omit names units")
            }
            selection.filters = try Self.filters(filters)
        }
        for key in ["held_out", "unobserved"] where format != .nwb {
            guard units.optional(key) == nil else {
                throw units.contradiction(
                    key, "has no meaning for the format \(format.rawValue), which has no table of units")
            }
        }
        if format == .nwb {
            selection.heldOutColumn = try Self.dataset(units.optional("held_out"))
            selection.unobserved =
                try units.optional("unobserved")?.oneOf(UnitSelection.Unobserved.self) ?? .refuse
        }
        source.units = selection
    }

    private static func dataset(_ value: ManifestValue?) throws -> RecordingSource.Choice {
        guard let name = try value?.text() else { return .usual }
        return name == "none" ? .omitted : .named(name)
    }

    /// `nil` for none.
    static func names(_ value: ManifestValue, of what: String) throws -> [String]? {
        if value.kind == .scalar, try value.text() == "none" { return nil }
        guard value.kind == .list else {
            throw value.wrongType(expected: "a list of \(what) or \"none\"")
        }
        var names: [String] = []
        for element in try value.elements() {
            let name = try element.text()
            if names.contains(name) {
                throw element.outOfRange(expected: "a name that the list doesn't give before")
            }
            names.append(name)
        }
        return names.isEmpty ? nil : names
    }

    static func split(_ value: ManifestValue) throws -> TrialSplit {
        switch value.kind {
        case .mapping:
            let mapping = try value.mapping()
            let test = try mapping.optional("test_every")?.integer(in: 2...)
            // Who asks for test trials need not repeat the usual number of the others.
            let valid =
                test == nil
                ? try mapping.required("valid_every") : mapping.optional("valid_every")
            return .everyKthOfCondition(
                try valid?.integer(in: 2...) ?? TrialSplit.standardValidEvery, testEvery: test)
        case .scalar where try value.text() == "file":
            return .fromFile
        default:
            throw value.wrongType(expected: "\"file\", {valid_every: 5} or {valid_every: 5, test_every: 5}")
        }
    }
}
