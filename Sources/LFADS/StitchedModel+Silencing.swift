extension StitchedModel {
    /// Runs `body` with a controller that infers inputs of 0, whatever it sees; nothing else differs.
    ///
    /// What is inferred then is what the initial condition says alone. Parameters are put back
    /// afterwards, bit for bit.
    ///
    /// - Precondition: `configuration.hasController`.
    public func withoutInferredInputs<Result>(_ body: () throws -> Result) rethrows -> Result {
        precondition(configuration.hasController, "a model without a controller infers no inputs")
        let before = parameterValues
        defer { setParameters(before) }
        // The leading half of the controller's outputs are means, the other log-variances.
        for name in ["decoder.rnn.cell.co_linear.weight", "decoder.rnn.cell.co_linear.bias"] {
            guard let tensor = table.tensor(named: name) else { continue }
            parametersChange()
            (parameters.base + tensor.offset).update(repeating: 0, count: tensor.count / 2)
        }
        return try body()
    }
}
