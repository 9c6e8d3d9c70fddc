import Foundation
import Recordings
import TestSupport
import Testing

/// Two real days of motor cortex and three synthetic ones, where they are at hand: the variables name
/// their folders. Expected numbers were taken from the files with h5py.
@Suite struct RealRecordingTests {
    static let recordings = ProcessInfo.processInfo.environment["NEUROSTITCH_RECORDINGS_DIR"]
    static let lorenz = ProcessInfo.processInfo.environment["NEUROSTITCH_LORENZ_DIR"]

    @Test(.enabled(if: recordings != nil)) func motorCortex() throws {
        let folder = try #require(Self.recordings)
        for (date, trials, units, spikes, valid) in [
            ("2016-06-26", 296, 96, 2_037_835.0, 56),
            ("2016-07-11", 224, 94, 1_476_664.0, 40),
        ] {
            var source = RecordingSource(
                path: "\(folder)/jango_\(date).h5", format: .binnedHDF5, session: "jango-\(date)",
                subject: "Jango", date: date, behaviorChannels: ["force_x", "force_y"])
            let day = try Recording.read(source)
            #expect(day.countArray.shape == [trials, 32, units])
            #expect(day.binMilliseconds == 50)
            #expect(spikeCount(day) == spikes)
            #expect(Set(day.trials.map(\.condition)) == Set((0..<8).map { "\($0)" }))
            #expect(day.trialIndices(.valid).count == valid)
            #expect(day.behavior.count == trials * 32 * 2)
            try roundTrip(day)
            source.binMilliseconds = 100
            let joined = try Recording.read(source)
            #expect(joined.binCount == 16)
            #expect(spikeCount(joined) == spikes)
        }
    }

    @Test(.enabled(if: lorenz != nil)) func lorenzDays() throws {
        let folder = try #require(Self.lorenz)
        for (number, units, spikes) in [
            (1, 35, 1_092_695.0), (2, 26, 830_943.0), (3, 35, 1_243_634.0),
        ] {
            let day = try Recording.read(
                RecordingSource(
                    path: "\(folder)/lfads_session\(number).h5", format: .lfadsHDF5,
                    session: "lorenz-\(number)", subject: "Lorenz", date: "2020-01-0\(number)",
                    binMilliseconds: 20))
            #expect(day.countArray.shape == [1300, 100, units])
            #expect(day.trialIndices(.valid).count == 260)
            #expect(spikeCount(day) == spikes)
            #expect(Set(day.trials.map(\.condition)).count == 65)
            let rates = try #require(day.trueRates)
            #expect(rates.filter { !$0.isNaN }.count == 260 * 100 * units)
            try roundTrip(day)
        }
    }

    private func spikeCount(_ day: Recording) -> Double {
        day.values.reduce(0) { $0 + Double($1) }
    }

    private func roundTrip(_ day: Recording) throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/day.h5"
            try RecordingFile.write(day, to: path)
            let back = try RecordingFile.read(path)
            #expect(back.contentHash == day.contentHash)
            #expect(back.provenance == day.provenance)
            try RecordingFile.writeLFADS(day, to: path)
            let exported = try Recording.read(SmallDay.source(path, .lfadsHDF5, like: day))
            #expect(exported.contentHash == day.contentHash)
        }
    }
}
