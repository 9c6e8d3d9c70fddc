import Testing
import TrialArrays

/// Two trials of four bins of 10 ms with two units: the value says where it stands, trial, bin and unit.
private let array = TrialArray(
    trials: TrialAxis(conditions: ["left", nil]), bins: BinAxis(count: 4, milliseconds: 10),
    columns: ColumnAxis(.unit, names: ["a", "b"]),
    values: [0, 1, 10, 11, 20, 21, 30, 31, 100, 101, 110, 111, 120, 121, 130, 131])

private func values(_ trials: Int, _ bins: Int, _ columns: Int, _ values: [Float]) -> TrialArray {
    TrialArray(
        trials: TrialAxis(count: trials), bins: BinAxis(count: bins, milliseconds: 10),
        columns: ColumnAxis(.channel, count: columns), values: values)
}

struct TrialArrayTests {
    @Test func elementsRowsAndColumnsStandWhereTheAxesSay() {
        #expect(array.shape == [2, 4, 2] && array.rowCount == 8 && array.trialSize == 8)
        #expect(array[1, 3, 0] == 130)
        #expect(Array(array[1, 2]) == [120, 121])
        #expect(Array(array[row: 6]) == [120, 121])
        #expect(Array(array[trial: 0]) == [0, 1, 10, 11, 20, 21, 30, 31])
        #expect(array.column(1) == [1, 11, 21, 31, 101, 111, 121, 131])
        #expect(array.bins.starts == [0, 10, 20, 30])
    }

    @Test func aPlaceIsToldByTrialBinAndColumn() throws {
        let place = try #require(array.firstPlace { $0 > 110 })
        #expect(place == (1, 1, 1))
        #expect(array.firstPlace { $0.isNaN } == nil)
    }

    @Test func partsKeepTheirLabels() {
        let trial = array.selecting(trials: [1])
        #expect(trial.trials == TrialAxis(places: [1], conditions: [nil]) && trial[0, 0, 1] == 101)
        let columns = array.selecting(columns: [1, 0])
        #expect(columns.columns.names == ["b", "a"] && Array(columns[0, 1]) == [11, 10])
        let bins = array.leading(bins: 2)
        #expect(bins.bins == BinAxis(count: 2, milliseconds: 10) && bins[1, 1, 0] == 110)
        #expect(array.leading(bins: 9) == array)
        #expect(array.scaled(by: 2)[1, 3, 1] == 262)
    }

    @Test func valuesCanBeSetByColumnAndByTrial() {
        var changed = array
        changed.setColumn(1, to: [Float](repeating: 7, count: 8))
        #expect(Array(changed[1, 2]) == [120, 7])
        changed.fill(trial: 0, with: .nan)
        #expect(changed[trial: 0].allSatisfy { $0.isNaN } && changed[1, 0, 0] == 100)
    }

    // MARK: Columns

    @Test func columnsOfSeveralArraysStandSideBySide() {
        let once = TrialArray(
            trials: array.trials, bins: array.bins, columns: ColumnAxis(.channel, names: ["t", "u"]),
            perTrial: [[0.5, 0.25], [8, 9]])
        #expect(Array(once[0, 3]) == [0.5, 8] && Array(once[1, 0]) == [0.25, 9])
        let none = values(2, 4, 0, [])
        let all = array.appending(columnsOf: [none, once])
        #expect(all.columns == ColumnAxis(.unit, names: ["a", "b", "t", "u"]))
        #expect(Array(all[1, 2]) == [120, 121, 0.25, 9])
        #expect(array.appending(columnsOf: [none]) == array)
        #expect(none.appending(columnsOf: []).values.isEmpty)
    }

    @Test func sumsAreOfAllTrialsOrOfSome() {
        #expect(array.columnSums() == [520, 528])
        #expect(array.columnSums(ofTrials: 1..<2) == [460, 464])
        #expect(array.columnSums(ofTrials: 0..<0) == [0, 0])
    }

    @Test(arguments: [1, 3, 8, 100]) func columnsInBlocksAreTheWholeColumns(_ block: Int) {
        var columns: [[Float]] = [[], []]
        array.forEachColumn(inBlocksOf: block) { columns[$0] += $1 }
        #expect(columns == [array.column(0), array.column(1)])
    }

    // MARK: Bins

    @Test func joinedBinsAreSummedOrAveraged() {
        let sum = array.joiningBins(by: 2, as: .sum)
        #expect(sum.bins == BinAxis(count: 2, milliseconds: 20) && sum.trials == array.trials)
        #expect(sum.column(0) == [10, 50, 210, 250])
        #expect(array.joiningBins(by: 2, as: .mean).column(1) == [6, 26, 106, 126])
        #expect(array.joiningBins(by: 1, as: .mean).values == array.values)
    }

    @Test func aMeanOfMeasuredValuesLeavesGapsOut() {
        let holed = values(1, 4, 1, [1, .nan, .nan, .nan])
        let joined = holed.joiningBins(by: 2, as: .meanOfMeasured).values
        #expect(joined[0] == 1 && joined[1].isNaN)
        #expect(holed.joiningBins(by: 2, as: .mean).column(0).filter { !$0.isNaN } == [])
    }

    @Test func windowsMayOverlapAndReachIntoTheNextTrial() {
        let windows = array.windows(atRows: [0, 3, 5], bins: 3)
        #expect(windows.shape == [3, 3, 2] && windows.trials == TrialAxis(count: 3))
        #expect(windows.bins == BinAxis(count: 3, milliseconds: 10))
        #expect(windows.column(0) == [0, 10, 20, 30, 100, 110, 110, 120, 130])
    }
}
