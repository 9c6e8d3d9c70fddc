import Recordings
import Testing
import TrialArrays

struct RecordingArraysTests {
    @Test func arraysCarryTheAxesOfTheirRecording() throws {
        let day = SmallDay.full()
        let counts = day.countArray
        #expect(counts.shape == [12, 6, 4] && counts.values == day.values)
        #expect(counts.columns == ColumnAxis(.unit, names: ["1", "4", "7", "10"]))
        #expect(counts.bins == BinAxis(count: 6, milliseconds: 12.5))
        #expect(counts.trials.places == Array(0..<12))
        #expect(counts.trials.conditions == day.trials.map(\.condition))
        #expect(day.behaviorArray.columns == ColumnAxis(.channel, names: ["force_x", "force_y"]))
        #expect(day.externalInputArray.columns == ColumnAxis(.input, names: ["cue"]))
        #expect(try #require(day.trueRateArray).columns == counts.columns)
    }

    @Test func whatIsNotThereHasNoColumns() {
        let day = SmallDay.full(bare: true)
        #expect(day.behaviorArray.shape == [12, 6, 0] && day.externalInputArray.columnCount == 0)
        #expect(day.trueRateArray == nil)
    }

    @Test func metadataIsReadAndSetThroughTheRecording() {
        var day = SmallDay.full()
        day.trials[3].condition = "other"
        day.subject = "Huge"
        #expect(day.metadata.trials[3].condition == "other" && day.metadata.subject == "Huge")
        #expect(day.countArray.trials.conditions[3] == "other")
        #expect(
            Recording(
                day.metadata, values: day.values, behavior: day.behavior, externalInputs: day.externalInputs,
                trueRates: day.trueRates
            ).contentHash == day.contentHash)
    }
}
