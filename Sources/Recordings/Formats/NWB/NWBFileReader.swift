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
        (binMilliseconds, bin) = try SpikeBinning.width(source)
    }

    /// Subject and date from the file where the manifest leaves them out. A subject may be called
    /// otherwise in the registry; another date means another recording, unless the file's is no day at all.
    private static func completed(
        _ source: RecordingSource, _ nwb: NWBFile
    ) throws -> RecordingSource {
        var result = source
        if source.subject.isEmpty {
            guard let subject = nwb.subject else {
                throw NWBError.factMissing(path: nwb.path, what: "subject", found: nil)
            }
            result.subject = subject
        }
        let date = nwb.date
        if source.date.isEmpty {
            guard let date else {
                throw NWBError.factMissing(
                    path: nwb.path, what: "date",
                    found: nwb.startTime.map { "session_start_time is \"\($0)\"" })
            }
            result.date = date
        } else if let date, date != source.date, !nwb.hasPlaceholderDate {
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
        } else if let window = source.eventWindow {
            windows = try around(window, &units)
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

    private func around(
        _ window: RecordingSource.EventWindow, _ units: inout NWBUnits
    ) throws -> Windows {
        let binCount = try window.binCount(ofMilliseconds: binMilliseconds, in: nwb.path)
        let length = Int64(binCount) * bin
        var trials = try AlignedTrials(
            nwb.intervals(source.trialTable ?? "trials"), source, window)
        if let invalid = try nwb.times(ofTable: "invalid_times") {
            trials.leaveOut("in invalid_times") { start in
                let window = TimeIntervals([.init(start: start, end: start + length)])
                return !window.intersection(invalid).isEmpty
            }
        }
        let windows = try observable(trials.starts, length: length, &units)
        trials.leaveOut("not observed") { !windows.contains($0) }
        if units.observed == nil {
            trials.leaveOutUnrecorded(
                firstSpike: units.spikes.compactMap(\.first).min(),
                lastSpike: units.spikes.compactMap(\.last).max(), length: length)
        }
        return Windows(
            starts: trials.starts, binCount: binCount, trials: trials.trials,
            scalars: trials.scalars, hasSplit: trials.hasSplit,
            remarks: try trials.remarks(length: length))
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
        let any = try cutting(
            plan, recordedCourse(units, ofAll: source.units.unobserved == .dropTrials), chop)
        guard units.observed != nil else { return any }
        // Whoever missed a window that another was observed in is refused or dropped.
        _ = try observable(any.starts, length: Int64(plan.window) * bin, &units)
        // What is left was observed together, but for pieces too short for a window of any unit.
        return try cutting(plan, recordedCourse(units, ofAll: true), chop)
    }

    private func cutting(
        _ plan: WindowPlan, _ course: TimeIntervals, _ chop: ChopSettings
    ) throws -> Windows {
        // A single wrong time can make a course of a century.
        let bins = course.intervals.reduce(0.0) { $0 + Double($1.end - $1.start) / Double(bin) }
        guard bins <= Double(1 << 28) else {
            throw NWBError.courseTooLong(
                path: nwb.path, seconds: bins * binMilliseconds / 1000,
                first: Nanoseconds.seconds(course.intervals.first?.start ?? 0),
                last: Nanoseconds.seconds(course.intervals.last?.end ?? 0))
        }
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
        return Windows(
            starts: starts, binCount: plan.window,
            trials: starts.indices.map { .init(identifier: $0, condition: nil, split: .train) },
            chop: Recording.Chop(windows: windows, segmentStarts: segmentStarts),
            remarks: chop.remarks(
                windows: starts.count, segments: segmentStarts.count, of: course.intervals.count))
    }

    /// When the recording ran: as the file says, of all units or of any, or else from the first spike to
    /// the last.
    private func recordedCourse(_ units: NWBUnits, ofAll: Bool) throws -> TimeIntervals {
        var course: TimeIntervals
        if let observed = units.observed, let first = observed.first {
            course = observed.dropFirst().reduce(first) {
                ofAll ? $0.intersection($1) : $0.union($1)
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
