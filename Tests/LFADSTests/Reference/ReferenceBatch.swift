import ArrayFiles

/// The trials of one session in a batch.
struct ReferenceSession: Sendable {
    /// Raw input, (B, T, encoded units)
    var encoded: ShapedArray<Double>
    /// What is reconstructed, (B, reconstructed bins, reconstructed units)
    var reconstructed: ShapedArray<Double>
    /// 1 where that was observed, 0 elsewhere, same shape; nil = everywhere. What wasn't is encoded as 0 and has no
    /// loss, whatever `reconstructed` has there
    var observed: ShapedArray<Double>?
    /// (B, up to the reconstructed bins, external inputs); missing bins at the end are zero
    var externalInput: ShapedArray<Double>
    /// Coordinated dropout: 1 = kept, 0 = dropped, (B, T − initial-condition bins, encoded units);
    /// nil turns coordinated dropout off
    var keepMask: ShapedArray<Double>?
    /// 1 where the gradient passes although the input was kept; same shape; nil means nowhere
    var passMask: ShapedArray<Double>?
    /// Changes of `encoded` and of `reconstructed`, each by draws of its own; nil = none
    var encodedAugmentation: ReferenceAugmentation?
    var reconstructedAugmentation: ReferenceAugmentation?

    var trialCount: Int { encoded.shape[0] }

    /// What is encoded of a trial, (T, encoded units).
    func input(_ position: Int) -> [[Double]] {
        (0..<encoded.shape[1]).map { bin in
            let values = encoded.vector(position, bin)
            guard let observed else { return values }
            return values.enumerated().map { observed.vector(position, bin)[$0] == 1 ? $1 : 0 }
        }
    }

    /// Where a trial was observed, as far as its input goes, (T, encoded units).
    func inputObserved(_ position: Int) -> [[Double]]? {
        observed.map { observed in
            (0..<encoded.shape[1]).map { Array(observed.vector(position, $0)[..<encoded.shape[2]]) }
        }
    }

    /// What a training step reconstructs of a trial, (reconstructed bins, reconstructed units), and where that was
    /// observed.
    func target(_ position: Int) -> (values: [[Double]], observed: [[Double]]) {
        var values = (0..<reconstructed.shape[1]).map { reconstructed.vector(position, $0) }
        guard let observed else {
            let all = values.map { $0.map { _ in 1.0 } }
            return (reconstructedAugmentation?.applied(to: values, position: position) ?? values, all)
        }
        let seen = (0..<observed.shape[1]).map { observed.vector(position, $0) }
        for (t, row) in seen.enumerated() {
            for unit in row.indices where row[unit] == 0 { values[t][unit] = 0 }
        }
        guard let augmentation = reconstructedAugmentation else { return (values, seen) }
        return (
            augmentation.applied(to: values, observed: seen, position: position),
            augmentation.shifted(seen, position: position)
        )
    }

    /// Share of all samples that were observed.
    var observedShare: Double {
        observed.map { $0.values.reduce(0, +) / Double($0.values.count) } ?? 1
    }
}

/// Factors by which ordinary dropout multiplies, one array per site, 0 or 1/(1 − rate) in each
/// element. Trials of all sessions stand in order along the first axis (Bt). nil = no dropout.
struct ReferenceDropout: Sendable {
    /// What both encoders read, (Bt, T, encoder input width)
    var encoderInput: ShapedArray<Double>?
    /// Both final states before `ic_linear`, (Bt, 2 · initial-condition encoder units)
    var initialConditionStates: ShapedArray<Double>?
    /// Initial generator state on its way into f₋₁ only, (Bt, generator units)
    var initialGeneratorState: ShapedArray<Double>?
    /// External input, padded, (Bt, reconstructed bins, external inputs)
    var externalInput: ShapedArray<Double>?
    /// [ci_t, f_{t−1}], (Bt, reconstructed bins, controller input width)
    var controllerInput: ShapedArray<Double>?
    /// Generator state on its way into the factors only, (Bt, reconstructed bins, generator units)
    var generatorState: ShapedArray<Double>?
}

/// One training batch with every random draw given.
struct ReferenceBatch: Sendable {
    var sessions: [ReferenceSession]
    /// Standard normals of the initial condition, or standard Student-t numbers, (Bt, `ic_dim`)
    var initialConditionNoise: ShapedArray<Double>
    /// Standard Student-t numbers of the fresh sample in the Monte-Carlo KL, same shape; nil where the prior is
    /// normal
    var initialConditionKLNoise: ShapedArray<Double>?
    /// Standard normals of the inferred inputs, (Bt, reconstructed bins, `co_dim`)
    var inferredInputNoise: ShapedArray<Double>
    /// Standard normals of the fresh sample in the Monte-Carlo KL, same shape
    var inferredInputKLNoise: ShapedArray<Double>
    var dropout = ReferenceDropout()

    var trialCount: Int { sessions.reduce(0) { $0 + $1.trialCount } }
}

extension ShapedArray<Double> {
    /// The vector along the last axis at the given leading indices.
    func vector(_ leading: Int...) -> [Double] {
        precondition(leading.count == shape.count - 1, "\(leading) into shape \(shape)")
        var row = 0
        for (index, extent) in zip(leading, shape) {
            precondition(index >= 0 && index < extent, "\(leading) into shape \(shape)")
            row = row * extent + index
        }
        let width = shape[shape.count - 1]
        return Array(values[row * width..<(row + 1) * width])
    }

    static func zeros(_ shape: [Int]) -> ShapedArray<Double> {
        ShapedArray(shape: shape, values: [Double](repeating: 0, count: shape.reduce(1, *)))
    }

    static func scalar(_ value: Double) -> ShapedArray<Double> {
        ShapedArray(shape: [], values: [value])
    }
}
