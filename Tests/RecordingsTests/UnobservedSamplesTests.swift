import ArrayFiles
import TestSupport
import Testing
import TrialArrays

@testable import Recordings

/// Recordings in which some samples were not observed: NaN in the file, if the manifest says so.
@Suite struct UnobservedSamplesTests {
    /// The small day with some samples hidden.
    private func day(_ signal: Recording.Signal = .counts) -> Recording {
        var day = SmallDay.full(signal: signal)
        for place in day.values.indices where place % 7 == 3 || place % 24 == 21 { day.values[place] = .nan }
        return day
    }

    private func words(_ source: RecordingSource) -> String {
        TestSupport.words { _ = try Recording.read(source) }
    }

    @Test func notANumberHasToBeAskedFor() throws {
        try withTemporaryFolder { (folder) throws in
            var fixture = BinnedFixture()
            fixture.spikes[3 * 12 + 2 * 3 + 1] = .nan
            var source = try fixture.write(folder)
            #expect(words(source).hasSuffix("set not_observed: nan in the manifest."))
            source.notObserved = .nan
            let read = try Recording.read(source)
            #expect(read.lacksSamples && read.countArray[3, 2, 1].isNaN)
            #expect(read.values.count { $0.isNaN } == 1)
            #expect(read.provenance[.notObserved] == "0.8 % of the samples")
            // Nothing else is believed with it.
            for value in [-Float.infinity, .infinity, -1, 0.5] {
                fixture.spikes[0] = value
                source = try fixture.write(folder)
                source.notObserved = .nan
                #expect(words(source).hasSuffix("other signals need signal: continuous."))
            }
        }
    }

    @Test func continuousSignals() throws {
        try withTemporaryFolder { (folder) throws in
            var fixture = BinnedFixture()
            fixture.spikes[5] = .nan
            var source = try fixture.write(folder)
            source.signal = .continuous
            #expect(words(source).contains("with not_observed: nan in the manifest"))
            source.notObserved = .nan
            #expect(try Recording.read(source).values[5].isNaN)
            fixture.spikes[6] = .infinity
            source = try fixture.write(folder)
            (source.signal, source.notObserved) = (.continuous, .nan)
            #expect(words(source).contains("inf at trial 0, bin 2, channel 0"))
        }
    }

    @Test func fullyObservedRecordingsStayWhatTheyWere() throws {
        try withTemporaryFolder { (folder) throws in
            var source = try BinnedFixture().write(folder)
            let plain = try Recording.read(source)
            source.notObserved = .nan
            let asked = try Recording.read(source)
            #expect(asked == plain && asked.contentHash == plain.contentHash)
            let path = folder + "/canonical.h5"
            try RecordingFile.write(asked, to: path)
            let file = try HDF5File.open(path)
            #expect(try file.numberAttribute("version") == 1)
            #expect(!file.exists("observed"))
        }
    }

