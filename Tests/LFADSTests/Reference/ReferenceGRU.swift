import Foundation

/// One step of a clipped GRU, kept for the backward pass.
struct ReferenceGRUStep {
    var input: [Double]
    var state: [Double]
    var update: [Double]
    var reset: [Double]
    var candidate: [Double]
    /// z h + (1 − z) n before clipping
    var unclipped: [Double]
    var newState: [Double]
}

/// GRU whose reset gate multiplies the state *before* the recurrent product:
///
///     z = σ(W_z x + U_z h + b_z)
///     r = σ(W_r x + U_r h + b_r)
///     n = tanh(W_n x + U_n (r ∘ h) + b_n)
///     h' = clip(z ∘ h + (1 − z) ∘ n, ±clip)
///
/// Rows of inputWeights (`weight_ih`), recurrentWeights (`weight_hh`) and b (`bias_ih`) are in the order z, r, n.
/// The recurrent bias (`bias_hh`) is zero by definition and isn't read.
struct ReferenceGRU {
    let name: String
    let clip: Double

    func step(
        _ parameters: ReferenceParameters, input: [Double], state: [Double]
    ) -> ReferenceGRUStep {
        let hidden = state.count
        let inputWeights = parameters.vector("\(name).weight_ih")
        let recurrentWeights = parameters.vector("\(name).weight_hh")
        let b = parameters.vector("\(name).bias_ih")
        let fromInput = sum(multiply(inputWeights, input, rows: 3 * hidden), b)
        let updateFromState = multiply(recurrentWeights, state, rows: hidden)
        let resetFromState = multiply(recurrentWeights, state, rows: hidden, firstRow: hidden)
        var update = [Double](repeating: 0, count: hidden)
        var reset = update
        for i in 0..<hidden {
            update[i] = sigmoid(fromInput[i] + updateFromState[i])
            reset[i] = sigmoid(fromInput[hidden + i] + resetFromState[i])
        }
        let candidateFromState = multiply(
            recurrentWeights, masked(state, reset), rows: hidden, firstRow: 2 * hidden)
        var candidate = update
        var unclipped = update
        var newState = update
        for i in 0..<hidden {
            candidate[i] = tanh(fromInput[2 * hidden + i] + candidateFromState[i])
            unclipped[i] = update[i] * state[i] + (1 - update[i]) * candidate[i]
            newState[i] = min(max(unclipped[i], -clip), clip)
        }
        return ReferenceGRUStep(
            input: input, state: state, update: update, reset: reset, candidate: candidate,
            unclipped: unclipped, newState: newState)
    }

    /// Adds the gradients of inputWeights, recurrentWeights and b; returns those of the input and of the old state.
    func backward(
        _ parameters: inout ReferenceParameters, _ step: ReferenceGRUStep,
        newStateGradient: [Double]
    ) -> (input: [Double], state: [Double]) {
        let hidden = step.state.count
        let inputWeights = parameters.vector("\(name).weight_ih")
        let recurrentWeights = parameters.vector("\(name).weight_hh")
        // Gradients with respect to the three sums inside σ, σ and tanh.
        var updateSum = [Double](repeating: 0, count: hidden)
        var resetSum = updateSum
        var candidateSum = updateSum
        var stateGradient = updateSum

        for i in 0..<hidden {
            let inside = abs(step.unclipped[i]) <= clip
            let gradient = inside ? newStateGradient[i] : 0
            let z = step.update[i]
            let n = step.candidate[i]
            updateSum[i] = gradient * (step.state[i] - n) * z * (1 - z)
            candidateSum[i] = gradient * (1 - z) * (1 - n * n)
            stateGradient[i] = gradient * z
        }
        let resetStateGradient = multiplyTransposed(
            recurrentWeights, candidateSum, columns: hidden, firstRow: 2 * hidden)
        for i in 0..<hidden {
            let r = step.reset[i]
            resetSum[i] = resetStateGradient[i] * step.state[i] * r * (1 - r)
            stateGradient[i] += resetStateGradient[i] * r
        }
        stateGradient = sum(stateGradient, multiplyTransposed(recurrentWeights, updateSum, columns: hidden))
        stateGradient = sum(
            stateGradient, multiplyTransposed(recurrentWeights, resetSum, columns: hidden, firstRow: hidden))

        parameters.addOuter(updateSum, step.state, to: "\(name).weight_hh")
        parameters.addOuter(resetSum, step.state, to: "\(name).weight_hh", firstRow: hidden)
        parameters.addOuter(
            candidateSum, masked(step.state, step.reset), to: "\(name).weight_hh",
            firstRow: 2 * hidden)
        let sums = updateSum + resetSum + candidateSum
        parameters.addOuter(sums, step.input, to: "\(name).weight_ih")
        parameters.add(sums, to: "\(name).bias_ih")
        return (multiplyTransposed(inputWeights, sums, columns: step.input.count), stateGradient)
    }
}

func sigmoid(_ x: Double) -> Double {
    1 / (1 + exp(-x))
}
