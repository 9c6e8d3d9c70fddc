public import LinearAlgebra
public import TrialArrays

extension TrialArray {
    /// One trial in double precision, `[bins, columns]`.
    public func matrix(ofTrial trial: Int) -> Matrix {
        Matrix(rows: binCount, columns: columnCount, values: self[trial: trial].map(Double.init))
    }

    /// All bins of the given trials, trial by trial, `[trials · bins, columns]`.
    public func rows(ofTrials trials: [Int]) -> Matrix {
        var values: [Double] = []
        values.reserveCapacity(trials.count * trialSize)
        for trial in trials { for value in self[trial: trial] { values.append(Double(value)) } }
        return Matrix(rows: trials.count * binCount, columns: columnCount, values: values)
    }
}
