public import ArrayFiles
public import Recordings

/// An NWB file of three units and ten trials of 2 s, each beginning 3 s after the one before, whose parts a
/// test makes wrong. Written as HDF5: pynwb would refuse most of it.
public struct SmallNWB {
    public struct Series {
        public var name: String
        public var shape: [Int]
        public var values: [Float]
        public var times: [Double]?
        public var start: (seconds: Double, rate: Double)?

        /// Samples by their times, or by a start and a rate.
        public init(
            name: String, shape: [Int], values: [Float], times: [Double]? = nil,
            start: (seconds: Double, rate: Double)? = nil
        ) {
            (self.name, self.shape, self.values) = (name, shape, values)
            (self.times, self.start) = (times, start)
        }
    }

    /// As it should be.
    public init() {}

    public var startTime = "2020-01-02T10:00:00+00:00"
    /// Every 0.1 s, unit k 10 k ms later.
    public var spikes: [[Double]] = (0..<3).map { unit in
        (0..<300).map { Double($0) / 10 + Double(unit) / 100 }
    }
    /// In place of the true one.
    public var spikeIndex: [Int]?
    public var observed: [[(Double, Double)]]?
    public var starts = (0..<10).map { 3 * Double($0) }
    public var stops = (0..<10).map { 3 * Double($0) + 2 }
    /// A second after the trial's start.
    public var events = (0..<10).map { 3 * Double($0) + 1 }
    public var trialTable = "trials"
    public var columns: [String: [Double]] = [:]
    public var series: [Series] = []
    public var extra: (HDF5File) throws -> Void = { _ in }

    /// 200 ms before to 300 ms after the event, in bins of 100 ms.
    public func source(in folder: String) throws -> RecordingSource {
        let path = folder + "/small.nwb"
        try HDF5File.write(to: path) { file in
            try file.setAttribute("nwb_version", to: "2.5.0")
            try file.write(column([startTime]), to: "session_start_time")
            try file.createGroup("units")
            try file.setAttribute("colnames", to: ["spike_times"], of: "units")
            try file.write(column(spikes.indices.map { Int64($0) }), to: "units/id")
            try file.write(column(spikes.flatMap { $0 }), to: "units/spike_times")
            var ends: [Int64] = []
            for list in spikes { ends.append((ends.last ?? 0) + Int64(list.count)) }
            try file.write(
                column(spikeIndex.map { $0.map { Int64($0) } } ?? ends), to: "units/spike_times_index")
            if let observed {
                let flat = observed.flatMap { $0 }.flatMap { [$0.0, $0.1] }
                try file.write(
                    ShapedArray(shape: [flat.count / 2, 2], values: flat), to: "units/obs_intervals")
                var ends: [Int64] = []
                for list in observed { ends.append((ends.last ?? 0) + Int64(list.count)) }
                try file.write(column(ends), to: "units/obs_intervals_index")
            }
            try file.createGroup("intervals")
            try file.createGroup("intervals/\(trialTable)")
            let all = columns.merging(["start_time": starts, "stop_time": stops, "go_time": events]) {
                own, _ in own
            }
            try file.setAttribute("colnames", to: all.keys.sorted(), of: "intervals/\(trialTable)")
            try file.write(column(starts.indices.map { Int64($0) }), to: "intervals/\(trialTable)/id")
            for (name, values) in all {
                try file.write(column(values), to: "intervals/\(trialTable)/\(name)")
            }
            if !series.isEmpty {
                try file.createGroup("processing")
                try file.createGroup("processing/behavior")
            }
            for series in series {
                let group = "processing/behavior/\(series.name)"
                try file.createGroup(group)
                try file.write(ShapedArray(shape: series.shape, values: series.values), to: group + "/data")
                if let times = series.times { try file.write(column(times), to: group + "/timestamps") }
                if let start = series.start {
                    try file.write(column([start.seconds]), to: group + "/starting_time")
                    try file.setAttribute("rate", to: start.rate, of: group + "/starting_time")
                }
            }
            try extra(file)
        }
        var source = RecordingSource(
            path: path, format: .nwb, session: "small", subject: "Tiny", date: "2020-01-02")
        source.binMilliseconds = 100
        source.eventWindow = .init(event: "go_time", beforeMilliseconds: 200, afterMilliseconds: 300)
        return source
    }
}
