import Evaluation
import LinearAlgebra
import TrialArrays

/// What the controller feeds into the generator, by condition.
struct InputPicture {
    struct Course {
        let condition: String
        let mean: [Double]
        /// Standard deviation over trials.
        let deviation: [Double]
    }

    /// By inferred input.
    let courses: [[Course]]

    /// `nil` without a controller.
    init?(_ day: InferredDay, _ labels: [String?], _ order: ConditionOrder, _ windows: TimeWindows) {
        guard let inputs = day.inferredInputs else { return nil }
        let squares = inputs.replacingValues(inputs.values.map { $0 * $0 })
        let means = ConditionMeans(inputs, labels: labels, trials: day.usualTrials)
        let squareMeans = ConditionMeans(squares, labels: labels, trials: day.usualTrials)
        let names = order.shown(most: Thinning.conditionsInPlane)
        courses = (0..<inputs.columnCount).map { input in
            names.compactMap { name in
                guard let mean = means.values[name], let square = squareMeans.values[name] else {
                    return nil
                }
                return Course(
                    condition: name,
                    mean: windows.means { mean[$0, input] },
                    deviation: windows.means { bin in
                        let value = mean[bin, input]
                        return max(square[bin, input] - value * value, 0).squareRoot()
                    })
            }
        }
    }
}
