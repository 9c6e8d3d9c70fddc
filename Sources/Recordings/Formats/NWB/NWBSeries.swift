import ArrayFiles
import Messages

/// A time series of an NWB file: samples × channels, with the time of each.
struct NWBSeries {
    let path: String
    let unit: String?
    let resampling: SeriesResampling

    var name: String { String(path.split(separator: "/").last ?? "") }

    /// The series' own name, or that and the channel's number from 0.
    var channelNames: [String] {
        let count = resampling.channelCount
        return count == 1 ? [name] : (0..<count).map { "\(name)_\($0)" }
    }
}

extension NWBFile {
    /// Paths of all time series that have samples, in alphabetical order.
    ///
    /// - Parameter timedOnly: without those that don't say when their samples were taken, which can't be read.
    func seriesPaths(timedOnly: Bool = true) throws -> [String] {
        try file.datasetPaths().compactMap { dataset in
            guard dataset.hasSuffix("/data"), Self.holdsSeries(dataset) else { return nil }
            let series = String(dataset.dropLast("/data".count))
            let isTimed = file.exists(series + "/timestamps") || file.exists(series + "/starting_time")
            return isTimed || !timedOnly ? series : nil
        }
    }

    /// Whether a dataset is where time series stand.
    static func holdsSeries(_ dataset: String) -> Bool {
        ["acquisition/", "processing/", "stimulus/"].contains(where: dataset.hasPrefix)
    }

    /// - Parameter name: the series' own name, or its path.
    /// - Throws: `NWBError.unknownSeries`, `.ambiguousSeries`
    func seriesPath(named name: String) throws -> String {
        let paths = try seriesPaths(timedOnly: false)
        if !paths.contains(where: { Self.matches($0, name) }),
            let events = try eventPaths().first(where: { Self.matches($0, name) })
        {
            throw unsuitable(
                events, "it has times and no values, as events have; name it under event_counts instead")
        }
        return try path(named: name, among: paths)
    }

    static func matches(_ path: String, _ name: String) -> Bool {
        "/" + path == (name.hasPrefix("/") ? name : "/" + name) || path.hasSuffix("/" + name)
    }

    /// - Parameter others: names of other things that may be meant, for the error.
    /// - Throws: `NWBError.unknownSeries`, `.ambiguousSeries`
    func path(named name: String, among paths: [String], besides others: [String] = []) throws -> String {
        let wanted = name.hasPrefix("/") ? String(name.dropFirst()) : name
        if paths.contains(wanted) { return wanted }
        let found = paths.filter { Self.matches($0, name) }
        if found.count > 1 {
            throw NWBError.ambiguousSeries(path: path, series: name, found: found)
        }
        guard let only = found.first else {
            let names = paths.map { String($0.split(separator: "/").last ?? "") } + others
            throw NWBError.unknownSeries(
                path: path, series: name, found: NearestName.sorted(Array(Set(names)), to: name))
        }
        return only
    }

    /// - Throws: `NWBError.unsuitableSeries`
    func series(at series: String) throws -> NWBSeries {
        let data = series + "/data"
        let shape = try file.shape(of: data)
        guard (1...2).contains(shape.count), ![.string, .other].contains(try file.elementKind(of: data))
        else {
            throw unsuitable(
                series,
                "its data should be numbers, samples or samples × channels, but "
                    + "\(try file.elementKind(of: data).words) of "
                    + "\(shape.map(String.init).joined(separator: " × ")) are there")
        }
        guard shape[0] > 0, shape.last != 0 else { throw unsuitable(series, "it has no samples") }
        guard shape.count == 1 || shape[1] <= shape[0] else {
            throw unsuitable(
                series,
                "it has \(shape[0]) samples of \(shape[1]) channels; is its data transposed? The first "
                    + "axis must be time")
        }
        let scale = try file.numberAttribute("conversion", of: data) ?? 1
        let offset = try file.numberAttribute("offset", of: data) ?? 0
        var values = try file.floats(data).values
        let times = try times(of: series, count: shape[0])
        if Self.areEvents(times, values) {
            throw unsuitable(
                series,
                "all of its \(values.count) samples are \(plain(values[0])), at uneven times, as those of events are. "
                    + "Count them with event_counts, or leave it out by naming others under behavior")
        }
        if scale != 1 || offset != 0 {
            values = values.map { Float(Double($0) * scale + offset) }
        }
        return NWBSeries(
            path: series, unit: (try? file.stringAttribute("unit", of: data)) ?? nil,
            resampling: SeriesResampling(
                times: times,
                values: values.map { $0.isFinite ? $0 : .nan },
                channelCount: shape.count == 1 ? 1 : shape[1]))
    }

    /// Whether a series of one axis, and of no more samples than are quickly read, is one of events.
    func areEvents(_ series: String) throws -> Bool {
        let shape = try file.shape(of: series + "/data")
        guard shape.count == 1, (2...1_000_000).contains(shape[0]), file.exists(series + "/timestamps") else {
            return false
        }
        return try Self.areEvents(
            times(of: series, count: shape[0]), file.floats(series + "/data").values)
    }

    /// One value alone, at times that are not those of a clock.
    private static func areEvents(_ times: [Int64], _ values: [Float]) -> Bool {
        let steps = zip(times.dropFirst(), times).map { $0 - $1 }
        guard let least = steps.min(), let most = steps.max(), most > 2 * least else { return false }
        return values.allSatisfy { $0 == values[0] }
    }

    private func times(of series: String, count: Int) throws -> [Int64] {
        if file.exists(series + "/timestamps") {
            let times = try nanoseconds(
                file.doubles(series + "/timestamps").values, series + "/timestamps")
            guard times.count == count else {
                throw unsuitable(series, "it has \(count) samples but \(times.count) timestamps")
            }
            if let index = times.indices.dropFirst().first(where: { times[$0] <= times[$0 - 1] }) {
                throw unsuitable(series, "its timestamps don't increase at entry \(index)")
            }
            return times
        }
        guard file.exists(series + "/starting_time"),
            let start = try file.doubles(series + "/starting_time").values.first,
            let rate = try file.numberAttribute("rate", of: series + "/starting_time"), rate > 0,
            // Closer than a nanosecond, samples would have the same time.
            rate < 1e8
        else { throw unsuitable(series, "it says neither timestamps nor a starting time and a rate") }
        return try nanoseconds((0..<count).map { start + Double($0) / rate }, series)
    }

    func unsuitable(_ series: String, _ problem: String) -> NWBError {
        .unsuitableSeries(path: path, series: series, problem: problem)
    }
}