    @Test(arguments: [Recording.Signal.counts, .continuous])
    func canonicalFileHoldsThemExactly(signal: Recording.Signal) throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/day.h5"
            let day = day(signal)
            try RecordingFile.write(day, to: path)
            let back = try RecordingFile.read(path)
            #expect(back.values.map { $0.isNaN } == day.values.map { $0.isNaN })
            #expect(zip(back.values, day.values).allSatisfy { $0 == $1 || $0.isNaN })
            #expect(back.contentHash == day.contentHash)
            #expect(try RecordingFile.readSound(path).contentHash == day.contentHash)
            let file = try HDF5File.open(path)
            #expect(try file.numberAttribute("version") == 4)
            let observed = try file.floats("observed")
            #expect(observed.shape == [12, 6, 4])
            #expect(observed.values == day.values.map { $0.isNaN ? 0 : 1 })
            // A sample that was not observed is no 0.
            var zero = day
            zero.values[3] = 0
            #expect(zero.contentHash != day.contentHash)
        }
    }

    @Test(arguments: RecordingFile.Export.allCases)
    func exportsComeBack(layout: RecordingFile.Export) throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/day.h5"
            let day = day()
            try RecordingFile.write(day, as: layout, to: path)
            var source = SmallDay.source(
                path, layout == .lfadsHDF5 ? .lfadsHDF5 : .binnedHDF5, like: day)
            #expect(words(source).hasSuffix("set not_observed: nan in the manifest."))
            source.notObserved = .nan
            #expect(try Recording.read(source).contentHash == day.contentHash)
        }
    }

    @Test func joinedCountsNeedAllTheirBins() throws {
        var day = SmallDay.full()
        // Trial 1, unit 2: the second of two bins that are joined.
        day.values[(1 * 6 + 3) * 4 + 2] = .nan
        let joined = try day.rebinned(by: 2)
        #expect(joined.values.count { $0.isNaN } == 1 && joined.countArray[1, 1, 2].isNaN)
        // A measured value is the mean of those that were.
        var signal = SmallDay.full(signal: .continuous)
        signal.values[(1 * 6 + 3) * 4 + 2] = .nan
        #expect(try signal.rebinned(by: 2).countArray[1, 1, 2] == signal.countArray[1, 2, 2])
    }

    @Test func ratesAndPresenceAreOfWhatWasObserved() {
        var day = SmallDay.full(bare: true)
        // Unit 0 fires once in every observed bin; unit 1 was observed, and fires, in the first six trials alone.
        for place in day.values.indices {
            let (bin, trial) = (place / 4 % 6, place / 24)
            switch place % 4 {
            case 0: day.values[place] = bin % 2 == 0 ? 1 : .nan
            case 1: day.values[place] = trial < 6 ? 2 : .nan
            default: day.values[place] = 1
            }
        }
        // Bins of 20 ms.
        #expect(day.meanRatesHz() == [50, 100, 50, 50])
        #expect(day.presence() == [1, 0.5, 1, 1])
        day.values = day.values.map { $0.isNaN ? 0 : $0 }
        #expect(day.meanRatesHz() == [25, 50, 50, 50])
    }

    @Test func whatCannotBeDone() throws {
        try withTemporaryFolder { (folder) throws in
            var fixture = BinnedFixture()
            fixture.binSeconds = 0.001
            for place in fixture.spikes.indices where place % 3 == 1 { fixture.spikes[place] = .nan }
            var source = try fixture.write(folder)
            source.notObserved = .nan
            source.units.maximumCoincidence = 0.1
            #expect(
                words(source)
                    == "day: not all samples were observed, and spikes of two units can be compared only where "
                    + "both were; remove max_coincidence.")
            source.units.maximumCoincidence = nil
            #expect(
                words(source)
                    == "\(folder)/day.h5: of a unit not a single bin was observed in the training trials: 1. Leave "
                    + "them out with units: {omit: […]} in the manifest. Bins that are joined (bin_ms) are "
                    + "observed only where all of them were; choose narrower ones if that is why.")
            source.units.omitted = ["1"]
            #expect(try Recording.read(source).units.map(\.name) == ["0", "2"])
        }
    }

    /// A bin in which no unit was observed is a gap of a continuous recording, as ever.
    @Test func windowsKeepThem() throws {
        try withTemporaryFolder { (folder) throws in
            var values = [Float](repeating: 1, count: 40 * 2)
            for bin in 0..<40 where bin % 2 == 1 { values[bin * 2] = .nan }
            let path = folder + "/course.h5"
            try HDF5File.write(to: path) { file in
                try file.write(ShapedArray(shape: [40, 2], values: values), to: "spikes")
                try file.setAttribute("bin_width_s", to: 0.05)
            }
            let source = RecordingSource(
                path: path, format: .binnedHDF5, session: "day", subject: "Tiny", date: "2020-01-02",
                axes: [.bins, .units], chop: ChopSettings(windowMilliseconds: 250, overlapMilliseconds: 50),
                notObserved: .nan)
            let day = try Recording.read(source)
            let chop = try #require(day.chop)
            #expect(chop.windows.count > 5 && chop.segmentStarts.count == 1)
            for (trial, window) in chop.windows.enumerated() {
                for bin in 0..<5 {
                    #expect(day.countArray[trial, bin, 0].isNaN == ((window.startBin + bin) % 2 == 1))
                    #expect(day.countArray[trial, bin, 1] == 1)
                }
            }
        }
    }
}
