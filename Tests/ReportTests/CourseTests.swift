import Evaluation
import Foundation
import Recordings
import Stitching
import Testing

@testable import Report

/// A recording without trials is drawn as one course in time.
@Suite("Continuous recordings in a report", .timeLimit(.minutes(5))) struct CourseTests {
    /// Thirty windows of 12 bins, each beginning 8 bins after the one before, with a gap after the twelfth;
    /// windows 4 to 7 and 16 to 21 are held out. Spikes of a bin are the same in all of its windows.
    private static func cut(_ recording: inout Recording) {
        let units = recording.units.count
        let windows = (0..<30).map { index in
            index < 12
                ? Recording.Chop.Window(segment: 0, startBin: 8 * index)
                : Recording.Chop.Window(segment: 1, startBin: 8 * (index - 12))
        }
        for (trial, window) in windows.enumerated() {
            recording.trials[trial].condition = nil
            recording.trials[trial].split =
                (4...7).contains(trial) || (16...21).contains(trial) ? .valid : .train
            for bin in 0..<12 {
                for unit in 0..<units {
                    recording.values[(trial * 12 + bin) * units + unit] =
                        Float(spikes(window.segment, window.startBin + bin, unit))
                }
            }
        }
        recording.trueRates = nil
        recording.chop = Recording.Chop(windows: windows, segmentStarts: [3, 100])
    }

    private static func spikes(_ segment: Int, _ bin: Int, _ unit: Int) -> Int {
        (bin * 7 + unit * 5 + segment * 3) % 11 / 4
    }

    private func lab() throws -> ReportLab {
        let lab = try ReportLab()
        try lab.register(sessions: 1, units: [7], Self.cut)
        try lab.train(model: ", ci_enc_dim: 4, con_dim: 4, co_dim: 2", epochs: 2)
        return lab
    }

    @Test("the longest held-out stretch and its neighbours, bin by bin what was recorded and inferred")
    func stretch() throws {
        let lab = try lab()
        let day = try InferredDay(TrainedRun("small", in: lab.registry, threads: 1).day(lab.sessionName))
        let course = try #require(CoursePicture(day))
        let bin = day.recording.binMilliseconds / 1000
        // All of the second segment fits: 17 steps of 8 bins and a window.
        let bins = 17 * 8 + 12
        #expect(course.start == 100)
        #expect(course.seconds.count == bins)
        #expect(abs(course.duration - Double(bins) * bin) < 1e-12)
        #expect(abs(course.seconds[5] - 5.5 * bin) < 1e-12)
        // Windows 16 to 21 begin 4 steps after the segment and end with the sixth of them.
        #expect(abs(course.heldOut.lowerBound - 32 * bin) < 1e-12)
        #expect(abs(course.heldOut.upperBound - (32 + 5 * 8 + 12) * bin) < 1e-12)
        #expect(course.unitNames == day.recording.units.map(\.name))
        for (unit, counts) in course.counts.enumerated() {
            #expect(counts == (0..<bins).map { Double(Self.spikes(1, $0, unit)) })
        }
        // Bins 4 to 7 of the first window are its own; rates are per second.
        for bin in 4..<8 {
            #expect(course.factors[2][bin] == Double(day.factors[12, bin, 2]))
            #expect(course.rates[3][bin] == Double(day.rates[12, bin, 3]) * day.binsPerSecond)
            #expect(course.inputs[1][bin] == Double(try #require(day.inferredInputs)[12, bin, 1]))
        }
        // 3x² − 2x³ at the third of four bins that two windows share, x = 5/8.
        let mixed = 81 / 256.0 * Double(day.factors[12, 10, 0]) + 175 / 256.0 * Double(day.factors[13, 2, 0])
        #expect(abs(course.factors[0][10] - mixed) < 1e-6)
    }

    @Test("nothing is averaged over windows")
    func page() throws {
        let page = try lab().page().html()
        #expect(page.contains("<section id=\"course\">"))
        #expect(page.contains("from 100.00 s of its clock"))
        #expect(page.contains("Curves are held-out windows"))
        for part in ["rates", "rotations"] { #expect(!page.contains("<section id=\"\(part)\">"), "\(part)") }
        #expect(!page.contains("condition averages\""))
    }

    @Test("days with trials have no course")
    func trials() throws {
        let lab = try ReportLab()
        try lab.register(sessions: 1, units: [7])
        try lab.train(epochs: 1)
        #expect(!(try lab.page().html().contains("<section id=\"course\">")))
    }
}

extension ReportLab {
    fileprivate var sessionName: String {
        get throws { try registry.sessions(matching: .all)[0].name }
    }
}
