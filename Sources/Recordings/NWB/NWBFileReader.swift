import ArrayFiles

/// Reads `nwb`: spike times become counts, around an event of each trial or in windows over the whole
/// recording; time series become behaviour.
struct NWBFileReader {
    let source: RecordingSource
    let nwb: NWBFile
    let binMilliseconds: Double
    let bin: Int64

    /// - Throws: `NWBError`
    init(source: RecordingSource, file: HDF5File) throws {
        nwb = try NWBFile(file)
        self.source = try Self.completed(source, nwb)
        guard let width = source.binMilliseconds else {
            throw NWBError.binWidthNeeded(path: file.path)
        }
        guard let bin = Nanoseconds.rounding(milliseconds: width), bin > 0 else {
            throw RecordingError.binWidthInvalid(source: file.path, milliseconds: width)
        }
        (binMilliseconds, self.bin) = (width, bin)
    }

    /// Subject and date from the file where the manifest leaves them out. A subject may be called
    /// otherwise in the registry; another date means another recording.
    private static func completed(
        _ source: RecordingSource, _ nwb: NWBFile
    ) throws -> RecordingSource {
        var result = source
        if source.subject.isEmpty {
            guard let subject = nwb.subject else {
                throw NWBError.factMissing(path: nwb.path, what: "subject")
            }
            result.subject = subject
        }
        let date = nwb.startTime.map { String($0.prefix(10)) }
        if source.date.isEmpty {
            guard let date else { throw NWBError.factMissing(path: nwb.path, what: "date") }
            result.date = date
        } else if let date, date != source.date {
            throw NWBError.factsDisagree(
                path: nwb.path, what: "date", inFile: date, inManifest: source.date)
        }
        return result
    }

    func read() throws -> (recording: Recording, hasSplit: Bool) {
        var units = try NWBUnits(nwb, source)
        let windows: Windows
        if let chop = source.chop {
            windows = try cut(chop, &units)
        } else if let alignment = source.alignment {
            windows = try aligned(alignment, &units)
        } else {
            throw NWBError.windowsNeeded(path: nwb.path, events: try eventColumns())
        }
        return (try recording(of: units, in: windows), windows.hasSplit)
    }

    /// What all formats of trials come to.
    struct Windows {
        var starts: [Int64]
        var binCount: Int
        var trials: [Recording.Trial]
        var scalars: [(name: String, values: [Float])] = []
        var chop: Recording.Chop?
        var hasSplit = false
        var remarks: [String: String] = [:]
    }

    private func eventColumns() throws -> [String] {
        guard let table = try? nwb.intervals(source.trialTable ?? "trials") else { return [] }
        return table.columns.filter { $0.hasSuffix("_time") }
    }

    // MARK: Windows

    private func aligned(
        _ alignment: RecordingSource.EventAlignment, _ units: inout NWBUnits
    ) throws -> Windows {
        let (before, after) = (alignment.beforeMilliseconds, alignment.afterMilliseconds)
        let bins = (before + after) / binMilliseconds
        guard bins.isFinite, bins.rounded() >= 1, bins < 1e6, abs(bins - bins.rounded()) < 1e-6,
            Nanoseconds.rounding(milliseconds: before) != nil
        else {
            throw NWBError.windowImpossible(
                path: nwb.path, before: before, after: after, bin: binMilliseconds)
        }
        let binCount = Int(bins.rounded())
        let length = Int64(binCount) * bin
        var trials = try NWBTrials(nwb, source, alignment)
        if let invalid = try nwb.times(ofTable: "invalid_times") {
            trials.leaveOut("in invalid_times") { start in
                let window = TimeIntervals([.init(start: start, end: start + length)])
                return !window.intersection(invalid).isEmpty
            }
        }
        let windows = try observable(trials.starts, length: length, &units)
        trials.leaveOut("not observed") { !windows.contains($0) }
        guard !trials.trials.isEmpty else {
            throw NWBError.noTrialLeft(path: nwb.path, leftOut: trials.leftOutWords)
        }
        return Windows(
            starts: trials.starts, binCount: binCount, trials: trials.trials,
            scalars: trials.scalars, hasSplit: trials.hasSplit,
            remarks: trials.leftOutWords.isEmpty
                ? [:] : ["left_out_trials": trials.leftOutWords])
    }

