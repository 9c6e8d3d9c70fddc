import Foundation
import LinearAlgebra

extension ParameterTable {
    /// Start values of every tensor, as in the reference: normal with standard deviation 1/√fan-in
    /// (encoder cells count inputs and units, decoder cells each matrix by itself), input bias 1 for
    /// the update and reset gates, zero states and biases, priors as configured.
    ///
    /// Each tensor has a random stream of its own, keyed by its name: adding a session does not change
    /// how the others start.
    func initialValues(_ model: ModelConfiguration, seed: UInt64) -> [Float] {
        var values = [Float](repeating: 0, count: count)
        for tensor in tensors {
            let name = tensor.name
            if name.hasSuffix("bias_ih") {
                for i in 0..<(2 * tensor.count / 3) { values[tensor.offset + i] = 1 }
            } else if name == "ic_prior.logvar" {
                fill(&values, tensor, log(model.initialConditionPriorVariance))
            } else if name == "co_prior.logtaus" {
                fill(&values, tensor, log(model.inferredInputPriorTau))
            } else if name == "co_prior.lognvars" {
                fill(&values, tensor, log(model.inferredInputPriorNoiseVariance))
            } else if tensor.shape.count == 2, name.contains("weight") {
                var fanIn = tensor.shape[1]
                if name.hasPrefix("encoder."), name.contains("gru") {
                    fanIn = Self.encoderFanIn(of: tensor, in: tensors)
                }
                let scale = 1 / Float(max(fanIn, 1)).squareRoot()
                let draws = RandomStream(
                    seed: seed, key: RandomStream.key(for: name),
                    purpose: RandomPurpose.initialization
                ).normals(tensor.count)
                for i in 0..<tensor.count { values[tensor.offset + i] = scale * draws[i] }
            }
        }
        return values
    }

    private func fill(_ values: inout [Float], _ tensor: Tensor, _ value: Float) {
        for i in 0..<tensor.count { values[tensor.offset + i] = value }
    }

    /// Inputs plus units of the cell that a weight belongs to.
    private static func encoderFanIn(of tensor: Tensor, in tensors: [Tensor]) -> Int {
        let cell = tensor.name.split(separator: ".").dropLast().joined(separator: ".") + "."
        return tensors.filter { $0.name.hasPrefix(cell) && $0.shape.count == 2 }
            .reduce(0) { $0 + $1.shape[1] }
    }
}
