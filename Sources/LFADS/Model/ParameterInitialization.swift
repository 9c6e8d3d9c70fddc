import LinearAlgebra

extension ParameterTable {
    /// Start values of every tensor, as in the reference: normal with standard deviation 1/√fan-in
    /// (encoder cells count inputs and units, decoder cells each matrix by itself), input bias 1 for
    /// the update and reset gates, zero states and biases, priors as configured.
    ///
    /// Each tensor has a random stream of its own, keyed by its name: adding a session does not change
    /// how the others start.
    func initialValues(seed: UInt64) -> [Float] {
        var values = [Float](repeating: 0, count: count)
        for tensor in tensors {
            switch tensor.start {
            case .constant(let value):
                for i in 0..<tensor.count { values[tensor.offset + i] = value }
            case .openGates:
                for i in 0..<(2 * tensor.count / 3) { values[tensor.offset + i] = 1 }
            case .normal(let fanIn):
                let scale = 1 / Float(max(fanIn, 1)).squareRoot()
                let draws = RandomStream(
                    seed: seed, key: RandomStream.key(for: tensor.name),
                    purpose: RandomPurpose.initialization
                ).normals(tensor.count)
                for i in 0..<tensor.count { values[tensor.offset + i] = scale * draws[i] }
            }
        }
        return values
    }
}