    /// Beginnings of those windows in which the units were observed, after the manifest's word on units
    /// that were observed in fewer than others.
    private func observable(
        _ starts: [Int64], length: Int64, _ units: inout NWBUnits
    ) throws -> Set<Int64> {
        guard let observed = units.observed else { return Set(starts) }
        let seenByAny = starts.filter { start in
            observed.contains { $0.covers(start, start + length) }
        }
        func misses(_ intervals: TimeIntervals) -> Bool {
            !seenByAny.allSatisfy { intervals.covers($0, $0 + length) }
        }
        let incomplete = observed.indices.filter { misses(observed[$0]) }
        if incomplete.isEmpty { return Set(seenByAny) }
        switch source.units.unobserved {
        case .refuse:
            throw NWBError.unitsUnobserved(
                path: nwb.path, units: incomplete.map { units.units[$0].name },
                of: units.units.count, windows: seenByAny.count)
        case .dropUnits:
            units.removed += incomplete.map {
                .init(name: units.units[$0].name, reason: "not observed in all trials")
            }
            units.keep(observed.indices.filter { !incomplete.contains($0) })
            guard !units.units.isEmpty else {
                throw RecordingError.noUnitLeftBy(
                    source: nwb.path, criterion: "that was observed in all trials",
                    units: observed.count)
            }
            return Set(seenByAny)
        case .dropTrials:
            return Set(
                seenByAny.filter { start in observed.allSatisfy { $0.covers(start, start + length) } })
        }
    }

    private func cut(_ chop: ChopSettings, _ units: inout NWBUnits) throws -> Windows {
        let plan = try WindowPlan(chop, binMilliseconds: binMilliseconds, source: nwb.path)
        let course = try recordedCourse(units)
        let length = Int64(plan.window) * bin
        var starts: [Int64] = []
        var windows: [Recording.Chop.Window] = []
        var segmentStarts: [Double] = []
        for interval in course.intervals {
            let own = plan.starts(length: Int((interval.end - interval.start) / bin))
            guard !own.isEmpty else { continue }
            starts += own.map { interval.start + Int64($0) * bin }
            windows += own.map { .init(segment: segmentStarts.count, startBin: $0) }
            segmentStarts.append(Nanoseconds.seconds(interval.start))
        }
        guard !windows.isEmpty else {
            let longest = course.intervals.map { $0.end - $0.start }.max() ?? 0
            throw RecordingError.noWindow(
                source: nwb.path, windowMilliseconds: chop.windowMilliseconds,
                longestMilliseconds: Nanoseconds.seconds(longest) * 1000)
        }
        // Of the whole course every unit has to be observed; drop-trials has cut it so before.
        _ = try observable(starts, length: length, &units)
        return Windows(
            starts: starts, binCount: plan.window,
            trials: starts.indices.map { .init(identifier: $0, condition: nil, split: .train) },
            chop: Recording.Chop(windows: windows, segmentStarts: segmentStarts),
            remarks: [
                "chop": "\(starts.count) windows of \(plain(chop.windowMilliseconds)) ms, overlapping by "
                    + "\(plain(chop.overlapMilliseconds)) ms, from \(segmentStarts.count) segments"
            ])
    }

    /// When the recording ran: as the file says, or else from the first spike to the last.
    private func recordedCourse(_ units: NWBUnits) throws -> TimeIntervals {
        var course: TimeIntervals
        if let observed = units.observed, let first = observed.first {
            course = observed.dropFirst().reduce(first) {
                source.units.unobserved == .dropTrials ? $0.intersection($1) : $0.union($1)
            }
        } else {
            let first = units.spikes.compactMap(\.first).min() ?? 0
            let last = units.spikes.compactMap(\.last).max() ?? 0
            course = TimeIntervals([.init(start: first, end: last + 1)])
        }
        if let invalid = try nwb.times(ofTable: "invalid_times") {
            course = course.subtracting(invalid)
        }
        return course
    }
}
