import ArrayFiles
import Recordings

/// A small recording with everything that a recording can have.
enum SmallDay {
    /// 12 trials × 6 bins × 4 units; conditions 0, 1, 2, 0, 1, 2, …; every third one of a condition
    /// held out; one unit held out and the last two bins forward-predicted.
    static func full(
        largestCount: Int = 5, signal: Recording.Signal = .counts, bare: Bool = false
    ) -> Recording {
        let (trials, bins, units) = (12, 6, 4)
        var state: UInt64 = 7
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        func numbers(_ columns: Int, _ body: () -> Float) -> [Float] {
            (0..<trials * bins * columns).map { _ in body() }
        }
        var values = numbers(units) {
            signal == .counts ? Float(next(largestCount + 1)) : Float(next(100)) / 7 - 5
        }
        if signal == .counts { values[9] = Float(largestCount) }
        var behavior = numbers(2) { Float(next(1000)) / 17 - 20 }
        behavior[3] = .nan
        var rates = numbers(units) { Float(next(1000)) / 13 }
        for index in 0..<bins * units { rates[index] = .nan }
        let made = Recording(
            session: "small-2020-01-02", subject: "Tiny", date: "2020-01-02", array: "M1 medial",
            binMilliseconds: 12.5, signal: signal, trialCount: trials, binCount: bins,
            encodedBinCount: 4,
            units: (0..<units).map { Recording.Unit(name: "\($0 * 3 + 1)", heldOut: $0 == 3) },
            values: values,
            trials: (0..<trials).map {
                Recording.Trial(
                    identifier: 100 - $0, condition: "\($0 % 3)",
                    split: $0 / 3 == 2 ? .valid : .train)
            },
            behaviorNames: ["force_x", "force_y"], behavior: behavior,
            externalInputNames: ["cue"], externalInputs: numbers(1) { Float(next(2)) },
            trueRates: rates, provenance: ["path": "somewhere.h5", "lab": "Zürich"])
        guard bare else { return made }
        return Recording(
            session: made.session, subject: made.subject, date: made.date, binMilliseconds: 20,
            signal: signal, trialCount: trials, binCount: bins,
            units: made.units.map { Recording.Unit(name: $0.name) }, values: values,
            trials: made.trials.map {
                Recording.Trial(identifier: $0.identifier, condition: nil, split: $0.split)
            })
    }

    static func source(
        _ path: String, _ format: RecordingSource.Format, like recording: Recording
    ) -> RecordingSource {
        RecordingSource(
            path: path, format: format, session: recording.session, subject: recording.subject,
            date: recording.date, array: recording.array, signal: recording.signal)
    }
}

/// A `binned-hdf5` file made by hand: what it says and how it is wrong is up to the test.
struct BinnedFixture {
    var trials = 10
    var bins = 4
    var units = 3
    var spikes: [Float]
    var extra: (HDF5File) throws -> Void = { _ in }
    var binSeconds: Double? = 0.05

    init(trials: Int = 10, bins: Int = 4, units: Int = 3) {
        (self.trials, self.bins, self.units) = (trials, bins, units)
        spikes = (0..<trials * bins * units).map { Float($0 % 5) }
    }

    func write(_ folder: String) throws -> RecordingSource {
        let path = folder + "/day.h5"
        try HDF5File.write(to: path) { file in
            try file.write(
                ShapedArray(shape: [trials, bins, units], values: spikes), to: "spikes")
            if let binSeconds { try file.setAttribute("bin_width_s", to: binSeconds) }
            try extra(file)
        }
        return RecordingSource(
            path: path, format: .binnedHDF5, session: "day", subject: "Tiny", date: "2020-01-02")
    }
}

/// An `lfads-hdf5` file made by hand: 3 + 2 trials, 4 bins, 3 units; 2 units and 3 bins encoded.
struct LFADSFixture {
    /// Count of a unit in a bin of the trial at a place of the recorded order.
    static func count(_ trial: Int, _ bin: Int, _ unit: Int) -> Float {
        Float((trial * 7 + bin * 3 + unit) % 6)
    }

    var inds: [[Int32]]? = [[4, 0, 2], [3, 1]]
    var hasReconstructed = true
    var encodedBins = 3
    var encodedUnits = 2
    var change: (_ part: Int, _ encoded: inout [Float], _ full: inout [Float]) -> Void = {
        _, _, _ in
    }
    var extra: (HDF5File) throws -> Void = { _ in }

    func write(_ folder: String) throws -> RecordingSource {
        let path = folder + "/lfads.h5"
        try HDF5File.write(to: path) { file in
            for (part, prefix) in ["train_", "valid_"].enumerated() {
                let places = (inds ?? [[0, 1, 2], [3, 4]])[part].map(Int.init)
                func data(_ bins: Int, _ units: Int) -> [Float] {
                    places.flatMap { trial in
                        (0..<bins).flatMap { bin in
                            (0..<units).map { Self.count(trial, bin, $0) }
                        }
                    }
                }
                var encoded = data(encodedBins, encodedUnits)
                var full = data(4, 3)
                change(part, &encoded, &full)
                try file.write(
                    ShapedArray(shape: [places.count, encodedBins, encodedUnits], values: encoded),
                    to: prefix + "encod_data")
                if hasReconstructed {
                    try file.write(
                        ShapedArray(shape: [places.count, 4, 3], values: full),
                        to: prefix + "recon_data")
                }
                if let inds {
                    try file.write(
                        ShapedArray(shape: [places.count], values: inds[part]), to: prefix + "inds")
                }
            }
            try extra(file)
        }
        return RecordingSource(
            path: path, format: .lfadsHDF5, session: "day", subject: "Tiny", date: "2020-01-02",
            sourceBinMilliseconds: 20)
    }
}
